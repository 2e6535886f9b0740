// Cast: elements of one dtype as another.
//
// Real numbers become integers by dropping the fraction, as C++ does; where C++ leaves the result open (NaN, out of range) it is what
// TensorFlow's x86 kernels give: the conversion goes through int32 for dtypes up to 32 bits, through int64 for wider and unsigned
// ones, and what does not fit there is the least number. Complex numbers lose their imaginary part; bool is "not zero".
#include <limits>

#include "src/ops/math_op.h"
#include "weft/graph/node.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

inline constexpr DTypeSet kCastTypes = kFloatTypes | kComplexTypes | kIntTypes | DType::kBool;

template <typename T> inline constexpr bool is_complex_type = std::is_same_v<T, complex64> || std::is_same_v<T, complex128>;

// Out of range and NaN: the least Integer.
template <typename Integer, typename Real> Integer truncated(Real x) {
  constexpr Real kLimit = static_cast<Real>(-static_cast<double>(std::numeric_limits<Integer>::min()));  // 2^31 or 2^63
  return x >= -kLimit && x < kLimit ? static_cast<Integer>(x) : std::numeric_limits<Integer>::min();
}

template <typename D, typename Real> D real_to_integer(Real x) {
  if constexpr (std::is_same_v<D, uint64_t>) {
    constexpr Real kHalf = static_cast<Real>(9223372036854775808.0);
    return x < kHalf ? static_cast<uint64_t>(truncated<int64_t>(x)) : static_cast<uint64_t>(truncated<int64_t>(x - kHalf)) ^ (uint64_t{1} << 63);
  } else if constexpr (sizeof(D) == 8 || std::is_same_v<D, uint32_t>) {
    return static_cast<D>(truncated<int64_t>(x));
  } else {
    return static_cast<D>(truncated<int32_t>(x));
  }
}

template <typename D, typename S> D cast_one(S x) {
  if constexpr (is_16_bit_float<S>) {
    return cast_one<D>(static_cast<float>(x));
  } else if constexpr (is_complex_type<S>) {
    if constexpr (is_complex_type<D>) return D(static_cast<typename D::value_type>(x.real()), static_cast<typename D::value_type>(x.imag()));
    else return cast_one<D>(x.real());
  } else if constexpr (is_complex_type<D>) {
    return D(static_cast<typename D::value_type>(x));
  } else if constexpr (is_16_bit_float<D>) {
    return D(static_cast<float>(x));
  } else if constexpr (std::is_same_v<D, bool>) {
    return x != S(0);
  } else if constexpr (std::is_floating_point_v<S> && std::is_integral_v<D>) {
    return real_to_integer<D>(x);
  } else {
    return static_cast<D>(x);
  }
}

template <typename D, typename S> void cast_span(const void* in, void* out, int64_t n) {
  const S* x = static_cast<const S*>(in);
  D* y = static_cast<D*>(out);
#pragma GCC ivdep
  for (int64_t k = 0; k < n; ++k) y[k] = cast_one<D>(x[k]);
}

// Attribute Truncate: bits of the fraction that the narrower type has not are dropped instead of rounded.
template <typename D, typename S> void truncating_span(const void* in, void* out, int64_t n) {
  using Bits = std::conditional_t<std::is_same_v<S, float>, uint32_t, uint64_t>;
  constexpr int kSourceBits = std::numeric_limits<S>::digits;
  constexpr int kKept = std::is_same_v<D, bfloat16> ? 8 : std::is_same_v<D, half> ? 11 : std::numeric_limits<float>::digits;
  constexpr Bits kMask = ~((Bits{1} << (kSourceBits - kKept)) - 1);
  const S* x = static_cast<const S*>(in);
  D* y = static_cast<D*>(out);
#pragma GCC ivdep
  for (int64_t k = 0; k < n; ++k) y[k] = cast_one<D>(std::bit_cast<S>(std::bit_cast<Bits>(x[k]) & kMask));
}

template <typename S> UnarySpan span_from(DType to, bool truncate) {
  UnarySpan span = nullptr;
  dispatch<kCastTypes>(to, [&](auto tag) {
    using D = typename decltype(tag)::type;
    span = &cast_span<D, S>;
    constexpr bool narrower =
        std::is_same_v<S, float> ? is_16_bit_float<D> : std::is_same_v<S, double> && (is_16_bit_float<D> || std::is_same_v<D, float>);
    if constexpr (narrower) {
      if (truncate) span = &truncating_span<D, S>;
    }
  });
  return span;
}

