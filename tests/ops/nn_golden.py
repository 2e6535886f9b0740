#!/usr/bin/env python3
"""Writes nn_golden.txt: what TensorFlow 1.15.5's neural-network kernels make of small inputs.

Usage: python3 nn_golden.py > ../data/nn_golden.txt     (needs tensorflow 1.15)
A case is a line `case OP`, lines `attr NAME TYPE VALUES`, `input DTYPE SHAPE : VALUES`, then `output DTYPE SHAPE : VALUES` for each
output or `error CODE MESSAGE`, and `end`. Shapes are dimensions joined by commas; numbers have 9 or 17 digits.
"""
import os
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
import tensorflow.compat.v1 as tf

random = np.random.RandomState(3)


def R(*shape, dtype='float32', scale=1.0):
    return (random.randn(*shape) * scale).astype(dtype)


def I(*values, dtype='int32'):
    return np.array(values, dtype)


def text(a):
    a = np.asarray(a)
    if a.dtype == np.float64:
        body = ' '.join('%.17g' % x for x in a.ravel())
    elif a.dtype.kind == 'f':
        body = ' '.join('%.9g' % x for x in a.ravel())
    else:
        body = ' '.join(str(int(x)) for x in a.ravel())
    return '%s %s : %s' % (a.dtype.name, ','.join(map(str, a.shape)) or '-', body)


def attr(name, value):
    if isinstance(value, bool):
        return 'attr %s bool %d' % (name, value)
    if isinstance(value, int):
        return 'attr %s int %d' % (name, value)
    if isinstance(value, float):
        return 'attr %s float %.9g' % (name, value)
    if isinstance(value, str):
        return 'attr %s string %s' % (name, value)
    return 'attr %s list(int) %s' % (name, ' '.join(map(str, value)))


def case(op, inputs, **attrs):
    inputs = {k: np.asarray(v) for k, v in inputs.items()}
    print('case', op)
    for k, v in attrs.items():
        print(attr(k, v))
    for v in inputs.values():
        print('input', text(v))
    with tf.Graph().as_default():
        feeds = {k: tf.placeholder(v.dtype, None) for k, v in inputs.items()}
        try:
            out = getattr(tf.raw_ops, op)(**feeds, **attrs)
            outs = list(out) if isinstance(out, tuple) else [out]
            with tf.Session() as session:
                values = session.run(outs, {feeds[k]: v for k, v in inputs.items()})
            for v in values:
                print('output', text(v))
        except tf.errors.OpError as e:
            print('error %d %s' % (e.error_code, e.message.split('\n')[0]))
    print('end')


