"""Writes gradient_nodes_golden.inc: the nodes TensorFlow 1.15 adds when it differentiates an op, or that a function of several ops makes.

Run it with a Python that has TensorFlow 1.15. Each case makes placeholders x0, x1, ... and ids, and lists the nodes after `dy` (gradients)
or all nodes (functions), one a line: "name = Op(input, other:1)".
"""
import tensorflow.compat.v1 as tf

tf.enable_resource_variables()
U = None
CASES = []


def lines_of(graph, after):
    nodes = list(graph.as_graph_def().node)
    names = [n.name for n in nodes]
    start = names.index(after) + 1 if after else 0
    return ['%s = %s(%s)' % (n.name, n.op, ', '.join(n.input)) for n in nodes[start:]]


def gradient(name, function, *shapes):
    tf.reset_default_graph()
    xs = [tf.placeholder(tf.float32, s, name='x%d' % i) for i, s in enumerate(shapes)]
    ys = function(*xs)
    ys = list(ys) if isinstance(ys, (list, tuple)) else [ys]
    dys = [tf.placeholder(tf.float32, y.shape, name='dy') for y in ys]
    last = dys[-1].op.name
    tf.gradients(ys, xs, grad_ys=dys, name='g')
    CASES.append((name, lines_of(tf.get_default_graph(), last)))


def nodes(name, function):
    tf.reset_default_graph()
    function()
    CASES.append((name, lines_of(tf.get_default_graph(), None)))


def ids(shape=(U,)):
    return tf.placeholder(tf.int32, shape, name='ids')


def x(*shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape if shape != (None,) else None, name='x')


gradient('sum_all_static', lambda x: tf.reduce_sum(x), [2, 3])
gradient('sum_all_rank', lambda x: tf.reduce_sum(x), [2, U])
gradient('sum_all_unknown', lambda x: tf.reduce_sum(x), U)
gradient('sum_axis_static_twice', lambda x: tf.reduce_sum(tf.reduce_sum(x, [1]) + tf.reduce_sum(x, 1)), [2, 3])
gradient('sum_axis_rank', lambda x: tf.reduce_sum(x, 1), [2, U])
gradient('mean_all_static', lambda x: tf.reduce_mean(x), [2, 3])
gradient('mean_all_rank', lambda x: tf.reduce_mean(x), [2, U])
gradient('mean_axis', lambda x: tf.reduce_mean(x, [0]), [2, U])
gradient('max', lambda x: tf.reduce_max(x, 1), [2, 3])
gradient('min_unknown', lambda x: tf.reduce_min(x, 1), U)
gradient('prod', lambda x: tf.reduce_prod(x, 1), [2, 3])
gradient('cumsum', lambda x: tf.cumsum(x, 1), [2, 3])
gradient('cumprod', lambda x: tf.cumprod(x, 1, reverse=True), [2, 3])
gradient('concat_rows', lambda x, y: tf.gather(tf.concat([x, y], 0), [0, 3]), [2, 3], [4, 3])
gradient('concat_columns', lambda x, y: tf.gather(tf.concat([x, y], -1), [0, 1]), [2, 3], [2, 5])
gradient('concat_columns_unknown', lambda x, y: tf.gather(tf.concat([x, y], 1), [0, 1]), [2, U], [2, U])
for ta in (False, True):
    for tb in (False, True):
        gradient('matmul_%d%d' % (ta, tb), lambda x, y: tf.matmul(x, y, transpose_a=ta, transpose_b=tb), [3, 2] if ta else [2, 3], [4, 3] if tb else [3, 4])
        gradient('batch_matmul_%d%d' % (ta, tb), lambda x, y: tf.matmul(x, y, transpose_a=ta, transpose_b=tb), [5, 3, 2] if ta else [5, 2, 3],
                 [4, 3] if tb else [3, 4])
