// Elementwise mathematics. Names and the nodes made are those of TensorFlow 1.15's Python functions; `name` "" means the name
// TensorFlow gives.
//
// Operands of functions of two arguments have one dtype and broadcast as NumPy's; a literal takes the other's dtype. Unless a
// function says more, it takes real and complex floating-point numbers and has a gradient. Errors, such as shapes that do not fit,
// are kept by the graph.
#pragma once

#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "weft/ops/constant.h"
#include "weft/ops/op_builder.h"

namespace weft {

// Output f(x) and Output f(x, y), each with an optional name; what follows the // is the formula.
#define WEFT_UNARY_FUNCTION(f) Output f(const Operand& x, std::string_view name = "", Loc where = Loc::current());
#define WEFT_BINARY_FUNCTION(f) Output f(const Operand& x, const Operand& y, std::string_view name = "", Loc where = Loc::current());

// --- Arithmetic: also int8 to int64 and uint8, which wrap around on overflow -----------------------------------------------------

WEFT_BINARY_FUNCTION(add)                 // x + y; strings are joined. TF op Add
WEFT_BINARY_FUNCTION(add_v2)              // x + y. TF op AddV2, which operator + makes
WEFT_BINARY_FUNCTION(subtract)            // x - y. TF op Sub
WEFT_BINARY_FUNCTION(multiply)            // x y. TF op Mul
WEFT_BINARY_FUNCTION(multiply_no_nan)     // x y, and 0 where y is 0 even if x is infinite or NaN. TF op MulNoNan
WEFT_BINARY_FUNCTION(squared_difference)  // (x - y)^2
Output scalar_mul(const Operand& scalar, const Operand& x, std::string_view name = "", Loc where = Loc::current());  // scalar x. TF op Mul
WEFT_UNARY_FUNCTION(negative)                                                                                        // -x. TF op Neg
WEFT_UNARY_FUNCTION(abs)                                                                                             // |x| of real numbers. TF op Abs
WEFT_UNARY_FUNCTION(sign)    // -1, 0, 1; of a complex number x / |x|. Gradient: 0
WEFT_UNARY_FUNCTION(conj)    // the complex conjugate; x itself where it is real
WEFT_UNARY_FUNCTION(square)  // x^2

// --- Division: InvalidArgument "Integer division by zero" when the step runs -------------------------------------------------------

WEFT_BINARY_FUNCTION(divide)       // x / y as operator /: integers are cast to floating point first. TF op RealDiv
WEFT_BINARY_FUNCTION(truediv)      // the same
WEFT_BINARY_FUNCTION(div)          // x / y as in Python 2: of integers floordiv. TF op RealDiv or FloorDiv
WEFT_BINARY_FUNCTION(realdiv)      // x / y of floating-point numbers. TF op RealDiv
WEFT_BINARY_FUNCTION(div_no_nan)   // x / y, and 0 where y is 0. TF op DivNoNan
WEFT_BINARY_FUNCTION(floordiv)     // floor(x / y), node named "floordiv". No gradient. TF op FloorDiv
WEFT_BINARY_FUNCTION(floor_div)    // the same, node named "FloorDiv"
WEFT_BINARY_FUNCTION(truncatediv)  // x / y of integers, towards zero. No gradient. TF op TruncateDiv
WEFT_BINARY_FUNCTION(floormod)     // x - floor(x / y) y: the remainder with the sign of y. TF op FloorMod
WEFT_BINARY_FUNCTION(truncatemod)  // the remainder with the sign of x. No gradient. TF op TruncateMod

// --- Powers, exponentials, logarithms ----------------------------------------------------------------------------------------------

// x^y. Integers: InvalidArgument for y < 0. pow(x, y) without a name is TF's operator **, whose node is named "pow"; tf.pow names its
// node "Pow".
Output pow(const Operand& x, const Operand& y, std::string_view name, Loc where = Loc::current());
WEFT_UNARY_FUNCTION(sqrt)        // x^(1/2)
WEFT_UNARY_FUNCTION(rsqrt)       // x^(-1/2)
WEFT_UNARY_FUNCTION(reciprocal)  // 1 / x
WEFT_UNARY_FUNCTION(exp)         // e^x
WEFT_UNARY_FUNCTION(expm1)       // e^x - 1, accurate near 0
WEFT_UNARY_FUNCTION(log)         // the natural logarithm
WEFT_UNARY_FUNCTION(log1p)       // log(1 + x), accurate near 0
WEFT_BINARY_FUNCTION(xlogy)      // x log(y), and 0 where x is 0
WEFT_BINARY_FUNCTION(xdivy)      // x / y, and 0 where x is 0

// --- Trigonometry, hyperbolic functions, sigmoid -------------------------------------------------------------------------------------

WEFT_UNARY_FUNCTION(sin)  // of radians
WEFT_UNARY_FUNCTION(cos)
WEFT_UNARY_FUNCTION(tan)
WEFT_UNARY_FUNCTION(asin)                                                                                  // in [-pi/2, pi/2]; NaN outside [-1, 1]
WEFT_UNARY_FUNCTION(acos)                                                                                  // in [0, pi]
WEFT_UNARY_FUNCTION(atan)                                                                                  // in (-pi/2, pi/2)
Output atan2(const Operand& y, const Operand& x, std::string_view name = "", Loc where = Loc::current());  // the angle of (x, y)
WEFT_UNARY_FUNCTION(sinh)                                                                                  // (e^x - e^-x) / 2
WEFT_UNARY_FUNCTION(cosh)                                                                                  // (e^x + e^-x) / 2
WEFT_UNARY_FUNCTION(tanh)                                                                                  // sinh(x) / cosh(x)
WEFT_UNARY_FUNCTION(asinh)
WEFT_UNARY_FUNCTION(acosh)    // NaN below 1
WEFT_UNARY_FUNCTION(atanh)    // NaN outside [-1, 1]
WEFT_UNARY_FUNCTION(sigmoid)  // 1 / (1 + e^-x)

// --- Special functions of real numbers -------------------------------------------------------------------------------------------------

WEFT_UNARY_FUNCTION(erf)      // 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x
WEFT_UNARY_FUNCTION(erfc)     // 1 - erf(x), accurate for large x
WEFT_UNARY_FUNCTION(lgamma)   // log |Gamma(x)|
WEFT_UNARY_FUNCTION(digamma)  // the derivative of lgamma
// The a-th derivative of digamma, for whole a >= 0. Gradient: to x.
Output polygamma(const Operand& a, const Operand& x, std::string_view name = "", Loc where = Loc::current());
// Hurwitz' zeta function: the sum of (q + k)^-x over k >= 0, for x > 1. Gradient: to q.
Output zeta(const Operand& x, const Operand& q, std::string_view name = "", Loc where = Loc::current());

// --- Rounding of real numbers. No gradient flows -----------------------------------------------------------------------------------------

WEFT_UNARY_FUNCTION(floor)
WEFT_UNARY_FUNCTION(ceil)
WEFT_UNARY_FUNCTION(round)  // halves to even; integers pass as they are
WEFT_UNARY_FUNCTION(rint)   // halves to even

// --- Comparisons and truth. bool results; no gradient flows --------------------------------------------------------------------------------

WEFT_BINARY_FUNCTION(maximum)        // x < y ? y : x, of real numbers. Gradient: to the greater; to x where they are equal
WEFT_BINARY_FUNCTION(minimum)        // y < x ? y : x
WEFT_BINARY_FUNCTION(equal)          // x == y, of any but resources and variants
WEFT_BINARY_FUNCTION(not_equal)      // x != y
WEFT_BINARY_FUNCTION(less)           // x < y, of real numbers
WEFT_BINARY_FUNCTION(less_equal)     // x <= y
WEFT_BINARY_FUNCTION(greater)        // x > y
WEFT_BINARY_FUNCTION(greater_equal)  // x >= y
WEFT_BINARY_FUNCTION(logical_and)    // both are bool
WEFT_BINARY_FUNCTION(logical_or)
WEFT_BINARY_FUNCTION(logical_xor)  // made of LogicalOr, LogicalAnd, LogicalNot
WEFT_UNARY_FUNCTION(logical_not)
WEFT_UNARY_FUNCTION(is_nan)
WEFT_UNARY_FUNCTION(is_inf)
WEFT_UNARY_FUNCTION(is_finite)

#undef WEFT_UNARY_FUNCTION
#undef WEFT_BINARY_FUNCTION

// --- Other dtypes ---------------------------------------------------------------------------------------------------------------------

// x as elements of `dtype`; x itself when it has that dtype. Fractions are dropped, complex numbers lose their imaginary part, bool is
// "not zero". Gradient: cast back, between floating-point types. Numbers and bool. TF op Cast.
Output cast(const Operand& x, DType dtype, std::string_view name = "", Loc where = Loc::current());
Output cast(Graph& graph, const Operand& x, DType dtype, std::string_view name = "", Loc where = Loc::current());  // of a literal
Output to_float(const Operand& x, std::string_view name = "", Loc where = Loc::current());                         // float32, node named "ToFloat"
Output to_double(const Operand& x, std::string_view name = "", Loc where = Loc::current());
Output to_int32(const Operand& x, std::string_view name = "", Loc where = Loc::current());
Output to_int64(const Operand& x, std::string_view name = "", Loc where = Loc::current());

// --- Choosing ---------------------------------------------------------------------------------------------------------------------------

// x where `condition` holds, else y. x and y have one shape; the condition has it too, is a scalar, or is a vector that chooses rows.
// Any dtype. Gradient: to the chosen one. TF op Select.
Output where(const Operand& condition, const Operand& x, const Operand& y, std::string_view name = "", Loc where = Loc::current());
// The same with NumPy's broadcasting of all three. TF op SelectV2.
Output where_v2(const Operand& condition, const Operand& x, const Operand& y, std::string_view name = "", Loc where = Loc::current());

// --- Sums of many -------------------------------------------------------------------------------------------------------------------------

// The sum of one or more tensors of one shape and dtype, added from the first to the last. A single one is passed on. TF op AddN.
Output add_n(absl::Span<const Output> inputs, std::string_view name = "", Loc where = Loc::current());
// The same, as TF op AccumulateNV2; `shape` is what is known of the result's shape.
Output accumulate_n(absl::Span<const Output> inputs, const PartialShape& shape = {}, std::string_view name = "", Loc where = Loc::current());

// --- Broadcasting -----------------------------------------------------------------------------------------------------------------------------

// `input` repeated to the shape that the vector `shape` holds. InvalidArgument when it does not fit. Gradient: summed. TF op BroadcastTo.
Output broadcast_to(const Operand& input, const Operand& shape, std::string_view name = "", Loc where = Loc::current());
// The shape of what tensors of these two shapes give, as a vector. TF op BroadcastArgs.
Output broadcast_dynamic_shape(const Operand& shape_x, const Operand& shape_y, std::string_view name = "", Loc where = Loc::current());
// For each of two shapes, the dimensions to sum over in a gradient. TF op BroadcastGradientArgs.
std::vector<Output> broadcast_gradient_args(const Operand& s0, const Operand& s1, std::string_view name = "", Loc where = Loc::current());
std::vector<Output> broadcast_gradient_args(Graph& graph, const Operand& s0, const Operand& s1, Loc where = Loc::current());  // of literals

}  // namespace weft
