"""Writes schedule_golden.inc: the rates TensorFlow 1.15's learning-rate schedules give at steps 0, 1, 3, 7 and 20.

The graph seed is 3, and the nodes are made in the order of schedule_test.cc, so that the noisy schedules draw the same noise.
"""
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
tf.enable_resource_variables()

tf.set_random_seed(3)
step = tf.placeholder(tf.int64, [], name='step')
rate64 = tf.constant(0.25, tf.float64)
t = tf.train
SCHEDULES = [
    ('exponential', t.exponential_decay(0.1, step, 4, 0.96)),
    ('exponential_staircase', t.exponential_decay(0.1, step, 4, 0.96, staircase=True)),
    ('exponential_double', t.exponential_decay(rate64, step, 5, 0.5)),
    ('natural_exp', t.natural_exp_decay(0.1, step, 4, 0.5)),
    ('natural_exp_staircase', t.natural_exp_decay(0.1, step, 4, 0.5, staircase=True)),
    ('inverse_time', t.inverse_time_decay(0.1, step, 4, 0.5)),
    ('inverse_time_staircase', t.inverse_time_decay(0.1, step, 4, 0.5, staircase=True)),
    ('inverse_time_double', t.inverse_time_decay(rate64, step, 4, 0.5)),
    ('polynomial', t.polynomial_decay(0.1, step, 10)),
    ('polynomial_power', t.polynomial_decay(0.1, step, 10, end_learning_rate=0.01, power=0.5)),
    ('polynomial_double', t.polynomial_decay(rate64, step, 10, end_learning_rate=0.01, power=2.0)),
    ('cosine', t.cosine_decay(0.1, step, 10)),
    ('cosine_alpha', t.cosine_decay(0.1, step, 10, alpha=0.3)),
    ('linear_cosine', t.linear_cosine_decay(0.1, step, 10)),
    ('linear_cosine_numbers', t.linear_cosine_decay(0.1, step, 10, num_periods=2.0, alpha=0.1, beta=0.02)),
    ('noisy_linear_cosine', t.noisy_linear_cosine_decay(0.1, step, 10)),
    ('noisy_linear_cosine_numbers',
     t.noisy_linear_cosine_decay(0.1, step, 10, initial_variance=0.5, variance_decay=0.3, num_periods=1.0, alpha=0.1, beta=0.02)),
]

with open(__file__.replace('.py', '.inc'), 'w') as out:
    out.write('// Rates that TensorFlow 1.15.5 gives. Written by schedule_golden.py.\n')
    with tf.Session() as session:
        for name, rate in SCHEDULES:
            values = [session.run(rate, {step: k}) for k in (0, 1, 3, 7, 20)]
            out.write('{"%s", "%s", {%s}},\n' % (name, rate.op.name, ', '.join('%.17g' % v for v in values)))
