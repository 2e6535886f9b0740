// Comparisons, elementwise: Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, ApproximateEqual.
#include <cmath>
#include <functional>

#include "src/ops/math_op.h"
#include "weft/graph/node.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

constexpr NotDifferentiable kComparison{"a comparison is constant almost everywhere"};

template <typename Compare> struct CompareFn {
  template <typename T> static bool apply(const T& x, const T& y) { return Compare()(x, y); }
};

// x > y is y < x: the loops of F with the operands exchanged.
template <typename F> struct ExchangedFn {
  template <typename T> static bool apply(const T& x, const T& y) { return F::apply(y, x); }
  template <typename T> static bool span(const T* x, int64_t x_step, const T* y, int64_t y_step, bool* z, int64_t n) {
    return binary_span<F, T>(y, y_step, x, x_step, z, n);
  }
};

using LessFn = CompareFn<std::less<>>;
using LessEqualFn = CompareFn<std::less_equal<>>;

inline constexpr DTypeSet kEquatable = kBinaryNumbers | DTypeSet{DType::kQUInt8, DType::kQInt8, DType::kQInt32, DType::kString, DType::kBool};

template <typename F> OpDef ordering_op(std::string_view name) {
  OpDef def = binary_op(name, kRealNumberTypes, binary_kernels<F, kRealNumberTypes>(), kComparison);
  def.outputs = {{"z", DType::kBool}};
  return def;
}

// Operands that do not fit are an error unless incompatible_shape_error is false: then they count as unequal, as a whole.
absl::Status equality_shape(ShapeContext& c) {
  if (c.get<bool>("incompatible_shape_error")) return broadcast_shape(c);
  const absl::StatusOr<PartialShape> shape = broadcast(c.input(0), c.input(1));
  // Unknown dimensions may turn out not to fit.
  c.set_output(0, shape.ok() && shape->fully_defined() ? *shape : PartialShape::unknown());
  return absl::OkStatus();
}

template <typename Compare> absl::StatusOr<Kernel> make_equality(const KernelInit& init) {
  BinaryLoop loop;
  dispatch<kEquatable>(init.type("T"), [&](auto tag) { loop = binary_loop<CompareFn<Compare>, typename decltype(tag)::type>(1); });
  if (init.get<bool>("incompatible_shape_error")) return binary_kernel(init, loop);
  return Kernel::inline_kernel([loop](KernelContext& context) -> absl::Status {
    if (broadcast_shapes(context.input(0).shape(), context.input(1).shape()).ok()) return run_binary(context, loop);
    context.set_output(0, Tensor::scalar_of<bool>(Compare()(0, 1)));
    return absl::OkStatus();
  });
}

template <typename Compare> OpDef equality_op(std::string_view name) {
  OpDef def = commutative(binary_op(name, kEquatable, {{.constraints = {{"T", kEquatable}}, .make = make_equality<Compare>}}, kComparison));
  def.outputs = {{"z", DType::kBool}};
  def.attrs.push_back(bool_attribute("incompatible_shape_error", true));
  def.shape = equality_shape;
  return def;
}

template <typename T> bool approximately_equal_span(const T* x, const T* y, bool* z, int64_t n, T tolerance) {
  for (int64_t k = 0; k < n; ++k) z[k] = std::abs(x[k] - y[k]) < tolerance;
  return true;
}

absl::StatusOr<Kernel> make_approximate_equal(const KernelInit& init) {
  const float tolerance = init.get<float>("tolerance");
  return Kernel([tolerance](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    const Tensor& y = context.input(1);
    if (x.shape() != y.shape())
      return invalid_argument("x and y must be of the same shape. x shape: ", x.shape().to_string(), ". y shape: ", y.shape().to_string());
    Tensor* z;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, x.shape(), &z));
    dispatch<DTypeSet{DType::kFloat32, DType::kFloat64}>(x.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      context.parallel_for(x.num_elements(), tile_items(1), [&](int64_t begin, int64_t end) {
        approximately_equal_span<T>(x.data<T>() + begin, y.data<T>() + begin, z->data<bool>() + begin, end - begin, static_cast<T>(tolerance));
      });
    });
    return absl::OkStatus();
  });
}

}  // namespace

// Equal: x == y.
const OpDef& equal_op() {
  static const OpDef& op = *new OpDef(equality_op<std::equal_to<>>("Equal"));
  return op;
}

// NotEqual: x != y.
const OpDef& not_equal_op() {
  static const OpDef& op = *new OpDef(equality_op<std::not_equal_to<>>("NotEqual"));
  return op;
}

// Less: x < y.
const OpDef& less_op() {
  static const OpDef& op = *new OpDef(ordering_op<LessFn>("Less"));
  return op;
}

// LessEqual: x <= y.
const OpDef& less_equal_op() {
  static const OpDef& op = *new OpDef(ordering_op<LessEqualFn>("LessEqual"));
  return op;
}

// Greater: x > y.
const OpDef& greater_op() {
  static const OpDef& op = *new OpDef(ordering_op<ExchangedFn<LessFn>>("Greater"));
  return op;
}

// GreaterEqual: x >= y.
const OpDef& greater_equal_op() {
  static const OpDef& op = *new OpDef(ordering_op<ExchangedFn<LessEqualFn>>("GreaterEqual"));
  return op;
}

// ApproximateEqual: |x - y| < tolerance.
const OpDef& approximate_equal_op() {
  static const OpDef& op =
      *new OpDef{.name = "ApproximateEqual",
                 .inputs = {{"x", type_attr("T")}, {"y", type_attr("T")}},
                 .outputs = {{"z", DType::kBool}},
                 .attrs = {type_attribute("T", kNumberTypes), float_attribute("tolerance", 0.00001f)},
                 .is_commutative = true,
                 .shape = [](ShapeContext& c) -> absl::Status {
                   WEFT_ASSIGN_OR_RETURN(PartialShape merged, c.input(0).merge(c.input(1)));
                   c.set_output(0, std::move(merged));
                   return absl::OkStatus();
                 },
                 .kernels = {{.constraints = {{"T", DTypeSet{DType::kFloat32, DType::kFloat64}}}, .make = make_approximate_equal}},
                 .gradient = kComparison};
  return op;
}

OpList comparison_ops() {
  return {&equal_op(), &not_equal_op(), &less_op(), &less_equal_op(), &greater_op(), &greater_equal_op(), &approximate_equal_op()};
}

Output equal(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(equal_op(), x, y, name, where); }
Output not_equal(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(not_equal_op(), x, y, name, where); }
Output less(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(less_op(), x, y, name, where); }
Output less_equal(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(less_equal_op(), x, y, name, where); }
Output greater(const Operand& x, const Operand& y, std::string_view name, Loc where) { return build_binary(greater_op(), x, y, name, where); }
Output greater_equal(const Operand& x, const Operand& y, std::string_view name, Loc where) {
  return build_binary(greater_equal_op(), x, y, name, where);
}

}  // namespace weft