// The integer a quantised number is stored as: casts know nothing of scales.
DType stored_as(DType dtype) {
  switch (dtype) {
    case DType::kQInt8: return DType::kInt8;
    case DType::kQUInt8: return DType::kUInt8;
    case DType::kQInt16: return DType::kInt16;
    case DType::kQUInt16: return DType::kUInt16;
    case DType::kQInt32: return DType::kInt32;
    default: return dtype;
  }
}

absl::StatusOr<Kernel> make_cast(const KernelInit& init) {
  const DType from = stored_as(init.type("SrcT"));
  const DType to = stored_as(init.type("DstT"));
  if (init.type("SrcT") == init.type("DstT")) {
    return Kernel::inline_kernel([](KernelContext& context) -> absl::Status {
      context.set_output(0, context.input(0));
      return absl::OkStatus();
    });
  }
  UnaryLoop loop{nullptr, static_cast<int64_t>(dtype_size(from)), static_cast<int64_t>(dtype_size(to)), 1};
  dispatch<kCastTypes>(from, [&](auto tag) { loop.span = span_from<typename decltype(tag)::type>(to, init.get<bool>("Truncate")); });
  if (loop.span == nullptr) return unimplemented("Cast ", dtype_cc_name(from), " to ", dtype_cc_name(to), " is not supported");
  return unary_kernel(init, loop);
}

// dx = dy as x's dtype, where both are real or complex.
Gradients cast_gradient(GradientContext& g) {
  const DType from = base_dtype(g.x().dtype());
  const Output dy = g.dy();
  if (!kFloatComplex.contains(from) || !kFloatComplex.contains(dy.dtype())) {
    return {Gradient::none(AbsentGradient::kIntegerDType, str_cat(g.node().describe(), " casts from or to an integer type"))};
  }
  return g.one(cast(dy, from));
}

}  // namespace

// Cast: x as elements of DstT.
const OpDef& cast_op() {
  static const OpDef& op = *new OpDef{.name = "Cast",
                                      .inputs = {{"x", type_attr("SrcT")}},
                                      .outputs = {{"y", type_attr("DstT")}},
                                      .attrs = {type_attribute("SrcT"), type_attribute("DstT"), bool_attribute("Truncate", false)},
                                      .shape = unchanged_shape,
                                      .kernels = {{.make = make_cast}},
                                      .gradient = cast_gradient};
  return op;
}

OpList cast_ops() { return {&cast_op()}; }

namespace {

// In scope `scope` (which the node takes for its name): x itself when it has the dtype.
Output cast_in_scope(const Output& x, DType dtype, const Scope& scope, Loc where) {
  if (!x || base_dtype(x.dtype()) == dtype) return x;
  return OpBuilder(cast_op(), scope.name(), where).input(x).attr("DstT", dtype).output();
}

}  // namespace

Output cast(const Operand& x, DType dtype, std::string_view name, Loc where) {
  dtype = base_dtype(dtype);
  if (x.output() != nullptr && x.dtype() == dtype) return *x.output();
  Graph* graph = x.graph();
  if (graph == nullptr || x.failed()) return Output::failed(graph);
  if (x.variable() != nullptr && x.variable()->is_resource() && x.dtype() == dtype) return x.variable()->value(where);
  const Scope scope = graph->name_scope(name.empty() ? "Cast" : name);
  return cast_in_scope(convert(x, graph, DType::kInvalid, "x", where), dtype, scope, where);
}

Output cast(Graph& graph, const Operand& x, DType dtype, std::string_view name, Loc where) {
  const Scope scope = graph.name_scope(name.empty() ? "Cast" : name);
  return cast_in_scope(convert(x, &graph, DType::kInvalid, "x", where), base_dtype(dtype), scope, where);
}

Output to_float(const Operand& x, std::string_view name, Loc where) { return cast(x, DType::kFloat32, name.empty() ? "ToFloat" : name, where); }
Output to_double(const Operand& x, std::string_view name, Loc where) { return cast(x, DType::kFloat64, name.empty() ? "ToDouble" : name, where); }
Output to_int32(const Operand& x, std::string_view name, Loc where) { return cast(x, DType::kInt32, name.empty() ? "ToInt32" : name, where); }
Output to_int64(const Operand& x, std::string_view name, Loc where) { return cast(x, DType::kInt64, name.empty() ? "ToInt64" : name, where); }

}  // namespace weft
