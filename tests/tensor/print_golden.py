"""Writes print_golden.inc: tensors and the text that NumPy 1.18 prints for them.

    python print_golden.py > print_golden.inc
"""
import numpy as np

TYPES = {np.float32: "float", np.float64: "double", np.float16: "half", np.int8: "int8_t", np.int16: "int16_t", np.int32: "int32_t",
         np.int64: "int64_t", np.uint8: "uint8_t", np.uint16: "uint16_t", np.uint32: "uint32_t", np.uint64: "uint64_t", np.bool_: "bool",
         np.complex64: "complex64", np.complex128: "complex128", np.object_: "std::string"}


def c_float(x, kind):
    x = float(x)
    if np.isnan(x):
        text = "kNaN"
    elif np.isinf(x):
        text = "kInf" if x > 0 else "-kInf"
    else:
        text = repr(x)
    return "half(%sf)" % text if kind is np.float16 and text[-1].isdigit() else "half(%s)" % text if kind is np.float16 else text


def c_value(x, kind):
    if kind in (np.float16, np.float32, np.float64):
        return c_float(x, kind)
    if kind in (np.complex64, np.complex128):
        return "{%s, %s}" % (c_float(x.real, None), c_float(x.imag, None))
    if kind is np.bool_:
        return "true" if x else "false"
    if kind is np.object_:
        return 'std::string("%s", %d)' % ("".join("\\%03o" % b for b in x), len(x))
    if kind is np.uint64:
        return "%dull" % x
    if kind is np.int64 and x == -2**63:
        return "std::numeric_limits<int64_t>::min()"
    return "%dll" % x if kind is np.int64 else str(x)


def case(array):
    kind = array.dtype.type
    values = ", ".join(c_value(x, kind) for x in array.ravel())
    shape = ", ".join(str(d) for d in array.shape)
    text = str(array if array.shape else array[()])
    print('{Tensor::from<%s>({%s}, Shape{%s}),\n R"(%s)"},' % (TYPES[kind], values, shape, text))


def ramp(kind, shape, scale):
    """Shown in the tests as ramp<kind>(shape, scale): element i is scale * i."""
    array = (np.arange(int(np.prod(shape))).astype(np.float64) * scale).astype(kind).reshape(shape)
    print('{ramp<%s>({%s}, %r),\n R"(%s)"},' % (TYPES[kind], ", ".join(map(str, shape)), scale, array))


def floats():
    nan, inf = float("nan"), float("inf")
    lists = [[1], [1, 2.5], [0.1, 0.25, 100], [1e8], [99999999.0], [1e-4], [2e-4], [1, 1000], [1, 1001], [1e-5, 1], [1e-10, 0.1],
             [1.2345678e-10, 0.1], [0], [-0.0, 1], [nan], [inf], [-inf], [nan, 1], [1, inf], [1, -inf], [nan, inf, -inf, 1.5], [-1.5, nan], [1e10, nan],
             [1e10, -inf, 3], [100000, nan], [1 / 3], [1 / 3, 2 / 3, 1], [-1, 2], [-1e-7, 3e7], [123456.789, 1000], [1e-300, 1e300], [5e-324], [3.4028235e38],
             [0.123456785, 0.3], [1e7, 1.5e7 + 0.25], [65504, 0.1], [6e-8], [7.0, 0.00052], [2.0**-44, 2.0**-20, 2.0**-30], [1e5, 123.456], [0.5, 16777216], [0.015625, 1]]
    rng = np.random.RandomState(1)
    lists += [rng.randn(7), rng.rand(12) * 100, np.exp(rng.randn(5) * 12), rng.randn(30), rng.rand(30) * 1e-3, np.round(rng.randn(6), 2)]
    for kind in (np.float32, np.float64, np.float16):
        for values in lists:
            with np.errstate(over="ignore"):
                case(np.array(values, kind))
        for value in [0, -0.0, 1, 1.5, -2.25, 0.1, 1 / 3, 1e15, 9.999e15, 1e16, 1e17, 123456789, 0.0001, 0.00009, 1e-5, 1.5e-5, 5e-324, 1e-45, 6e-8, 65504, 1e38, nan, inf, -inf,
                      16777216, 2.0**-44, 3.14159265358979]:
            with np.errstate(over="ignore"):
                case(np.array(value, kind))
        case(np.array([[1, 2.5], [-3, 4]], kind))
        case(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], kind))
        case(np.array([[1e-6, nan], [1, -inf]], kind))
        case(np.zeros((0,), kind))
        case(np.zeros((2, 0, 3), kind))
        case(np.ones((1, 1, 1, 1), kind))
    case(rng.randn(4, 11).astype(np.float32))
    case(rng.randn(2, 3, 2, 2).astype(np.float32))
    for scale in (0.5, 1 / 3, 1e-3, 1e5):
        for shape in ((1000,), (1001,), (30, 40), (3, 400), (400, 3), (7, 11, 13), (11, 1, 100), (2, 2, 2, 200), (1001, 1), (6, 167), (20, 20)):
            ramp(np.float32, shape, scale)


def integers():
    for kind in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
        info = np.iinfo(kind)
        case(np.array([info.min, info.max, 0, 7], kind))
        case(np.array(info.max, kind))
        case(np.array([[1, 20], [100, 4]], kind))
    case(np.array([-1, 10, -100], np.int32))
    for shape in ((1000,), (1001,), (2000,), (50, 50), (10, 10), (3, 4, 5), (2, 3, 4, 5), (100, 1, 20)):
        ramp(np.int32, shape, 1.0)
        ramp(np.int64, shape, -3.0)


def others():
    case(np.array(True))
    case(np.array(False))
    case(np.array([True, False]))
    case(np.array([True, True]))
    case(np.array([[False], [True]]))
    case(np.arange(40) % 3 == 0)
    strings = [b"", b"abc", b"it's", b'say "hi"', b"'\"", b"\x00\xff\n\t\r\\", "gr\u00fc\u00df".encode(), b"\x7f~ "]
    array = np.empty(len(strings), object)
    array[:] = strings
    case(array)
    case(array.reshape(2, 2, 2))
    for text in strings:
        scalar = np.empty((), object)
        scalar[()] = text
        case(scalar)
    long = np.empty(30, object)
    long[:] = [b"word%d" % i for i in range(30)]
    case(long)
    nan, inf = float("nan"), float("inf")
    for kind in (np.complex64, np.complex128):
        for values in ([1 + 2j], [1 + 2j, -3.5 + 0.25j], [1.5 + 2j, 3 - 1e10j], [complex(nan, 1), 2], [complex(1, inf), complex(-inf, nan)], [complex(1, nan)],
                       [0j, complex(0, -0.0)], [1e-9 + 1j, 1], [complex(-0.0, 1)], [complex(nan, inf)]):
            case(np.array(values, kind))
        for value in (1 + 2j, 2j, complex(-0.0, 2), 1 - 2j, complex(nan, 0), complex(1, inf), complex(1, -inf), complex(0, -0.0), 1e20 + 1e-7j, 0.1 + 0.2j, complex(0, nan), 0j,
                      complex(inf, nan), 1e16 + 1e15j, complex(1, nan)):
            case(np.array(value, kind))
        case(np.array([[1 + 1j, 2], [3, 4 - 1.25j]], kind))
    rng = np.random.RandomState(2)
    case((rng.randn(13) + 1j * rng.randn(13)).astype(np.complex64))


floats()
integers()
others()
