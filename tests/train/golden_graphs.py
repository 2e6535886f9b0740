"""Writes GraphDefs that TensorFlow 1.15 builds for small programs with resource variables, and prints what the programs compute.

    golden_graphs.py DATA        writes DATA/golden_graphs/NAME/graph.pbtxt; DATA is tests/data
"""
import os
import sys

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
tf.enable_resource_variables()


def clip_by_global_norm_resource():
    w = tf.get_variable('w', [3], initializer=tf.constant_initializer([3.0, -4.0, 0.5]), regularizer=lambda v: 0.01 * tf.nn.l2_loss(v))
    v = tf.Variable(2.0, name='v')
    loss = tf.reduce_sum(w * w) * v + tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([g for g, _ in pairs], 5.0)
    train = optimizer.apply_gradients(list(zip(clipped, [v for _, v in pairs])))
    return train, loss, [w, v], {}


def four_optimizers_resource():
    x, y = tf.Variable([1.0, 2.0], name='x'), tf.Variable(3.0, name='y')
    loss = tf.reduce_sum(x * x) * y
    step = tf.train.get_or_create_global_step()
    optimizers = [tf.train.RMSPropOptimizer(0.01, decay=0.9, momentum=0.5, centered=True), tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
                  tf.train.AdadeltaOptimizer(0.1), tf.train.AdagradOptimizer(0.1)]
    trains = [o.minimize(loss, global_step=step) for o in optimizers]
    return trains[0], loss, [x, y], {}


def optimizers_in_a_scope_resource():
    x = tf.Variable([1.0, 2.0], name='x')
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_sum(x * x)
    optimizers = [tf.train.MomentumOptimizer(0.1, 0.9), tf.train.AdagradDAOptimizer(0.1, step), tf.train.ProximalAdagradOptimizer(0.1),
                  tf.train.ProximalGradientDescentOptimizer(0.1), tf.train.RMSPropOptimizer(0.1), tf.train.AdamOptimizer(0.1), tf.train.AdamOptimizer(0.2)]
    with tf.name_scope('outer'):
        trains = [o.minimize(loss, global_step=step) for o in optimizers]
    return trains[0], loss, [x], {}


def conv_net_momentum_resource():
    x = tf.placeholder(tf.float32, [None, 8, 8, 1], 'images')
    y = tf.placeholder(tf.int32, [None], 'labels')
    with tf.variable_scope('conv1'):
        k = tf.get_variable('kernel', [3, 3, 1, 4], initializer=tf.constant_initializer(0.1))
        b = tf.get_variable('bias', [4], initializer=tf.constant_initializer(0.01))
        c = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, k, [1, 1, 1, 1], 'SAME'), b))
    p = tf.nn.max_pool(c, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', name='pool1')
    f = tf.reshape(p, [-1, 64])
    with tf.variable_scope('fc'):
        w = tf.get_variable('w', [64, 3], initializer=tf.constant_initializer(np.linspace(-0.1, 0.1, 192)))
        d = tf.get_variable('b', [3], initializer=tf.zeros_initializer())
        logits = tf.nn.xw_plus_b(f, w, d, name='logits')
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, output_type=tf.int32), y), tf.float32), name='accuracy')
    train = tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True).minimize(loss)
    images = ((64 * np.arange(3)[:, None] + np.arange(64)[None]) % 17 / 17).reshape(3, 8, 8, 1)
    return train, loss, [b, d], {x: images, y: [0, 1, 2]}


def layers_batch_norm_resource():
    x = tf.placeholder(tf.float32, [None, 3], 'x')
    h = tf.layers.dense(x, 4, kernel_initializer=tf.constant_initializer(0.2), name='d1')
    h = tf.nn.relu(tf.layers.batch_normalization(h, training=True, name='bn'))
    o = tf.layers.dense(h, 1, kernel_initializer=tf.constant_initializer(0.3), name='d2')
    loss = tf.losses.mean_squared_error(tf.ones_like(o), o)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    mean = [v for v in tf.global_variables() if v.op.name == 'bn/moving_mean']
    return train, loss, mean, {x: [[1, 2, 3], [3, 2, 1], [0, 1, 0]]}


