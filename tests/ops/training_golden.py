#!/usr/bin/env python3
"""Writes training_golden.inc: what TensorFlow 1.15.5's update kernels make of small inputs.

Usage: python3 training_golden.py OPS.JSONL > training_golden.inc     (needs tensorflow 1.15)
Vectors of three elements keep to the scalar code of TensorFlow's kernels, whose values are exact.
"""
import json
import sys

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.framework import ops as tf_ops
from tensorflow.python.training import gen_training_ops  # noqa: F401  (registers the ops)

SCALARS = dict(lr=.1, alpha=.15, rho=.9, epsilon=1e-3, l1=.01, l2=.02, l2_shrinkage=.03, momentum=.9, beta1_power=.81, beta2_power=.99,
               beta1=.9, beta2=.99, logbase=.69314718, sign_decay=.8, beta=.9)
random = np.random.RandomState(7)


def numbers(a):
    return '{' + ', '.join(float(x).hex() for x in np.asarray(a, np.float64).ravel()) + '}'


def case(d, dtype, flag, columns, lr_power, l1):
    sparse = 'Sparse' in d['op']
    shape = (4,) if columns == 1 else (4, columns)
    if not sparse:
        shape = (3,)
    variables = [i['name'] for i in d['in'] if i.get('type') == 'resource']
    initial = [random.uniform(.2, 1., shape).astype(dtype) for _ in variables]
    if 'Centered' in d['op']:
        initial[2] += 1
    initial[0] -= .5
    indices = [2, 0, 2] if sparse else []
    gradient = (random.uniform(-1, 1, (3,) + shape[1:] if sparse else shape)).astype(dtype)
    flag_attr = [a for a in d['attr'] if a['name'] in ('use_nesterov', 'update_slots')]
    with tf.Graph().as_default() as g, tf.Session() as session:
        values = [tf.Variable(v, use_resource=True) for v in initial]
        inputs, scalars = [], []
        slot = 0
        for i in d['in']:
            name = i['name']
            if i.get('type') == 'resource':
                inputs.append(values[slot].handle)
                slot += 1
            elif name in ('grad', 'delta'):
                inputs.append(tf.constant(gradient))
            elif name == 'indices':
                inputs.append(tf.constant(indices, tf.int32))
            elif name == 'global_step':
                inputs.append(tf.constant(3, tf.int64))
            else:
                x = dtype(lr_power if name == 'lr_power' else l1 if name == 'l1' else SCALARS[name])
                scalars.append(x)
                inputs.append(tf.constant(x))
        attrs = {}
        attrs['T'] = tf.AttrValue(type=tf.as_dtype(dtype).as_datatype_enum)
        if sparse:
            attrs['Tindices'] = tf.AttrValue(type=tf.int32.as_datatype_enum)
        attrs['use_locking'] = tf.AttrValue(b=False)
        if flag_attr:
            attrs[flag_attr[0]['name']] = tf.AttrValue(b=flag)
        op = g.create_op(d['op'], inputs, [], attrs=attrs)
        session.run(tf.global_variables_initializer())
        session.run(op)
        session.run(op)
        after = session.run([v.value() for v in values])
    print('{"%s", DType::%s, %s, %d, %s,\n {%s}, %s, {%s},\n {%s}},' % (
        d['op'], 'kFloat32' if dtype is np.float32 else 'kFloat64', 'true' if flag else 'false', columns, numbers(scalars),
        ', '.join(numbers(v) for v in initial), numbers(gradient), ', '.join(map(str, indices)), ', '.join(numbers(v) for v in after)))


def main():
    print('// Written by training_golden.py with TensorFlow %s.' % tf.__version__)
    for line in open(sys.argv[1]):
        d = json.loads(line)
        if not d['op'].startswith(('ResourceApply', 'ResourceSparseApply')):
            continue
        names = [i['name'] for i in d['in']]
        flags = [False, True] if any(a['name'] in ('use_nesterov', 'update_slots') for a in d['attr']) else [False]
        powers = [-.5, -.7] if 'lr_power' in names else [0]
        l1s = [0, .01] if 'l1' in names else [0]
        for dtype in (np.float32, np.float64):
            for flag in flags:
                for power in powers:
                    for l1 in l1s:
                        for columns in ([1, 3] if 'Sparse' in d['op'] else [1]):
                            case(d, dtype, flag, columns, power, l1)


main()
