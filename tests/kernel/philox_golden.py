"""Writes philox_golden.inc: what TensorFlow 1.15.5's random ops give, on one thread.

    python philox_golden.py > philox_golden.inc

A row is a distribution, its element type, the op's seeds, a size, the number of the run in its session, the first and the last
numbers' bits, and a hash of all.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
C_TYPES = {tf.float16: "half", tf.bfloat16: "bfloat16", tf.float32: "float", tf.float64: "double", tf.int32: "int32_t", tf.int64: "int64_t",
           tf.uint32: "uint32_t", tf.uint64: "uint64_t"}


def fnv(data):
    h = 14695981039346656037
    for byte in data:
        h = (h ^ byte) * 1099511628211 % 2**64
    return h


def bits(array):
    kind = {2: np.uint16, 4: np.uint32, 8: np.uint64}[array.dtype.itemsize]
    return np.frombuffer(array.tobytes(), kind)


def hexes(words):
    return "{" + ", ".join("0x%xu" % w if w < 2**32 else "0x%xull" % w for w in words) + "}"


def record(name, op, arguments, seeds, runs):
    array = None
    with tf.Session(graph=op.graph, config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)) as session:
        for run in range(runs):
            array = np.asarray(session.run(op))
            words = bits(array.ravel())
            print('{"%s", dtype_of<%s>, {%s}, %d, %d, %d, %d, %s, %s, 0x%xull},' % (
                name, C_TYPES[op.dtype], ", ".join(arguments), seeds[0], seeds[1], array.size, run, hexes(words[:5]), hexes(words[-3:]), fnv(array.tobytes())))


def real_ops():
    ops = {"Uniform": tf.raw_ops.RandomUniform, "Normal": tf.raw_ops.RandomStandardNormal, "TruncatedNormal": tf.raw_ops.TruncatedNormal}
    for name, op in ops.items():
        for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
            for seeds, size, runs in (((87654321, 7), 1, 1), ((1, 2), 7, 3), ((-5, 2**40 + 3), 10007, 2), ((0, 9), 4, 1), ((2**63 - 1, -1), 8, 2)):
                with tf.Graph().as_default():
                    record(name, op(shape=[size], dtype=dtype, seed=seeds[0], seed2=seeds[1]), [], seeds, runs)


def int_ops():
    for dtype, low, high in ((tf.int32, -3, 10), (tf.int32, -2**31, 2**31 - 1), (tf.int64, 0, 6), (tf.int64, -2**62, 2**62 + 12345), (tf.int32, 5, 6)):
        for seeds, size, runs in (((1, 2), 7, 2), ((87654321, 11), 10007, 2)):
            with tf.Graph().as_default():
                op = tf.raw_ops.RandomUniformInt(shape=[size], minval=tf.constant(low, dtype), maxval=tf.constant(high, dtype), seed=seeds[0], seed2=seeds[1])
                record("UniformInt", op, ["%dll" % low, "%dll" % high], seeds, runs)


def stateless_ops():
    ops = {"StatelessUniform": tf.raw_ops.StatelessRandomUniform, "StatelessNormal": tf.raw_ops.StatelessRandomNormal,
           "StatelessTruncatedNormal": tf.raw_ops.StatelessTruncatedNormal}
    for name, op in ops.items():
        for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64):
            for seeds, size in (((1, 2), 9), ((-7, 2**50 + 1), 1003)):
                with tf.Graph().as_default():
                    record(name, op(shape=[size], seed=tf.constant(seeds, tf.int64), dtype=dtype), [], seeds, 1)
    for seed_type, seeds in ((tf.int32, (3, -4)), (tf.int64, (3, -4))):
        with tf.Graph().as_default():
            op = tf.raw_ops.StatelessRandomUniformInt(shape=[11], seed=tf.constant(seeds, seed_type), minval=tf.constant(-5, tf.int64), maxval=tf.constant(50, tf.int64))
            record("StatelessUniformInt", op, ["-5ll", "50ll"], seeds, 1)


if __name__ == "__main__":
    real_ops()
    int_ops()
    stateless_ops()