gradient('gather', lambda x: tf.gather(x, ids()), [5, 3])
gradient('gather_axis', lambda x: tf.gather(x, ids(), axis=1), [5, 3])
gradient('gather_batch', lambda x: tf.gather(x, ids([5, U]), axis=1, batch_dims=1), [5, 3])
gradient('gather_nd', lambda x: tf.gather_nd(x, ids([U, 2])), [5, 3])
gradient('gather_nd_rows', lambda x: tf.gather_nd(x, ids([U, 1])), [5, 3])
gradient('scatter_nd', lambda x: tf.scatter_nd(ids([U, 1]), x, [6, 3]), [U, 3])
gradient('tensor_scatter_update', lambda x, u: tf.tensor_scatter_update(x, ids([U, 1]), u), [6, 3], [U, 3])
gradient('tensor_scatter_add', lambda x, u: tf.tensor_scatter_add(x, ids([U, 1]), u), [6, 3], [U, 3])
gradient('tensor_scatter_sub', lambda x, u: tf.tensor_scatter_sub(x, ids([U, 1]), u), [6, 3], [U, 3])
gradient('dynamic_partition', lambda x: tf.dynamic_partition(x, ids(), 2), [U, 3])
gradient('dynamic_stitch', lambda x, y: tf.dynamic_stitch([ids(), ids()], [x, y]), [U, 3], [U, 3])
gradient('segment_sum', lambda x: tf.segment_sum(x, ids()), [U, 3])
gradient('segment_mean', lambda x: tf.segment_mean(x, ids()), [U, 3])
gradient('segment_max', lambda x: tf.segment_max(x, ids()), [U, 3])
gradient('unsorted_segment_sum', lambda x: tf.unsorted_segment_sum(x, ids(), 4), [U, 3])
gradient('unsorted_segment_max', lambda x: tf.unsorted_segment_max(x, ids(), 4), [U, 3])
gradient('unsorted_segment_prod', lambda x: tf.unsorted_segment_prod(x, ids(), 4), [U, 3])
gradient('matrix_diag', lambda x: tf.matrix_diag(x), [2, 3])
gradient('matrix_diag_part', lambda x: tf.matrix_diag_part(x), [2, 3, 3])
gradient('matrix_diag_part_wide', lambda x: tf.matrix_diag_part(x), [2, 3, 4])
gradient('matrix_set_diag', lambda x, y: tf.matrix_set_diag(x, y), [2, 3, 4], [2, 3])
gradient('matrix_set_diag_unknown', lambda x, y: tf.matrix_set_diag(x, y), [U, 3, 4], [U, 3])
gradient('matrix_band_part', lambda x: tf.matrix_band_part(x, 1, 2), [2, 3, 3])
gradient('diag', lambda x: tf.diag(x), [3])
gradient('diag_part', lambda x: tf.diag_part(x), [3, 3])
gradient('space_to_batch_nd', lambda x: tf.space_to_batch_nd(x, [2, 2], [[0, 0], [1, 1]]), [1, 4, 4, 2])
gradient('batch_to_space_nd', lambda x: tf.batch_to_space_nd(x, [2, 2], [[0, 0], [1, 1]]), [4, 4, 4, 2])
gradient('space_to_depth', lambda x: tf.space_to_depth(x, 2), [1, 4, 4, 2])
gradient('depth_to_space', lambda x: tf.depth_to_space(x, 2), [1, 4, 4, 4])
gradient('roll', lambda x: tf.roll(x, 1, 0), [4])

nodes('logsumexp', lambda: tf.reduce_logsumexp(x(2, 3), 1))
nodes('logsumexp_all', lambda: tf.reduce_logsumexp(x(2, 3)))
nodes('std', lambda: tf.math.reduce_std(x(2, 3), 1))
nodes('variance', lambda: tf.math.reduce_variance(x(2, 3)))
nodes('count_nonzero', lambda: tf.count_nonzero(x(2, 3), 1))
nodes('boolean_mask', lambda: tf.boolean_mask(x(4, 3), x(4, dtype=tf.bool)))
nodes('boolean_mask_unknown', lambda: tf.boolean_mask(x(U, 3, 2), x(U, 3, dtype=tf.bool)))
nodes('boolean_mask_axis', lambda: tf.boolean_mask(x(4, 3, 2), x(3, dtype=tf.bool), axis=1))
nodes('unsorted_segment_mean', lambda: tf.unsorted_segment_mean(x(U, 3), ids(), 4))
nodes('unsorted_segment_sqrt_n', lambda: tf.unsorted_segment_sqrt_n(x(5, 3), ids([5]), 4))
nodes('embedding', lambda: tf.nn.embedding_lookup(x(5, 3), ids()))
nodes('embedding_mod', lambda: tf.nn.embedding_lookup([x(5, 3), x(4, 3)], ids()))
nodes('embedding_div', lambda: tf.nn.embedding_lookup([x(5, 3), x(4, 3)], ids(), partition_strategy='div'))
nodes('embedding_div_unknown', lambda: tf.nn.embedding_lookup([x(U, 3), x(4, 3)], ids(), partition_strategy='div'))
nodes('embedding_max_norm', lambda: tf.nn.embedding_lookup(x(5, 3), ids(), max_norm=1.0))
nodes('clip_by_value', lambda: tf.clip_by_value(x(4), 0.0, 1.0))
nodes('clip_by_norm', lambda: tf.clip_by_norm(x(4), 1.0))
nodes('clip_by_norm_axes', lambda: tf.clip_by_norm(x(4, 3), 1.0, axes=[1]))
nodes('clip_by_average_norm', lambda: tf.clip_by_average_norm(x(4), 1.0))
nodes('clip_by_global_norm', lambda: tf.clip_by_global_norm([x(4), None, x(3)], 5.0))
nodes('tensordot', lambda: tf.tensordot(x(2, 3, 4), x(4, 3), [[1, 2], [1, 0]]))
nodes('tensordot_unknown', lambda: tf.tensordot(x(U, 3, 4), x(4, 3), 1))

with open(__file__.replace('.py', '.inc'), 'w') as out:
    out.write('// Nodes that TensorFlow 1.15.5 makes. Written by gradient_nodes_golden.py.\n')
    for name, lines in CASES:
        out.write('{"%s", {%s}},\n' % (name, ',\n  '.join('"%s"' % line for line in lines)))
