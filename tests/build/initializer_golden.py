"""Writes initializer_golden.inc: the values TensorFlow 1.15's initializers give with op seeds, graph seed 11."""
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
tf.enable_resource_variables()
i = tf.initializers
INITIALIZERS = [
    ('zeros', i.zeros()), ('ones', i.ones()), ('constant', i.constant(2.5)), ('constant_list', i.constant([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
    ('random_uniform', i.random_uniform(-1.0, 3.0, seed=5)), ('random_normal', i.random_normal(0.5, 2.0, seed=5)),
    ('truncated_normal', i.truncated_normal(0.5, 2.0, seed=5)), ('uniform_unit_scaling', i.uniform_unit_scaling(1.5, seed=5)),
    ('variance_scaling', i.variance_scaling(2.0, 'fan_out', 'untruncated_normal', seed=5)), ('glorot_uniform', i.glorot_uniform(seed=5)),
    ('glorot_normal', i.glorot_normal(seed=5)), ('he_uniform', i.he_uniform(seed=5)), ('he_normal', i.he_normal(seed=5)),
    ('lecun_uniform', i.lecun_uniform(seed=5)), ('lecun_normal', i.lecun_normal(seed=5)), ('identity', i.identity(1.5)), ('identity_plain', i.identity()),
    ('graph_seed', i.glorot_uniform()),
]

with open(__file__.replace('.py', '.inc'), 'w') as out:
    out.write('// Values that TensorFlow 1.15.5 gives. Written by initializer_golden.py.\n')
    for dtype in (tf.float32, tf.float64):
        for name, initializer in INITIALIZERS:
            tf.reset_default_graph()
            tf.set_random_seed(11)
            v = tf.get_variable('v', [3, 4], dtype, initializer=initializer)
            nodes = [n.name for n in tf.get_default_graph().as_graph_def().node if n.name.startswith('v/Initializer/')]
            with tf.Session() as session:
                session.run(v.initializer)
                values = np.ravel(session.run(v))
            out.write('{"%s", DType::k%s, "%s", {%s}},\n' % (name, 'Float32' if dtype == tf.float32 else 'Float64', nodes[-1], ', '.join('%.17g' % x for x in values)))