def initializers_resource():
    x = tf.Variable([1.0, 2.0], name='x')
    tf.Variable(3.0, name='y', trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    tf.report_uninitialized_variables()
    tf.report_uninitialized_variables([x], name='of_x')
    tf.Assert(tf.equal(tf.placeholder(tf.int32, [], 'n'), 1), ['why', 3])
    tf.local_variables_initializer()
    return tf.no_op(), tf.reduce_sum(x), [x], {}


def moving_average_of_tensors_resource():
    x = tf.placeholder(tf.float32, [2], name='x')
    step = tf.placeholder(tf.float32, [], name='step')
    y, z = x * 2.0, x + 1.0
    average = tf.train.ExponentialMovingAverage(0.9, zero_debias=True)
    train = average.apply([y, z])
    plain = tf.train.ExponentialMovingAverage(0.9, num_updates=step)
    with tf.variable_scope('plain'):
        train = tf.group(train, plain.apply([y]))
    return train, tf.reduce_sum(y), [average.average(y), average.average(z), plain.average(y)], {x: [1.0, 2.0], step: 1.0}


def losses_resource():
    x = tf.placeholder(tf.float32, [3, 4], 'x')
    y = tf.placeholder(tf.float32, [3, 4], 'y')
    classes = tf.placeholder(tf.int32, [3], 'classes')
    rows = tf.constant([[0.5], [0.0], [2.0]], name='rows')
    l, r = tf.losses, tf.losses.Reduction
    l.absolute_difference(y, x)
    l.mean_squared_error(y, x, weights=rows)
    l.mean_squared_error(y, x, weights=rows, reduction=r.MEAN)
    l.mean_squared_error(y, x, weights=2.0, reduction=r.SUM_OVER_BATCH_SIZE)
    l.mean_squared_error(y, x, reduction=r.SUM)
    l.cosine_distance(y, x, axis=1)
    l.huber_loss(y, x, delta=0.5)
    l.log_loss(y, x)
    l.hinge_loss(y, x)
    l.sigmoid_cross_entropy(y, x, label_smoothing=0.1)
    l.softmax_cross_entropy(y, x)
    l.softmax_cross_entropy(y, x, label_smoothing=0.1)
    l.sparse_softmax_cross_entropy(classes, x)
    l.mean_pairwise_squared_error(y, x)
    l.compute_weighted_loss(tf.square(x), weights=rows, reduction=r.NONE, loss_collection=None)
    total = l.get_total_loss()
    feeds = {x: [[0.1, 0.2, 0.3, 0.4], [0.9, 0.6, 0.1, 0.3], [0.5, 0.5, 0.2, 0.7]], y: [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]], classes: [0, 2, 1]}
    return tf.no_op(), total, [t for t in tf.get_collection(tf.GraphKeys.LOSSES)], feeds


def main(data):
    for build in (losses_resource, initializers_resource, moving_average_of_tensors_resource, clip_by_global_norm_resource, four_optimizers_resource, optimizers_in_a_scope_resource, conv_net_momentum_resource, layers_batch_norm_resource):
        tf.reset_default_graph()
        train, loss, variables, feeds = build()
        init = tf.global_variables_initializer()
        folder = os.path.join(data, 'golden_graphs', build.__name__)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'graph.pbtxt'), 'w') as out:
            out.write(str(tf.get_default_graph().as_graph_def(add_shapes=False)))
        with tf.Session() as session:
            session.run(init)
            for _ in range(3):
                row = [session.run(loss, feeds)]
                session.run(train, feeds)
                print(build.__name__, ' '.join('%.9g' % v for value in row + session.run(variables, feeds) for v in np.ravel(value)))


if __name__ == '__main__':
    main(sys.argv[1])
