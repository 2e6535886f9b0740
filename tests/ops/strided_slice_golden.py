"""Writes strided_slice_golden.inc: specifications, and what TensorFlow 1.15.5 takes out of a tensor of 0, 1, 2, … by them.

Run with the Python that has TensorFlow 1.15.5: python strided_slice_golden.py > strided_slice_golden.inc
"""
import os
import random

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
random.seed(7)


def braces(values):
    return '{' + ', '.join(str(int(v)) for v in values) + '}'


def main():
    # The op itself is asked: the graph optimiser would replace any slice of a scalar by its input, even one that the op refuses.
    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    session = tf.Session(config=config)
    print('// Written by strided_slice_golden.py from TensorFlow 1.15.5.')
    for _ in range(150):
        shape = [random.randint(0, 5) for _ in range(random.randint(0, 4))]
        n = random.randint(0, len(shape) + 2)
        begin = [random.randint(-6, 6) for _ in range(n)]
        end = [random.randint(-6, 6) for _ in range(n)]
        strides = [random.choice([1, 1, 2, -1, -2, 3]) for _ in range(n)]
        masks = [sum((random.random() < p) << i for i in range(n)) for p in (0.3, 0.3, 0, 0.15, 0.15)]
        if n and random.random() < 0.3:
            masks[2] = 1 << random.randrange(n)
        x = np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape)
        try:
            y = session.run(tf.strided_slice(tf.placeholder_with_default(x, None), *[np.array(v, np.int32) for v in (begin, end, strides)], *masks))
            result = 'true, %s, %s' % (braces(y.shape), braces(y.ravel()))
        except (tf.errors.InvalidArgumentError, ValueError):
            result = 'false, {}, {}'
        print('{%s, %s, %s, %s, %s, %s},' % (braces(shape), braces(begin), braces(end), braces(strides), braces(masks), result))


main()
