// NthElement: the n-th smallest, or greatest, element of each row.
#include <algorithm>
#include <optional>

#include "src/ops/op_lists.h"
#include "src/ops/scratch.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/top_k_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kNthElementKernelTypes = kRealNumberTypes - DTypeSet{DType::kUInt32, DType::kUInt64};

absl::Status nth_element_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape input, ShapeContext::with_rank_at_least(c.input(0), 1));
  WEFT_RETURN_IF_ERROR(ShapeContext::with_rank(c.input(1), 0).status());
  const std::optional<int64_t> n = c.constant_scalar(1);
  if (n.has_value() && *n < 0) return invalid_argument("Dimension size, given by scalar input 1, must be non-negative but is ", *n);
  if (!input.known_rank()) return absl::OkStatus();
  const int64_t columns = input.dim(input.rank() - 1);
  if (n.has_value() && columns >= 0 && columns <= *n) return invalid_argument("Input must have last dimension > n = ", *n, " but is ", columns);
  c.set_output(0, PartialShape(input.dims().first(static_cast<size_t>(input.rank() - 1))));
  return absl::OkStatus();
}

// NaN last, so that the order is one that std::nth_element can rely on.
template <typename T> bool before(T a, T b) {
  if constexpr (!std::is_integral_v<T>) {
    if (a != a || b != b) return a == a;
  }
  return a < b;
}

template <typename T> absl::Status nth_of_rows(const KernelContext& context, const T* input, int64_t rows, int64_t columns, int64_t n, T* output) {
  const Scratch<T> copies(rows * columns);
  if (!copies) return no_scratch_memory("NthElement");
  context.parallel_for(rows, tile_items(columns * 4), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      T* row = copies.data() + r * columns;
      std::copy_n(input + r * columns, columns, row);
      std::nth_element(row, row + n, row + columns, before<T>);
      output[r] = row[n];
    }
  });
  return absl::OkStatus();
}

absl::Status run_nth_element(KernelContext& context, DType dtype, bool reverse) {
  const Tensor& input = context.input(0);
  const Tensor& which = context.input(1);
  if (which.rank() != 0) return invalid_argument("N must be scalar, got shape ", which.shape().to_string());
  int64_t n = which.scalar<int32_t>();
  if (n < 0) return invalid_argument("Need n >= 0, got ", n);
  if (input.rank() < 1) return invalid_argument("Input must be >= 1-D, got shape ", input.shape().to_string());
  const int64_t columns = input.dim(input.rank() - 1);
  if (columns <= n) return invalid_argument("Input must have at least n+1 columns");
  if (reverse) n = columns - n - 1;
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape(input.shape().dims().first(static_cast<size_t>(input.rank() - 1))), &output));
  absl::Status status;
  dispatch<kNthElementKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    status = nth_of_rows<T>(context, input.data<T>(), output->num_elements(), columns, n, output->data<T>());
  });
  return status;
}

// Elements equal to the result share its gradient.
Gradients nth_element_gradient(GradientContext& g) {
  const Output chosen = cast(equal(expand_dims(g.y(0), -1), g.x(0)), g.dy(0).dtype());
  const Output gradient = expand_dims(g.dy(0), -1);
  const Output count = expand_dims(reduce_sum(chosen, {.axis = -1}), -1);
  return g.first(div(chosen, count) * gradient);
}

}  // namespace

// NthElement: what stands at position n when a row is sorted.
const OpDef& nth_element_op() {
  static const OpDef& op = *new OpDef{.name = "NthElement",
                                      .inputs = {{"input", type_attr("T")}, {"n", DType::kInt32}},
                                      .outputs = {{"values", type_attr("T")}},
                                      .attrs = {bool_attribute("reverse", false), type_attribute("T", kRealNumberTypes)},
                                      .shape = nth_element_shape,
                                      .kernels = {{.constraints = {{"T", kNthElementKernelTypes}},
                                                   .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                                     return Kernel([dtype = init.type("T"), reverse = init.get<bool>("reverse")](KernelContext& c) {
                                                       return run_nth_element(c, dtype, reverse);
                                                     });
                                                   }}},
                                      .gradient = nth_element_gradient};
  return op;
}

OpList nth_element_ops() { return {&nth_element_op()}; }

Output nth_element(const Operand& input, const Operand& n, NthElementOptions options, Loc where) {
  return OpBuilder(nth_element_op(), options.name, where).input(input).input(n, DType::kInt32).attr("reverse", options.reverse).output();
}

}  // namespace weft
