"""Writes math_golden.inc: what TensorFlow 1.15.5 computes for elementwise ops at ordinary and at special values.

Run with a Python that has tensorflow==1.15.5:  python tests/ops/math_golden.py > tests/ops/math_golden.inc
"""
import math

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import rewriter_config_pb2
from tensorflow.python.ops import gen_math_ops as ops

tf.disable_eager_execution()

NUMBERS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -2.5, 3.25, -7.75, 20.0, -30.0, 1e-3, -1e-6, math.inf, -math.inf, math.nan]
PAIRS = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.0, 3.0), (0.0, -3.0), (-0.0, 3.0), (5.0, 0.0), (0.0, 0.0), (1e-3, 3.0),
         (2.0, 3.0), (-2.0, 3.0), (2.0, -1.5), (0.0, 2.0), (4.0, 0.5), (math.nan, 1.0), (1.0, math.nan), (math.inf, 2.0), (5.0, math.inf),
         (-5.0, math.inf), (-math.inf, math.inf)]
INTEGERS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (6, 3), (-6, 3), (0, -3), (2, 5), (-3, 4), (100000, 3)]
UNARY = ['Neg', 'Abs', 'Sign', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Exp', 'Expm1', 'Log', 'Log1p', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan',
         'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Sigmoid', 'Erf', 'Erfc', 'Lgamma', 'Digamma', 'Floor', 'Ceil', 'Round', 'Rint', 'IsNan',
         'IsInf', 'IsFinite']
BINARY = ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'DivNoNan', 'MulNoNan', 'FloorDiv', 'FloorMod', 'Mod', 'Pow', 'Maximum', 'Minimum', 'SquaredDifference',
          'Xlogy', 'Xdivy', 'Atan2', 'Less', 'LessEqual', 'Greater', 'GreaterEqual', 'Equal', 'NotEqual', 'TanhGrad', 'SigmoidGrad', 'SqrtGrad', 'RsqrtGrad',
          'ReciprocalGrad', 'InvGrad']
INTEGER = ['Add', 'AddV2', 'Sub', 'Mul', 'Div', 'FloorDiv', 'TruncateDiv', 'Mod', 'FloorMod', 'TruncateMod', 'Maximum', 'Minimum', 'SquaredDifference',
           'Less', 'Equal']
# TensorFlow's Sigmoid of floats is cut off at 18. Where TensorFlow's vector code and its scalar code disagree about special values there is nothing to match.
FINITE_ONLY = {'Sin', 'Cos', 'Tan', 'Exp', 'Sigmoid'}


def run(op, dtype, arguments):
    """One element at a time, so that all of them take the same code."""
    graph = tf.Graph()
    with graph.as_default():
        holders = [tf.placeholder(dtype, [None]) for _ in arguments]
        result = graph.create_op(op, holders, [tf.bool if op in COMPARISONS else dtype], name='z').outputs[0]
        config = tf.ConfigProto()
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        with tf.Session(config=config) as session:
            return [session.run(result, {h: [v] for h, v in zip(holders, values)})[0] for values in zip(*arguments)]


COMPARISONS = {'Less', 'LessEqual', 'Greater', 'GreaterEqual', 'Equal', 'NotEqual', 'IsNan', 'IsInf', 'IsFinite'}


def text(value):
    value = float(value)
    if math.isnan(value):
        return 'NAN'
    if math.isinf(value):
        return 'INFINITY' if value > 0 else '-INFINITY'
    return repr(value)


def row(op, name, dtype, arguments):
    columns = ['{%s}' % ', '.join(map(text, a)) for a in arguments]
    columns += ['{}'] * (2 - len(columns))
    print('{"%s", DType::%s, %s, {%s}},' % (op, name, ', '.join(columns), ', '.join(map(text, run(op, dtype, arguments)))))


print('// Written by math_golden.py with TensorFlow 1.15.5: {op, dtype, x, y, op(x, y)}.')
for name, dtype in (('kFloat32', tf.float32), ('kFloat64', tf.float64)):
    for op in UNARY:
        row(op, name, dtype, [[v for v in NUMBERS if (op not in FINITE_ONLY or math.isfinite(v)) and (op != 'Sigmoid' or abs(v) < 18)]])
    for op in BINARY:
        row(op, name, dtype, [[np.float32(v) for v in column] for column in zip(*PAIRS)])
for op in INTEGER:
    row(op, 'kInt32', tf.int32, list(zip(*INTEGERS)))
