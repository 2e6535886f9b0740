// Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm: their definitions. The kernels' loops are in reduction.h.
#include "src/ops/reduction.h"

#include "src/ops/op_lists.h"
#include "src/ops/reduction_definitions.h"
#include "src/ops/reduction_gradients.h"

namespace weft {

namespace {

absl::Status reduction_shape(ShapeContext& c) {
  const PartialShape& input = c.input(0);
  const bool keep_dims = c.get<bool>("keep_dims");
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_most(c.input(1), 1).status());
  const std::optional<std::vector<int64_t>> axes = input.known_rank() ? c.constant_vector(1) : std::nullopt;
  if (!axes.has_value()) {
    c.set_output(0, keep_dims && input.known_rank() ? PartialShape::unknown_of_rank(input.rank()) : PartialShape());
    return absl::OkStatus();
  }
  std::vector<bool> reduced(static_cast<size_t>(input.rank()));
  for (const int64_t axis : *axes) {
    if (axis < -input.rank() || axis >= input.rank()) {
      return invalid_argument("Invalid reduction dimension ", axis, " for input with ", input.rank(), " dimensions.");
    }
    reduced[static_cast<size_t>(axis < 0 ? axis + input.rank() : axis)] = true;
  }
  PartialShape output = PartialShape::scalar();
  for (int i = 0; i < input.rank(); ++i) {
    if (!reduced[static_cast<size_t>(i)]) output.add_dim(input.dim(i));
    else if (keep_dims) output.add_dim(1);
  }
  c.set_output(0, std::move(output));
  return absl::OkStatus();
}

OpDef reduction_op(std::string_view name, KernelTable kernels, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"input", type_attr("T")}, {"reduction_indices", type_attr("Tidx")}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {bool_attribute("keep_dims", false), type_attribute("T", kNumberTypes), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
          .shape = reduction_shape,
          .kernels = std::move(kernels),
          .gradient = std::move(gradient)};
}

OpDef logical_reduction_op(std::string_view name, KernelFactory make) {
  return {.name = name,
          .inputs = {{"input", DType::kBool}, {"reduction_indices", type_attr("Tidx")}},
          .outputs = {{"output", DType::kBool}},
          .attrs = {bool_attribute("keep_dims", false), type_attribute("Tidx", kIndexTypes, DType::kInt32)},
          .shape = reduction_shape,
          .kernels = {{.make = std::move(make)}},
          .gradient = NoGradientDefined{}};
}

}  // namespace

// Sum: y = sum of x over the axes. Gradient: dy repeated along them.
const OpDef& sum_op() {
  static const OpDef& op = *new OpDef(reduction_op("Sum", sum_kernels(), sum_gradient));
  return op;
}

// Mean: y = (sum of x over the axes) / count. Gradient: that of Sum over the count.
const OpDef& mean_op() {
  static const OpDef& op = *new OpDef(reduction_op("Mean", mean_kernels(), mean_gradient));
  return op;
}

// Prod: y = product of x over the axes. Gradient: dy times the product of the other elements, by two exclusive running products, so
// that zeros do no harm.
const OpDef& prod_op() {
  static const OpDef& op = *new OpDef(reduction_op("Prod", prod_kernels(), prod_gradient));
  return op;
}

// Max: the largest element. Gradient: dy shared equally among the elements that attain it.
const OpDef& max_op() {
  static const OpDef& op = *new OpDef(reduction_op("Max", max_kernels(), extreme_gradient));
  return op;
}

// Min: the smallest element. Gradient: as Max.
const OpDef& min_op() {
  static const OpDef& op = *new OpDef(reduction_op("Min", min_kernels(), extreme_gradient));
  return op;
}

// EuclideanNorm: sqrt of the sum of |x|^2.
const OpDef& euclidean_norm_op() {
  static const OpDef& op = *new OpDef(reduction_op(
      "EuclideanNorm", euclidean_norm_kernels(), NotDifferentiable{"TensorFlow gives EuclideanNorm no gradient; write sqrt(reduce_sum(square(x)))"}));
  return op;
}

// All: whether every element is true.
const OpDef& all_op() {
  static const OpDef& op = *new OpDef(logical_reduction_op("All", make_reduction<AllReducer, DType::kBool>));
  return op;
}

// Any: whether some element is true.
const OpDef& any_op() {
  static const OpDef& op = *new OpDef(logical_reduction_op("Any", make_reduction<AnyReducer, DType::kBool>));
  return op;
}

OpList reduction_ops() { return {&sum_op(), &mean_op(), &prod_op(), &max_op(), &min_op(), &euclidean_norm_op(), &all_op(), &any_op()}; }

}  // namespace weft
