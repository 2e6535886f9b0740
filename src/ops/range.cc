// Evenly spaced values: Range, LinSpace.
#include <algorithm>
#include <cmath>
#include <limits>

#include "src/ops/bare_ops.h"
#include "src/ops/composite.h"
#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kRangeTypes = {DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt64, DType::kBFloat16};
constexpr DTypeSet kLinSpaceTypes = {DType::kFloat32, DType::kFloat64, DType::kBFloat16};

// |a - b|, without overflow.
template <typename T> uint64_t distance(T a, T b) {
  return a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b) : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
}

// How many values lie between start and limit.
template <typename T> absl::StatusOr<int64_t> range_size(T start, T limit, T delta) {
  if (delta == T(0)) return invalid_argument("Requires delta != 0: ", 0);
  const auto text = [](T value) {
    if constexpr (std::is_same_v<T, bfloat16>) return static_cast<float>(value);
    else return value;
  };
  if (delta > T(0) && !(start <= limit)) return invalid_argument("Requires start <= limit when delta > 0: ", text(start), "/", text(limit));
  if (!(delta > T(0)) && !(start >= limit)) return invalid_argument("Requires start >= limit when delta < 0: ", text(start), "/", text(limit));
  if constexpr (std::is_integral_v<T>) {
    const uint64_t span = distance(start, limit);
    const uint64_t step = distance(delta, T(0));
    return static_cast<int64_t>(span / step + (span % step != 0 ? 1 : 0));
  } else {
    const auto quotient = static_cast<double>(text(static_cast<T>((limit - start) / delta)));
    const double size = std::ceil(std::abs(quotient));
    if (!(size < 9e18)) return invalid_argument("Requires ((limit - start) / delta) <= ", std::numeric_limits<int64_t>::max());
    return static_cast<int64_t>(size);
  }
}

absl::Status check_scalars(const KernelContext& context, std::initializer_list<std::string_view> names) {
  int i = 0;
  for (const std::string_view name : names) {
    const Tensor& value = context.input(i++);
    if (value.rank() != 0) return invalid_argument(name, " must be a scalar, not shape ", value.shape().to_string());
  }
  return absl::OkStatus();
}

template <typename T> absl::Status range_values(KernelContext& context) {
  const T start = context.input(0).scalar<T>();
  const T delta = context.input(2).scalar<T>();
  WEFT_ASSIGN_OR_RETURN(const int64_t n, range_size<T>(start, context.input(1).scalar<T>(), delta));
  Tensor* out;
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make({n}));
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  T* values = out->data<T>();
  if constexpr (std::is_integral_v<T>) {
    for (int64_t i = 0; i < n; ++i)
      values[i] = static_cast<T>(static_cast<uint64_t>(start) + static_cast<uint64_t>(i) * static_cast<uint64_t>(delta));
  } else {
    T value = start;  // summed up, not multiplied: TensorFlow's values
    for (int64_t i = 0; i < n; ++i) {
      values[i] = value;
      value = static_cast<T>(value + delta);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_range(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    WEFT_RETURN_IF_ERROR(check_scalars(context, {"start", "limit", "delta"}));
    absl::Status status;
    dispatch<kRangeTypes>(context.output_dtype(0), [&](auto tag) { status = range_values<typename decltype(tag)::type>(context); });
    return status;
  });
}

absl::Status range_shape(ShapeContext& c) {
  for (int i = 0; i < 3; ++i) WEFT_RETURN_IF_ERROR(ShapeContext::with_rank(c.input(i), 0).status());
  const Tensor* start = c.constant_input(0);
  const Tensor* limit = c.constant_input(1);
  const Tensor* delta = c.constant_input(2);
  PartialShape out = PartialShape::vector(kUnknownDim);
  if (start != nullptr && limit != nullptr && delta != nullptr) {
    absl::StatusOr<int64_t> n = int64_t{0};
    dispatch<kRangeTypes>(start->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      n = range_size<T>(start->scalar<T>(), limit->scalar<T>(), delta->scalar<T>());
    });
    if (!n.ok()) return n.status();
    out = PartialShape::vector(*n);
  }
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

template <typename T> void linspace_values(T start, T stop, Tensor& out) {
  T* values = out.data<T>();
  const int64_t n = out.num_elements();
  values[0] = start;
  if (n == 1) return;
  const T step = static_cast<T>((stop - start) / static_cast<T>(n - 1));
  for (int64_t i = 1; i < n - 1; ++i) values[i] = static_cast<T>(start + static_cast<T>(step * static_cast<T>(i)));
  values[n - 1] = stop;
}

