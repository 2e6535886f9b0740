#!/usr/bin/env python3
"""Writes nn_nodes_golden.inc: the nodes TensorFlow 1.15.5's Python makes for calls under tf.nn and for their gradients.

Usage: python3 nn_nodes_golden.py > nn_nodes_golden.inc     (needs tensorflow 1.15)
"""
import os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow.compat.v1 as tf
tf.logging.set_verbosity(tf.logging.ERROR)


def p(name, *shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape, name=name)


def grad(y, *xs):
    tf.gradients(y, xs)


def cross_entropy(static):
    n = 4 if static else None
    return p('logits', n, 3), p('labels', n, 3)


def second_batch_norm():
    x, s, o = p('x', 2, 3, 3, 2), p('s', 2), p('o', 2)
    grad(tf.nn.fused_batch_norm(x, s, o)[0], x, s, o)


def dropout():
    tf.set_random_seed(1)
    tf.nn.dropout(p('x', None, 3), rate=.25, seed=3)


PROGRAMS = dict(
    xent=lambda: (lambda l, z: grad(tf.nn.softmax_cross_entropy_with_logits(labels=z, logits=l), l))(*cross_entropy(False)),
    xent_v2=lambda: (lambda l, z: grad(tf.nn.softmax_cross_entropy_with_logits_v2(labels=z, logits=l, name='loss'), l, z))(*cross_entropy(True)),
    sparse=lambda: (lambda l: grad(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=p('labels', None, dtype=tf.int32), logits=l), l))(p('logits', None, 3)),
    sparse_3=lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=p('labels', 2, 4, dtype=tf.int64), logits=p('logits', 2, 4, 3), name='s'),
    sigmoid=lambda: (lambda l, z: tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=l))(*cross_entropy(False)),
    weighted=lambda: (lambda l, z: tf.nn.weighted_cross_entropy_with_logits(z, l, 2.0))(*cross_entropy(False)),
    softmax=lambda: (lambda x: grad(tf.nn.softmax(x), x))(p('x', None, 3)),
    softmax_axis=lambda: tf.nn.softmax(p('x', 2, 3, 4), axis=1),
    log_softmax=lambda: (lambda x: grad(tf.nn.log_softmax(x), x))(p('x', 2, 3)),
    dropout=dropout,
    moments=lambda: tf.nn.moments(p('x', None, 3), [0]),
    batch_normalization=lambda: tf.nn.batch_normalization(p('x', None, 3), p('m', 3), p('v', 3), p('o', 3), p('s', 3), 1e-3),
    fused_batch_norm=second_batch_norm,
    l2_normalize=lambda: tf.nn.l2_normalize(p('x', None, 3), [1]),
    xw_plus_b=lambda: tf.nn.xw_plus_b(p('x', None, 3), p('w', 3, 2), p('b', 2), name='logits'),
    bias=lambda: (lambda x, b: grad(tf.nn.bias_add(x, b), x, b))(p('x', None, 3), p('b', 3)),
    conv=lambda: (lambda x, k: grad(tf.nn.conv2d(x, k, [1, 1, 1, 1], 'SAME'), x, k))(p('x', None, 5, 5, 2), p('k', 3, 3, 2, 4)),
    conv_transpose=lambda: (lambda x, k: grad(tf.nn.conv2d_transpose(x, k, [2, 4, 4, 3], [1, 2, 2, 1]), x, k))(p('x', 2, 2, 2, 2), p('k', 3, 3, 3, 2)),
    max_pool=lambda: (lambda x: grad(tf.nn.max_pool(x, 2, 2, 'VALID', name='pool'), x))(p('x', None, 4, 4, 1)),
    avg_pool=lambda: (lambda x: grad(tf.nn.avg_pool(x, 2, 2, 'SAME'), x))(p('x', None, 4, 4, 1)),
    depthwise=lambda: (lambda x, k: grad(tf.nn.depthwise_conv2d(x, k, [1, 1, 1, 1], 'SAME'), x, k))(p('x', None, 4, 4, 2), p('k', 2, 2, 2, 1)),
    lrn=lambda: (lambda x: grad(tf.nn.lrn(x), x))(p('x', 1, 2, 2, 4)),
    top_k=lambda: (lambda x: grad(tf.nn.top_k(x, 2)[0], x))(p('x', None, 4)),
    in_top_k=lambda: tf.nn.in_top_k(p('x', None, 4), p('t', None, dtype=tf.int32), 2),
    softplus=lambda: (lambda x: grad(tf.gradients(tf.nn.softplus(x), x), x))(p('x', 3)),
    elu=lambda: (lambda x: grad(tf.gradients(tf.nn.elu(x), x), x))(p('x', 3)),
    relu=lambda: (lambda x: grad(tf.gradients(tf.nn.relu(x), x), x))(p('x', 3)),
    leaky_relu=lambda: (lambda x: grad(tf.nn.leaky_relu(x, .3), x))(p('x', None)),
    crelu=lambda: tf.nn.crelu(p('x', None, 3)),
    l2_loss=lambda: (lambda x: grad(tf.nn.l2_loss(x), x))(p('x', 3)),
)

for name, program in PROGRAMS.items():
    with tf.Graph().as_default() as graph:
        program()
        for node in graph.as_graph_def().node:
            inputs = [i[:-2] if i.endswith(':0') else i for i in node.input]
            print('{"%s", "%s = %s(%s)"},' % (name, node.name, node.op, ', '.join(inputs)))
