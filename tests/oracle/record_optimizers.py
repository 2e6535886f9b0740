"""Records from TensorFlow 1.15 optimizer cases that the conformance corpus lacks: Momentum, Adadelta, AdagradDA.

    record_optimizers.py FILE        writes FILE, a .tfrecord of Case messages (../data/oracle/case.proto)

Each class runs with several sets of arguments, dense and sparse gradients (one index twice), half, float32 and float64, on resource
variables; three steps; tolerances by the corpus' rule.
"""
import json
import struct
import sys

import numpy as np
import tensorflow.compat.v1 as tf

HALF, CLOSE = tf.float16, 1
ROWS = {'momentum': ['MomentumOptimizer', [
            {'learning_rate': 2.0, 'momentum': 0.9},
            {'learning_rate': 2.0, 'momentum': 0.9, 'use_nesterov': True},
            {'learning_rate': 0.5, 'momentum': 0.0, 'use_locking': True},
            {'learning_rate': {'tensor': 'rate:0'}, 'momentum': {'tensor': 'momentum:0'}}]],
        'adadelta': ['AdadeltaOptimizer', [
            {},
            {'learning_rate': 1.0, 'rho': 0.95, 'epsilon': 1e-6},
            {'learning_rate': 0.5, 'rho': 0.5, 'epsilon': 1e-3},
            {'learning_rate': {'tensor': 'rate:0'}, 'rho': {'tensor': 'momentum:0'}}]],
        'adagrad_da': ['AdagradDAOptimizer', [
            {'learning_rate': 3.0},
            {'learning_rate': 3.0, 'l1_regularization_strength': 0.001, 'l2_regularization_strength': 2.0},
            {'learning_rate': 1.0, 'initial_gradient_squared_accumulator_value': 0.5, 'l1_regularization_strength': 0.1}]]}


def masked_crc(data):
    """CRC-32C, rotated and offset as TFRecord files have it."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    crc ^= 0xffffffff
    return struct.pack('<I', ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff)


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of a message: an int, bool, float (as a double), text or bytes."""
    if isinstance(value, (bool, int)):
        return varint(number << 3) + varint(int(value)) if value else b''
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack('<d', value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def expected(value):
    """Expected: exact for integers, else close by the corpus' tolerances."""
    proto = tf.make_tensor_proto(value).SerializeToString()
    if value.dtype.kind != 'f':
        return field(2, proto)
    wide = value.astype(np.float64)
    largest = float(np.max(np.abs(wide[np.isfinite(wide)]), initial=0.0))
    rtol, scale, least = {2: (2e-2, 2e-2, 1e-3), 4: (1e-4, 1e-5, 1e-6), 8: (1e-7, 1e-9, 1e-13)}[value.dtype.itemsize]
    return field(1, CLOSE) + field(2, proto) + field(3, rtol) + field(4, max(scale * largest, least))


def gradients_of(dtype, sparse):
    """Two variables and their gradients, by names."""
    v0 = tf.Variable(tf.constant([[1.0, 2.0], [3.0, 4.0], [-1.0, 0.5]], dtype), name='v0')
    v1 = tf.Variable(tf.constant([0.25, -3.0, 7.0], dtype), name='v1')
    if not sparse:
        g0 = tf.constant([[0.1, -0.2], [0.0, 1.5], [-0.75, 0.01]], dtype, name='g0')
        g1 = tf.constant([0.5, -0.25, 0.125], dtype, name='g1')
        return [(g0, v0), (g1, v1)], [field(1, 'v0') + field(2, 'g0:0'), field(1, 'v1') + field(2, 'g1:0')]
    pairs, records = [], []
    for number, (v, rows) in enumerate([(v0, [[0.1, -0.2], [1.0, 0.5], [0.25, 0.75]]), (v1, [0.5, -0.25, 0.125])]):
        names = ['%s%d' % (part, number) for part in ('values', 'indices', 'shape')]
        slices = tf.IndexedSlices(tf.constant(rows, dtype, name=names[0]), tf.constant([2, 0, 2], tf.int32, name=names[1]),
                                  tf.constant(v.shape.as_list(), tf.int32, name=names[2]))
        pairs.append((slices, v))
        records.append(field(1, v.op.name) + b''.join(field(3 + k, name + ':0') for k, name in enumerate(names)))
    return pairs, records


def record(name, cls, arguments, dtype, sparse, number):
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:
        rate, momentum = tf.constant(0.5, name='rate'), tf.constant(0.75, name='momentum')
        pairs, pair_records = gradients_of(dtype, sparse)
        step = tf.Variable(tf.constant(0, tf.int64), name='step', trainable=False)
        recorded = dict(arguments)
        built = {k: {'rate:0': rate, 'momentum:0': momentum}[v['tensor']] if isinstance(v, dict) else v for k, v in arguments.items()}
        if cls == 'AdagradDAOptimizer':
            built['global_step'], recorded['global_step'] = step, {'variable': 'step'}
        before = tf.global_variables()
        forward, metas = graph.as_graph_def().SerializeToString(), [v.to_proto().SerializeToString() for v in before]
        train = getattr(tf.train, cls)(**built).apply_gradients(pairs, global_step=step)
        session.run(tf.global_variables_initializer())
        after = []
        for _ in range(3):
            session.run(train)
            after.append(b''.join(
                field(1, field(1, v.op.name) + field(2, expected(np.asarray(session.run(v)))) + field(3, v not in before))
                for v in tf.global_variables()))
        run = field(1, cls) + field(2, json.dumps(recorded)) + b''.join(field(3, pair) for pair in pair_records) + field(6, 'step')
        run += field(9, b''.join(field(3, v.initializer.name) for v in before)) + field(10, 3) + b''.join(field(12, a) for a in after)
        kind = '%s/%s/%s' % (name, 'sparse' if sparse else 'dense', dtype.name)
        return field(1, '%s#%d' % (kind, number)) + field(2, forward) + field(5, run) + b''.join(field(10, m) for m in metas)


def main(path):
    tf.disable_eager_execution()
    tf.enable_resource_variables()
    with open(path, 'wb') as out:
        for name, (cls, argument_sets) in ROWS.items():
            for number, arguments in enumerate(argument_sets):
                for dtype in (HALF, tf.float32, tf.float64):
                    for sparse in (False, True):
                        if cls == 'AdagradDAOptimizer' and dtype == HALF:
                            continue  # TensorFlow has no half kernel for it
                        case = record(name, cls, arguments, dtype, sparse, number)
                        length = struct.pack('<Q', len(case))
                        out.write(length + masked_crc(length) + case + masked_crc(case))


if __name__ == '__main__':
    main(sys.argv[1])