absl::StatusOr<Kernel> make_linspace(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    WEFT_RETURN_IF_ERROR(check_scalars(context, {"start", "stop", "num"}));
    const int64_t n = index_values(context.input(2))[0];
    if (n <= 0) return invalid_argument("Requires num > 0: ", n);
    WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make({n}));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    dispatch<kLinSpaceTypes>(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      linspace_values<T>(context.input(0).scalar<T>(), context.input(1).scalar<T>(), *out);
    });
    return absl::OkStatus();
  });
}

absl::Status linspace_shape(ShapeContext& c) {
  for (int i = 0; i < 3; ++i) {
    const absl::Status scalar = ShapeContext::with_rank(c.input(i), 0).status();
    if (!scalar.ok()) return scalar;
  }
  const std::optional<int64_t> n = c.constant_scalar(2);
  if (n.has_value() && *n <= 0) return invalid_argument("Requires num > 0: ", *n);
  c.set_output(0, PartialShape::vector(n.value_or(kUnknownDim)));
  return absl::OkStatus();
}

// Range: start, start + delta, … as far as they lie before limit.
const OpDef& range_op() {
  static const OpDef& op = *new OpDef{.name = "Range",
                                      .inputs = {{"start", type_attr("Tidx")}, {"limit", type_attr("Tidx")}, {"delta", type_attr("Tidx")}},
                                      .outputs = {{"output", type_attr("Tidx")}},
                                      .attrs = {type_attribute("Tidx", kRangeTypes, DType::kInt32)},
                                      .shape = range_shape,
                                      .kernels = {{.make = make_range}},
                                      .gradient = NotDifferentiable{"a range counts"}};
  return op;
}

// LinSpace: num values start + i (stop - start) / (num - 1).
const OpDef& linspace_op() {
  static const OpDef& op = *new OpDef{.name = "LinSpace",
                                      .inputs = {{"start", type_attr("T")}, {"stop", type_attr("T")}, {"num", type_attr("Tidx")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {type_attribute("T", kLinSpaceTypes), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
                                      .shape = linspace_shape,
                                      .kernels = {{.make = make_linspace}},
                                      .gradient = NotDifferentiable{"TensorFlow defines none for LinSpace"}};
  return op;
}

// The widest dtype of the operands, in the order int32, int64, float32, float64.
DType widest(std::initializer_list<DType> dtypes) {
  constexpr DType kOrder[] = {DType::kInt32, DType::kInt64, DType::kFloat32, DType::kFloat64};
  DType best = DType::kInvalid;
  for (const DType candidate : kOrder) {
    if (std::find(dtypes.begin(), dtypes.end(), candidate) != dtypes.end()) best = candidate;
  }
  return best;
}

}  // namespace

OpList range_ops() { return {&range_op(), &linspace_op()}; }

Output bare_range(const Operand& start, const Operand& limit, const Operand& delta, Loc where) {
  return OpBuilder(range_op(), "", where).input(start).input(limit).input(delta).output();
}

Output range(Graph& graph, const Operand& start, const Operand& limit, const Operand& delta, RangeOptions options, Loc where) {
  if (start.failed() || limit.failed() || delta.failed()) return Output::failed(&graph);
  const Composite here(graph, name_or(options.name, "range"), where);
  Output ends[3] = {convert(start, &graph, options.dtype, "start", where), convert(limit, &graph, options.dtype, "limit", where),
                    convert(delta, &graph, options.dtype, "delta", where)};
  for (const Output& end : ends) {
    if (!end) return Output::failed(&graph);
  }
  if (options.dtype == DType::kInvalid) {
    const DType dtype = widest({base_dtype(ends[0].dtype()), base_dtype(ends[1].dtype()), base_dtype(ends[2].dtype())});
    for (Output& end : ends) {
      if (dtype != DType::kInvalid && base_dtype(end.dtype()) != dtype) end = cast(end, dtype, "", where);
    }
  }
  return OpBuilder(graph, range_op(), here.name(), where).input(ends[0]).input(ends[1]).input(ends[2]).output();
}

Output range(const Operand& start, const Operand& limit, const Operand& delta, RangeOptions options, Loc where) {
  Graph* graph = graph_of({&start, &limit, &delta});
  return graph != nullptr ? range(*graph, start, limit, delta, std::move(options), where) : Output();
}

Output range(Graph& graph, const Operand& limit, RangeOptions options, Loc where) {
  return range(graph, Operand(0, where), limit, Operand(1, where), std::move(options), where);
}

Output linspace(const Operand& start, const Operand& stop, const Operand& num, std::string_view name, Loc where) {
  return OpBuilder(linspace_op(), name, where).input(start).input(stop).input(num).output();
}

Output linspace(Graph& graph, const Operand& start, const Operand& stop, const Operand& num, std::string_view name, Loc where) {
  return OpBuilder(graph, linspace_op(), name, where).input(start).input(stop).input(num).output();
}

}  // namespace weft
