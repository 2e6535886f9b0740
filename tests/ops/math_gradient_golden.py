"""Writes math_gradient_golden.inc: the nodes TensorFlow 1.15.5 makes for the gradients of elementwise ops.

Run with a Python that has tensorflow==1.15.5:  python tests/ops/math_gradient_golden.py > tests/ops/math_gradient_golden.inc
"""
import tensorflow.compat.v1 as tf

tf.disable_eager_execution()

UNARY = ['Neg', 'Abs', 'Sign', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Inv', 'Exp', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan',
         'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Sigmoid', 'Erf', 'Erfc', 'Lgamma', 'Digamma']
BROADCASTING = ['Add', 'AddV2', 'Sub', 'Mul', 'MulNoNan', 'Div', 'RealDiv', 'DivNoNan', 'FloorMod', 'Pow', 'Maximum', 'Minimum', 'SquaredDifference', 'Xlogy',
                'Xdivy', 'Zeta', 'Polygamma']
SAME_SHAPE = ['Atan2', 'TanhGrad', 'SigmoidGrad', 'SqrtGrad', 'RsqrtGrad', 'ReciprocalGrad', 'InvGrad']
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), (None, None), ((None, 3), ())]


def cpp_shape(shape):
    if shape is None:
        return 'PartialShape()'
    return 'PartialShape::scalar()' if shape == () else 'PartialShape({%s})' % ', '.join('-1' if d is None else str(d) for d in shape)


def case(op, shapes, dtype=tf.float32):
    graph = tf.Graph()
    with graph.as_default():
        inputs = [tf.placeholder(dtype, s, name='x%d' % i) for i, s in enumerate(shapes)]
        z = graph.create_op(op, inputs, [dtype], name='z').outputs[0]
        dz = tf.placeholder(dtype, z.shape, name='dz')
        try:
            results = tf.gradients(z, inputs, grad_ys=[dz])
        except ValueError:
            return
    nodes = []
    for node in graph.get_operations():
        if node.name.startswith('gradients/z_grad/'):
            parts = [i.name[:-2] if i.name.endswith(':0') else i.name for i in node.inputs] + ['^' + c.name for c in node.control_inputs]
            nodes.append('%s=%s(%s)' % (node.name, node.type, ', '.join(parts)))
    nodes.append('-> ' + ', '.join('none' if r is None else r.name[:-2] for r in results))
    text = ''.join('\n    "%s\\n"' % n.replace('gradients/grad_ys_0', 'dz').replace('gradients/z_grad/', '') for n in nodes)
    print('{"%s", DType::k%s, {%s},%s},' % (op, 'Int32' if dtype == tf.int32 else 'Float64' if dtype == tf.float64 else 'Float32',
                                           ', '.join(map(cpp_shape, shapes)), text))


print('// Written by math_gradient_golden.py with TensorFlow 1.15.5: {op, dtype, shapes of the inputs, nodes and results}.')
for op in UNARY:
    case(op, [(2, 3)])
case('Sign', [None])
for op in BROADCASTING:
    for shapes in SHAPES:
        case(op, shapes)
case('Mul', SHAPES[0], tf.float64)
for op in SAME_SHAPE:
    case(op, SHAPES[0])
