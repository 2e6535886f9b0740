"""Writes sampled_losses_golden.inc: losses and gradients of TensorFlow 1.15's sampled losses."""
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()


def build(loss, num_true, **arguments):
    tf.reset_default_graph()
    tf.set_random_seed(11)
    w = tf.constant(np.linspace(-1, 1, 21).reshape(7, 3), tf.float32)
    b = tf.constant(np.linspace(0.5, -0.5, 7), tf.float32)
    x = tf.constant(np.linspace(-0.8, 0.9, 6).reshape(2, 3), tf.float32)
    labels = tf.constant(np.array([[1, 3], [4, 0]])[:, :num_true], tf.int64)
    if arguments.pop('given', False):
        arguments['sampled_values'] = (tf.constant([2, 1, 4], tf.int64), tf.constant(0.3, tf.float32, [2, num_true]), tf.constant([0.2, 0.4, 0.1]))
    if arguments.pop('parts', False):
        w = [tf.gather(w, [0, 2, 4, 6]), tf.gather(w, [1, 3, 5])]
    y = loss(w, b, labels, x, 3, 7, num_true=num_true, **arguments)
    with tf.Session() as session:
        return session.run([y, tf.gradients(y, x)[0]])


CASES = [('nce', build(tf.nn.nce_loss, 1)), ('nce_two', build(tf.nn.nce_loss, 2, remove_accidental_hits=True)),
         ('nce_given', build(tf.nn.nce_loss, 1, given=True, remove_accidental_hits=True)), ('nce_parts', build(tf.nn.nce_loss, 1, parts=True, given=True)),
         ('softmax', build(tf.nn.sampled_softmax_loss, 1, seed=4)), ('softmax_two', build(tf.nn.sampled_softmax_loss, 2, seed=4)),
         ('softmax_given', build(tf.nn.sampled_softmax_loss, 1, given=True)),
         ('softmax_keeps_hits', build(tf.nn.sampled_softmax_loss, 1, given=True, remove_accidental_hits=False))]
with open(__file__.replace('.py', '.inc'), 'w') as out:
    out.write('// Losses [2] and their gradients by the inputs [2,3] that TensorFlow 1.15.5 gives. Written by sampled_losses_golden.py.\n')
    for name, (loss, gradient) in CASES:
        out.write('{"%s", {{%s}, {%s}}},\n' % (name, ', '.join('%.9gf' % v if '.' in '%.9g' % v else '%.9g.0f' % v for v in loss), ', '.join('%.9gf' % v if '.' in '%.9g' % v or 'e' in '%.9g' % v else '%.9g.0f' % v for v in np.ravel(gradient))))