def convolutions():
    for shape, f, s, p, e in [((2, 5, 6, 3), (3, 3, 3, 4), 1, 'SAME', []), ((1, 7, 5, 2), (3, 2, 2, 5), 2, 'SAME', []),
                              ((2, 6, 6, 1), (3, 3, 1, 7), 2, 'VALID', []), ((1, 5, 5, 4), (1, 1, 4, 3), 1, 'VALID', []),
                              ((1, 5, 5, 4), (1, 1, 4, 3), 2, 'SAME', []), ((1, 4, 5, 2), (3, 3, 2, 3), 1, 'EXPLICIT', [0, 0, 1, 2, 0, 1, 0, 0]),
                              ((3, 1, 9, 2), (1, 4, 2, 2), 3, 'SAME', []), ((1, 3, 3, 2), (5, 5, 2, 2), 1, 'SAME', [])]:
        for dtype in ['float32', 'float64', 'float16'] if s == 2 else ['float32']:
            x, w = R(*shape, dtype=dtype), R(*f, dtype=dtype)
            kw = dict(strides=[1, s, s, 1], padding=p, explicit_paddings=e)
            case('Conv2D', dict(input=x, filter=w), **kw)
            with tf.Graph().as_default(), tf.Session() as session:
                y = session.run(tf.raw_ops.Conv2D(input=tf.constant(x), filter=tf.constant(w), **kw))
            g = R(*y.shape, dtype=dtype)
            case('Conv2DBackpropInput', dict(input_sizes=I(*shape), filter=w, out_backprop=g), **kw)
            case('Conv2DBackpropFilter', dict(input=x, filter_sizes=I(*f), out_backprop=g), **kw)
    case('Conv2D', dict(input=R(1, 9, 8, 2), filter=R(3, 3, 2, 2)), strides=[1, 2, 1, 1], padding='VALID', dilations=[1, 2, 3, 1])
    case('Conv2D', dict(input=R(1, 9, 8, 2), filter=R(3, 3, 2, 2)), strides=[1, 1, 1, 1], padding='SAME', dilations=[1, 2, 3, 1])
    case('Conv2D', dict(input=R(1, 2, 2, 2), filter=R(3, 3, 2, 2)), strides=[1, 1, 1, 1], padding='VALID')
    case('Conv2D', dict(input=R(0, 2, 2, 2), filter=R(3, 3, 2, 2)), strides=[1, 1, 1, 1], padding='SAME')
    one = dict(strides=[1, 1, 1, 1], padding='SAME')
    for a, b, kw in [((4, 4, 2), (3, 3, 2, 3), {}), ((1, 4, 4, 2), (3, 2, 3), {}), ((1, 4, 4, 3), (3, 3, 2, 3), {}), ((1, 4, 4, 4), (3, 3, 2, 4), {}),
                     ((1, 2, 4, 4), (3, 3, 2, 3), dict(data_format='NCHW')), ((1, 4, 4, 2), (3, 3, 2, 3), dict(strides=[2, 1, 1, 1])),
                     ((1, 4, 4, 2), (3, 3, 2, 3), dict(dilations=[2, 1, 1, 1])), ((1, 2, 2, 2), (4, 4, 2, 3), dict(padding='VALID'))]:
        case('Conv2D', dict(input=R(*a), filter=R(*b)), **dict(one, **kw))
    for sizes, f, g in [([1, 4, 4, 2], (3, 3, 2, 3), (1, 3, 4, 3)), ([2, 4, 4, 2], (3, 3, 2, 3), (1, 4, 4, 3)), ([1, 4, 4, 3], (3, 3, 2, 3), (1, 4, 4, 3)),
                        ([1, 4, 4, 2], (3, 3, 2, 3), (1, 4, 4, 2)), ([4, 4], (3, 3, 2, 3), (1, 4, 4, 3)), ([1, -4, 4, 2], (3, 3, 2, 3), (1, 4, 4, 3))]:
        case('Conv2DBackpropInput', dict(input_sizes=I(*sizes), filter=R(*f), out_backprop=R(*g)), **one)


def depthwise():
    for shape, f, s, p in [((2, 5, 4, 3), (3, 3, 3, 1), 1, 'SAME'), ((1, 6, 7, 2), (2, 3, 2, 3), 2, 'VALID'), ((1, 5, 5, 4), (3, 3, 4, 2), 2, 'SAME')]:
        for dtype in ['float32', 'float64', 'float16']:
            x, w = R(*shape, dtype=dtype), R(*f, dtype=dtype)
            kw = dict(strides=[1, s, s, 1], padding=p)
            case('DepthwiseConv2dNative', dict(input=x, filter=w), **kw)
            with tf.Graph().as_default(), tf.Session() as session:
                y = session.run(tf.raw_ops.DepthwiseConv2dNative(input=tf.constant(x), filter=tf.constant(w), **kw))
            g = R(*y.shape, dtype=dtype)
            case('DepthwiseConv2dNativeBackpropInput', dict(input_sizes=I(*shape), filter=w, out_backprop=g), **kw)
            case('DepthwiseConv2dNativeBackpropFilter', dict(input=x, filter_sizes=I(*f), out_backprop=g), **kw)
    one = dict(strides=[1, 1, 1, 1], padding='VALID')
    case('DepthwiseConv2dNative', dict(input=R(1, 5, 5, 2), filter=R(2, 2, 2, 2)), **dict(one, dilations=[1, 2, 2, 1]))
    for a, b, kw in [((3, 3, 2), (2, 2, 2, 2), {}), ((1, 3, 3, 2), (2, 2, 2), {}), ((1, 3, 3, 2), (2, 2, 3, 2), {}), ((1, 3, 3, 2), (2, 2, 2, 2), dict(strides=[1, 1, 2, 1])),
                     ((1, 2, 3, 3), (2, 2, 2, 2), dict(data_format='NCHW'))]:
        case('DepthwiseConv2dNative', dict(input=R(*a), filter=R(*b)), **dict(one, **kw))
    for g in [(1, 2, 3, 4), (1, 2, 2, 2)]:
        case('DepthwiseConv2dNativeBackpropInput', dict(input_sizes=I(1, 3, 3, 2), filter=R(2, 2, 2, 2), out_backprop=R(*g)), **one)


