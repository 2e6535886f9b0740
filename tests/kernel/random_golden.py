"""Writes tests/data/random_golden.txt: what TensorFlow 1.15.5's random algorithms give, on one thread.

    python random_golden.py > ../data/random_golden.txt

A row is an op, element types (TensorFlow's numbers), seeds, batch, samples, the number of the run in its session, a hash of all numbers; the
first numbers' bits; the parameters, each behind a semicolon.
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow.compat.v1 as tf
from philox_golden import bits, fnv

INF = float("inf")


def numbers(values):
    return " ; " + " ".join(repr(float(v)) for v in np.asarray(values, np.float64).ravel())


def record(name, op, in_type, parameters, batch, samples, seeds, runs=2):
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    with tf.Session(graph=op.graph, config=config) as session:
        for run in range(runs):
            array = np.asarray(session.run(op))
            print("%s %d %d %d %d %d %d %d 0x%x ; %s%s" % (
                name, in_type.as_datatype_enum, op.dtype.as_datatype_enum, seeds[0], seeds[1], batch, samples, run, fnv(array.tobytes()),
                " ".join("0x%x" % b for b in bits(array.ravel())[:8]), "".join(numbers(p) for p in parameters)))


def shuffle():
    for n in (1, 2, 3, 10, 1001):
        with tf.Graph().as_default():
            record("Shuffle", tf.raw_ops.RandomShuffle(value=tf.range(n, dtype=tf.int64), seed=3, seed2=4), tf.int64, [], 1, n, (3, 4))
            record("Shuffle", tf.raw_ops.RandomShuffle(value=tf.reshape(tf.range(n, dtype=tf.int64), [n, 1]), seed=3, seed2=5), tf.int64, [], 1, n, (3, 5))


def categorical():
    rng = np.random.RandomState(0)
    rows = [rng.randn(1, 4), rng.randn(3, 10) * 3, [[0, -INF, 1, float("nan"), 2]], np.zeros((5, 2)), rng.randn(2, 30)]
    for dtype in (tf.float16, tf.float32, tf.float64):
        for logits in rows:
            logits = np.asarray(logits).astype(dtype.as_numpy_dtype)
            for samples, out in ((1, tf.int32), (3, tf.int64), (50, tf.int64)):
                with tf.Graph().as_default():
                    record("Categorical", tf.raw_ops.Multinomial(logits=logits, num_samples=samples, seed=9, seed2=samples, output_dtype=out), dtype, [logits],
                           logits.shape[0], samples, (9, samples))
    with tf.Graph().as_default():
        logits = rng.randn(3, 7).astype(np.float32)
        op = tf.raw_ops.StatelessMultinomial(logits=logits, num_samples=11, seed=tf.constant([5, -6], tf.int64), output_dtype=tf.int64)
        record("StatelessCategorical", op, tf.float32, [logits], 3, 11, (5, -6), 1)


def gamma():
    for dtype in (tf.float16, tf.float32, tf.float64):
        for alphas in ([1.0], [0.5], [3.0], [0.1, 1.0, 2.5, 100.0], [0.15, 7.0]):
            alphas = np.asarray(alphas).astype(dtype.as_numpy_dtype)
            for samples in (1, 7, 300):
                with tf.Graph().as_default():
                    record("Gamma", tf.raw_ops.RandomGamma(shape=[samples], alpha=alphas, seed=1, seed2=samples), dtype, [alphas], len(alphas), samples, (1, samples))


def poisson():
    for rate_type in (tf.float16, tf.float32, tf.float64, tf.int32):
        for out in (tf.float16, tf.float32, tf.float64, tf.int32, tf.int64):
            if rate_type != tf.float32 and out not in (tf.float64, tf.int64):
                continue
            for rates in ([0.0], [1.0], [9.0, 10.0, 11.0], [0.25, 30.0, 1000.0], [-1.0]):
                rates = np.asarray(rates).astype(rate_type.as_numpy_dtype)
                for samples in (1, 50):
                    with tf.Graph().as_default():
                        record("Poisson", tf.raw_ops.RandomPoissonV2(shape=[samples], rate=rates, seed=2, seed2=samples, dtype=out), rate_type, [rates], len(rates), samples,
                               (2, samples))


def bounded_normal():
    parameters = [([0.0], [1.0], [-2.0], [2.0]), ([1.0], [2.0], [0.0], [0.5]), ([0.0], [1.0], [3.0], [10.0]), ([0.0], [1.0], [-INF], [1.0]), ([0.0], [1.0], [1.5], [INF]),
                  ([0.0], [1.0], [-10.0], [-3.0]), ([5.0], [0.5], [-1.0], [4.0]), ([0.0, 1.0, -3.0], [1.0], [-2.0, 0.0, 5.0], [2.0]),
                  ([0.0, 1.0, -3.0], [1.0, 0.1, 4.0], [-2.0, 0.0, 5.0], [2.0, INF, 5.5]), ([0.0], [1.0], [-0.1], [0.1]), ([0.0], [1.0], [20.0], [21.0])]
    for dtype in (tf.float16, tf.float32, tf.float64):
        for p in parameters:
            batch = max(len(x) for x in p)
            p = [np.asarray(x).astype(dtype.as_numpy_dtype) for x in p]
            p = [x if len(x) in (1, batch) else np.repeat(x, batch) for x in p]
            for samples in (1, 7, 501):
                if batch > 1 and p[3][0] == 2 and p[2][-1] == 5 and len(p[3]) == 1:
                    continue
                with tf.Graph().as_default():
                    op = tf.raw_ops.ParameterizedTruncatedNormal(shape=[batch, samples], means=p[0], stdevs=p[1], minvals=p[2], maxvals=p[3], seed=8, seed2=samples)
                    record("BoundedNormal", op, dtype, p, batch, samples, (8, samples))


if __name__ == "__main__":
    shuffle()
    categorical()
    gamma()
    poisson()
    bounded_normal()
