"""Writes array_golden.inc: the nodes that TensorFlow 1.15.5's Python functions make, one list a test.

Run with the Python that has TensorFlow 1.15.5: python array_golden.py > array_golden.inc
"""
import os

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()


def ph(shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape, name='x')


CASES = {
    'concat_one': lambda: tf.concat([ph([2])], 0),
    'concat_literal': lambda: tf.concat([ph([2]), [1., 2.]], 0),
    'split': lambda: tf.split(ph([4]), 2),
    'split_sizes': lambda: tf.split(ph([4]), [1, 3]),
    'one_hot': lambda: tf.one_hot(ph([4], tf.int32), 3),
    'one_hot_on': lambda: tf.one_hot(ph([4], tf.int32), 3, on_value=5.0),
    'transpose': lambda: tf.transpose(ph([4, 3])),
    'transpose_unknown': lambda: tf.transpose(ph(None)),
    'transpose_perm': lambda: tf.transpose(ph([1, 2]), [1, 0]),
    'matrix_transpose': lambda: tf.matrix_transpose(ph([1, 2, 3])),
    'matrix_transpose_unknown': lambda: tf.matrix_transpose(ph(None)),
    'range': lambda: tf.range(5),
    'range_mixed': lambda: tf.range(1, 5.0),
    'zeros': lambda: tf.zeros([2, 3]),
    'zeros_big': lambda: tf.zeros([200, 30]),
    'zeros_tensor': lambda: tf.zeros(ph([2], tf.int32)),
    'zeros_scalar': lambda: tf.zeros(ph([], tf.int32)),
    'zeros_like': lambda: tf.zeros_like(ph([2])),
    'zeros_like_big': lambda: tf.zeros_like(ph([2000])),
    'zeros_like_unknown': lambda: tf.zeros_like(ph([None])),
    'zeros_like_dtype': lambda: tf.zeros_like(ph([None]), dtype=tf.int32),
    'ones_like': lambda: tf.ones_like(ph([2])),
    'ones_like_unknown': lambda: tf.ones_like(ph([None])),
    'stack': lambda: tf.stack([ph([]), 1.0]),
    'stack_axis': lambda: tf.stack([ph([1]), [1.0]], axis=1),
    'unstack': lambda: tf.unstack(ph([3, 2])),
    'assert': lambda: tf.Assert(ph([], tf.bool), ['bad', 3]),
    'linspace': lambda: tf.linspace(0., 1., 3),
    'pad': lambda: tf.pad(ph([2]), [[1, 1]]),
    'pad_value': lambda: tf.pad(ph([2]), [[1, 1]], constant_values=2),
    'pad_reflect': lambda: tf.pad(ph([2]), [[1, 1]], 'REFLECT'),
    'reverse': lambda: tf.reverse(ph([2]), [0]),
    'reverse_sequence': lambda: tf.reverse_sequence(ph([2, 3]), [1, 2], 1),
    'tile': lambda: tf.tile(ph([2, 3]), [1, 2]),
    'squeeze': lambda: tf.squeeze(ph([1, 3])),
    'expand_dims': lambda: tf.expand_dims(ph([1, 3]), -1),
    'fill': lambda: tf.fill([2, 3], 9.0),
    'size': lambda: (tf.size(ph([1, 3])), tf.size(ph([None])), tf.size(ph([None, 0]))),
    'rank': lambda: (tf.rank(ph([1])), tf.rank(ph(None))),
    'ensure_shape': lambda: tf.ensure_shape(ph([None, 3]), [2, None]),
    'placeholder_with_default': lambda: tf.placeholder_with_default([1., 2.], [None]),
    'identity_n': lambda: tf.identity_n([ph([2]), 1]),
    'check_numerics': lambda: tf.check_numerics(ph([2]), 'm'),
    'slice': lambda: tf.slice(ph([3]), [0], [1]),
}


def text(node):
    inputs = [i if i.startswith('^') else i for i in node.input]
    return '%s = %s(%s)' % (node.name, node.op, ', '.join(inputs))


def main():
    print('// Written by array_golden.py from TensorFlow 1.15.5.')
    for name, build in CASES.items():
        with tf.Graph().as_default() as graph:
            build()
            nodes = ', '.join('"%s"' % text(node) for node in graph.as_graph_def().node)
            print('{"%s", {%s}},' % (name, nodes))


main()