def pools():
    for shape, k, s, p in [((2, 5, 6, 3), (2, 2), (2, 2), 'SAME'), ((1, 7, 5, 2), (3, 2), (1, 2), 'VALID'), ((1, 4, 4, 1), (3, 3), (1, 1), 'SAME'), ((1, 3, 3, 2), (2, 2), (3, 3), 'SAME')]:
        kw = dict(ksize=[1, k[0], k[1], 1], strides=[1, s[0], s[1], 1], padding=p)
        for dtype in ['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'int16', 'int8', 'uint16']:
            x = (R(*shape, scale=3) + 50).astype(dtype) if dtype[0] in 'iu' else R(*shape, dtype=dtype)
            case('MaxPool', dict(input=x), **kw)
            with tf.Graph().as_default(), tf.Session() as session:
                y = session.run(tf.raw_ops.MaxPool(input=tf.constant(x), **kw))
            g = (R(*y.shape, scale=3) + 5).astype(dtype)
            case('MaxPoolGrad', dict(orig_input=x, orig_output=y, grad=g), **kw)
            case('MaxPoolGradGrad', dict(orig_input=x, orig_output=y, grad=x), **kw)
            if dtype.startswith('float'):
                case('AvgPool', dict(value=x), **kw)
                case('AvgPoolGrad', dict(orig_input_shape=I(*shape), grad=g), **kw)
    nan = np.float32('nan')
    x = np.array([nan, 1, 1, nan, 2, 3, 4, 5, nan, nan, -np.inf, -np.inf, nan, nan, -np.inf, -np.inf], 'float32').reshape(1, 4, 4, 1)
    two = dict(ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='VALID')
    case('MaxPool', dict(input=x), **two)
    case('MaxPoolGrad', dict(orig_input=x, orig_output=x[:, :2, :2], grad=R(1, 2, 2, 1)), **two)
    case('MaxPool', dict(input=R(1, 2, 2, 6)), ksize=[1, 1, 1, 3], strides=[1, 1, 1, 3], padding='VALID')
    for op in ['MaxPool', 'AvgPool']:
        name = 'input' if op == 'MaxPool' else 'value'
        for shape, kw in [((4, 4, 2), {}), ((2, 4, 4, 2), dict(ksize=[2, 2, 2, 1])), ((2, 4, 4, 2), dict(strides=[2, 2, 2, 1])), ((1, 4, 4, 2), dict(data_format='NCHW')),
                          ((1, 4, 4, 5), dict(ksize=[1, 1, 1, 2], strides=[1, 1, 1, 2])), ((1, 4, 4, 4), dict(ksize=[1, 1, 1, 2], strides=[1, 1, 1, 1])),
                          ((1, 4, 4, 4), dict(ksize=[1, 2, 1, 2], strides=[1, 1, 1, 2])), ((0, 4, 4, 2), {}), ((1, 4, 4, 2), dict(ksize=[1, 6, 2, 1]))]:
            case(op, {name: R(*shape)}, **dict(two, **kw))
    case('MaxPoolGrad', dict(orig_input=R(4, 4, 1), orig_output=R(1, 2, 2, 1), grad=R(1, 2, 2, 1)), **two)
    case('AvgPoolGrad', dict(orig_input_shape=I(4, 4, 1), grad=R(1, 2, 2, 1)), **two)


def activations():
    odd = np.array([np.nan, -np.inf, np.inf, -0.0, 0.0, 1, 7, -1, 3, -3, 100, -100, 20, -20, 5, .5, -.5, 1e-3, -1e-3, 6], 'float32')
    for dtype in ['float32', 'float64', 'float16']:
        x = odd.astype(dtype)
        g = R(len(x), dtype=dtype)
        for op in ['Relu', 'Relu6', 'Elu', 'Selu', 'LeakyRelu', 'Softplus', 'Softsign']:
            case(op, dict(features=x))
        for op in ['ReluGrad', 'Relu6Grad', 'EluGrad', 'SeluGrad', 'LeakyReluGrad', 'SoftplusGrad', 'SoftsignGrad']:
            case(op, {'gradients': g, 'outputs' if op in ('EluGrad', 'SeluGrad') else 'features': x})
    for dtype in ['int32', 'int64', 'uint8', 'int8', 'int16', 'uint16']:
        x = np.array([0, 1, 5, 6, 7, 100] + ([-1, -100] if dtype[0] == 'i' else []), dtype)
        for op in ['Relu', 'Relu6']:
            case(op, dict(features=x))
            case(op + 'Grad', dict(gradients=x, features=x))
    case('LeakyRelu', dict(features=odd), alpha=1.5)
    case('ReluGrad', dict(gradients=R(2, 3), features=R(3)))


def biases():
    for dtype in ['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'complex64'][:6]:
        draw = lambda *s: (R(*s, scale=3) + 5).astype(dtype)
        case('BiasAdd', dict(value=draw(4, 3), bias=draw(3)))
        case('BiasAdd', dict(value=draw(2, 3, 2, 2), bias=draw(3)), data_format='NCHW')
        case('BiasAddGrad', dict(out_backprop=draw(5, 4, 3)))
        case('BiasAddGrad', dict(out_backprop=draw(2, 3, 2, 2)), data_format='NCHW')
        case('BiasAddV1', dict(value=draw(4, 3), bias=draw(3)))
    case('BiasAddGrad', dict(out_backprop=R(0, 3)))
    case('BiasAdd', dict(value=R(0, 3), bias=R(3)))
    for v, b in [((3,), (3,)), ((2, 3), (1, 3)), ((2, 3), (2,))]:
        case('BiasAdd', dict(value=R(*v), bias=R(*b)))


def softmaxes():
    odd = np.array([[np.inf, 1, 2], [-np.inf, -np.inf, 0], [-np.inf] * 3, [np.nan, 1, 2], [1e4, 1e4 - 1, 0]], 'float32')
    for dtype in ['float32', 'float64', 'float16']:
        for x in [R(4, 37, dtype=dtype, scale=3), odd.astype(dtype), R(2, 3, 5, dtype=dtype), R(3, dtype=dtype), R(2, 0, dtype=dtype)]:
            case('Softmax', dict(logits=x))
            case('LogSoftmax', dict(logits=x))
        labels = np.abs(R(4, 37, dtype=dtype))
        case('SoftmaxCrossEntropyWithLogits', dict(features=R(4, 37, dtype=dtype), labels=labels))
        for kind in ['int32', 'int64']:
            case('SparseSoftmaxCrossEntropyWithLogits', dict(features=R(4, 37, dtype=dtype, scale=4), labels=I(0, 36, 5, 5, dtype=kind)))
        case('L2Loss', dict(t=R(3, 50, dtype=dtype)))
    case('Softmax', dict(logits=np.float32(3)))
    for a, b in [((2, 3), (1, 3)), ((2, 1), (2, 3)), ((1, 3), (4, 1)), ((2, 4), (2, 3)), ((3,), (3,)), ((0, 3), (0, 3)), ((2, 0), (2, 0))]:
        case('SoftmaxCrossEntropyWithLogits', dict(features=R(*a), labels=R(*b)))
    for a, b in [((2, 3), [0, 3]), ((2, 3), [0, -1]), ((3,), [0]), ((2, 3), [0]), ((2, 3), [[0], [1]]), ((2, 0), [0, 1])]:
        case('SparseSoftmaxCrossEntropyWithLogits', dict(features=R(*a), labels=np.array(b, 'int32')))
    case('L2Loss', dict(t=R(0)))


def norms():
    for version in ['', 'V2', 'V3']:
        for dtype in ['float32', 'float16'] if version else ['float32']:
            x, scale, offset, mean = R(3, 4, 2, 3, dtype=dtype), R(3), R(3), R(3)
            variance = np.abs(R(3)) + .1
            empty = np.zeros(0, 'float32')
            case('FusedBatchNorm' + version, dict(x=x, scale=scale, offset=offset, mean=empty, variance=empty), epsilon=.01)
            for training in [True, False]:
                more = dict(reserve_space_3=np.float32(0)) if version == 'V3' else {}
                case('FusedBatchNormGrad' + version, dict(y_backprop=R(3, 4, 2, 3, dtype=dtype), x=x, scale=scale, reserve_space_1=mean, reserve_space_2=variance, **more),
                     epsilon=.01, is_training=training)
    three = dict(x=R(2, 2, 2, 3), scale=R(3), offset=R(3), mean=empty, variance=empty)
    for change in [dict(x=R(2, 2, 3)), dict(scale=R(1, 3)), dict(offset=R(1, 3)), dict(mean=R(3)), dict(x=R(0, 2, 2, 3)), dict(x=R(1, 1, 1, 3))]:
        case('FusedBatchNormV3', dict(three, **change))
    for dtype in ['float32', 'float16']:
        x, g = R(1, 2, 2, 7, dtype=dtype), R(1, 2, 2, 7, dtype=dtype)
        kw = dict(depth_radius=2, bias=1.5, alpha=.5, beta=.75)
        case('LRN', dict(input=x), **kw)
        case('LRNGrad', dict(input_grads=g, input_image=x, output_image=g), **kw)
    case('LRN', dict(input=R(2, 2, 6)))
    case('LRN', dict(input=R(1, 2, 2, 6)), depth_radius=-1)


def top_ks():
    for n in [5, 40, 200]:
        x = np.round(R(6, n, scale=4))
        for k in sorted({0, 1, 2, 3, n // 2, n - 1, n}):
            for is_sorted in [True, False]:
                case('TopKV2', dict(input=x, k=np.int32(k)), sorted=is_sorted)
    for dtype in ['float64', 'float16', 'int32', 'int64', 'uint8', 'int8', 'int16', 'uint16']:
        case('TopKV2', dict(input=(R(2, 9, scale=9) + 40).astype(dtype), k=np.int32(4)))
        case('NthElement', dict(input=(R(2, 9, scale=9) + 40).astype(dtype), n=np.int32(3)), reverse=dtype == 'int32')
    for x, k in [((2, 4), 5), ((2, 4), -1), ((), 1)]:
        case('TopKV2', dict(input=R(*x) if x else np.float32(1), k=np.int32(k)))
    case('TopKV2', dict(input=R(2, 4), k=I(1)))
    case('NthElement', dict(input=R(2, 3), n=np.int32(3)))
    p = np.array([[.1, .3, .2, .4], [.1, .2, .3, .4], [.5, .5, .5, .5], [np.nan, 1, 2, 3], [1, np.inf, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4]], 'float32')
    for k in [0, 1, 2, 3, 9]:
        case('InTopKV2', dict(predictions=p, targets=I(1, 0, 2, 1, 1, 7, 3), k=np.int32(k)))
        case('InTopK', dict(predictions=p, targets=I(1, 0, 2, 1, 1, 7, 3, dtype='int64')), k=k)
    case('InTopKV2', dict(predictions=R(2, 3), targets=I(1), k=np.int32(2)))


def dilations():
    for shape, f, s, r, p in [((2, 5, 6, 3), (3, 2, 3), 1, 1, 'SAME'), ((1, 7, 7, 2), (2, 2, 2), 2, 2, 'VALID'), ((1, 6, 5, 1), (3, 3, 1), 2, 1, 'SAME')]:
        for dtype in ['float32', 'float64', 'float16', 'int32', 'uint8']:
            draw = lambda *a: (R(*a, scale=3) + 30).astype(dtype)
            x, w = draw(*shape), draw(*f)
            kw = dict(strides=[1, s, s, 1], rates=[1, r, r, 1], padding=p)
            case('Dilation2D', dict(input=x, filter=w), **kw)
            with tf.Graph().as_default(), tf.Session() as session:
                y = session.run(tf.raw_ops.Dilation2D(input=tf.constant(x), filter=tf.constant(w), **kw))
            g = (R(*y.shape) + 3).astype(dtype)
            case('Dilation2DBackpropInput', dict(input=x, filter=w, out_backprop=g), **kw)
            case('Dilation2DBackpropFilter', dict(input=x, filter=w, out_backprop=g), **kw)
    kw = dict(strides=[1, 1, 1, 1], rates=[1, 1, 1, 1], padding='SAME')
    for a, b in [((3, 3, 1), (2, 2, 1)), ((1, 3, 3, 1), (2, 2, 1, 1)), ((1, 3, 3, 2), (2, 2, 1))]:
        case('Dilation2D', dict(input=R(*a), filter=R(*b)), **kw)
    case('Dilation2D', dict(input=R(1, 3, 3, 1), filter=R(2, 2, 1)), **dict(kw, strides=[2, 1, 1, 1]))
    case('Dilation2DBackpropInput', dict(input=R(1, 3, 3, 1), filter=R(2, 2, 1), out_backprop=R(1, 3, 2, 1)), **kw)


def samplers():
    classes = np.array([[0, 3], [7, 2], [1, 1]], 'int64')
    for op in ['LogUniformCandidateSampler', 'UniformCandidateSampler']:
        for unique, samples, n in [(True, 5, 10), (True, 10, 10), (False, 20, 10), (True, 30, 1000), (False, 30, 1000), (True, 3, 2)]:
            case(op, dict(true_classes=classes), num_true=2, num_sampled=samples, unique=unique, range_max=n, seed=5, seed2=11)
    case('ComputeAccidentalHits', dict(true_classes=classes, sampled_candidates=I(1, 2, 9, 1, dtype='int64')), num_true=2)


for family in [convolutions, depthwise, pools, activations, biases, softmaxes, norms, top_ks, dilations, samplers]:
    family()
