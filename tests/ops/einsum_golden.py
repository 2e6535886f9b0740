"""Writes einsum_golden.inc: what TensorFlow 1.15's einsum gives, and the nodes it makes."""
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()
U = None
CASES = [('ij,jk->ik', [2, 3], [3, 4]), ('ij,jk', [2, 3], [3, 4]), ('ij->ji', [2, 3]), ('ij->', [2, 3]), ('ij->i', [2, 3]), ('ii', [3, 3]),
         ('i,i->', [3], [3]), ('i,j->ij', [2], [3]), ('bij,bjk->bik', [2, 2, 3], [2, 3, 2]), ('abc,cd->abd', [2, 2, 3], [3, 2]),
         ('abcd,acde->abe', [2, 2, 3, 2], [2, 3, 2, 2]), ('ij,kj->ik', [2, 3], [4, 3]), ('ji,kj->ki', [3, 2], [4, 3]), ('ij,ij->ij', [2, 3], [2, 3]),
         ('ij,jk,kl->il', [2, 3], [3, 2], [2, 2]), ('...ij,...jk->...ik', [2, 2, 3], [2, 3, 2]), ('...ij,jk->...ik', [2, 2, 3], [3, 2]),
         ('...ij', [2, 2, 3]), ('bhqd,bhkd->bhqk', [2, 2, 3, 2], [2, 2, 2, 2]), ('ij,jk->ki', [2, 3], [3, 4])]
UNKNOWN = [('ij,jk->ik', [2, U], [3, 4]), ('abcd,acde->abe', [U, 2, 3, U], [2, U, 2, U]), ('abc,cd->abd', [U, U, 3], [3, 2])]


def record(equation, shapes, known):
    tf.reset_default_graph()
    xs = [tf.placeholder(tf.float32, s, name='x%d' % i) for i, s in enumerate(shapes)]
    y = tf.einsum(equation, *xs)
    nodes = ['%s = %s(%s)' % (n.name, n.op, ', '.join(n.input)) for n in tf.get_default_graph().as_graph_def().node if not n.name.startswith('x')]
    feeds = {x: np.linspace(-1 - i, 2, int(np.prod(s))).reshape(s) for i, (x, s) in enumerate(zip(xs, known))}
    with tf.Session() as session:
        value = session.run(y, feeds)
    dims = lambda s: '{%s}' % ', '.join('-1' if d is None else str(d) for d in s)
    return '{"%s", {%s}, {%s}, %s, {%s},\n {%s}},\n' % (
        equation, ', '.join(map(dims, shapes)), ', '.join(map(dims, known)), dims(value.shape), ', '.join('%.9g' % v for v in np.ravel(value)),
        ',\n  '.join('"%s"' % n for n in nodes))


with open(__file__.replace('.py', '.inc'), 'w') as out:
    out.write('// What TensorFlow 1.15.5 gives. Written by einsum_golden.py.\n')
    for case in CASES:
        out.write(record(case[0], case[1:], case[1:]))
    for case in UNKNOWN:
        out.write(record(case[0], case[1:], [c for c in CASES if c[0] == case[0]][0][1:]))
