// Sums of any number of tensors: AddN and AccumulateNV2.
//
// Added from the first to the last, pairwise within each element, in tiles that fit a cache: a tile's partial sum is read back while
// it is still there. The result may take the first input's memory.
#include "src/ops/math_op.h"
#include "weft/graph/node.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/math_ops.h"

namespace weft {

namespace {

inline constexpr DTypeSet kSumTypes = kNumberTypes - kQuantizedTypes;

template <typename T> void sum_range(const KernelContext& context, T* sum, int64_t begin, int64_t end) {
  const int terms = context.num_inputs();
  const T* first = context.input(0).data<T>();
  const T* second = context.input(1).data<T>();
  const auto plus = [](T a, T b) { return wrapping(a, b, [](auto p, auto q) { return p + q; }); };
#pragma GCC ivdep
  for (int64_t k = begin; k < end; ++k) sum[k] = plus(first[k], second[k]);
  for (int i = 2; i < terms; ++i) {
    const T* x = context.input(i).data<T>();
#pragma GCC ivdep
    for (int64_t k = begin; k < end; ++k) sum[k] = plus(sum[k], x[k]);
  }
}

absl::Status check_shapes(const KernelContext& context, std::string_view node, std::string_view type) {
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (context.input(i).shape() == context.input(0).shape()) continue;
    return invalid_argument("Inputs to operation ", node, " of type ", type,
                            " must have the same size and shape.  Input 0: ", context.input(0).shape().to_string(), " != input ", i, ": ",
                            context.input(i).shape().to_string());
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_add_n(const KernelInit& init) {
  const DType dtype = init.type("T");
  const int64_t cost = std::max(1, init.num_inputs() / 2);
  Kernel kernel([dtype, cost, node = std::string(init.name()), type = init.node().op().name](KernelContext& context) -> absl::Status {
    if (context.num_inputs() == 1) {
      context.set_output(0, context.input(0));
      return absl::OkStatus();
    }
    WEFT_RETURN_IF_ERROR(check_shapes(context, node, type));
    const int64_t n = context.input(0).num_elements();
    Tensor* sum;
    WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, context.input(0).shape(), &sum));
    dispatch<kSumTypes>(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      context.parallel_for(n, tile_items(cost), [&](int64_t begin, int64_t end) { sum_range<T>(context, sum->data<T>(), begin, end); });
    });
    return absl::OkStatus();
  });
  kernel.cheap = elementwise_is_cheap(init, cost);
  return kernel;
}

KernelTable sum_kernels() { return {{.constraints = {{"T", kSumTypes}}, .make = make_add_n}}; }

// Every input gets the output's gradient.
Gradients sum_gradient(GradientContext& g) { return Gradients(static_cast<size_t>(g.num_inputs()), g.dy_any()); }

// The shape that attribute `shape` and the inputs have in common.
absl::Status accumulate_shape(ShapeContext& c) {
  PartialShape merged = c.get<PartialShape>("shape");
  for (int i = 0; i < c.num_inputs(); ++i) { WEFT_ASSIGN_OR_RETURN(merged, merged.merge(c.input(i))); }
  c.set_output(0, std::move(merged));
  return absl::OkStatus();
}

OpDef sum_op(std::string_view name, DTypeSet allowed) {
  return {.name = name,
          .inputs = {{"inputs", list_of("N", type_attr("T"))}},
          .outputs = {{"sum", type_attr("T")}},
          .attrs = {int_attribute("N", {}, 1), type_attribute("T", allowed)},
          .is_commutative = true,
          .is_aggregate = true,
          .shape = merge_inputs_shape,
          .kernels = sum_kernels(),
          .gradient = sum_gradient};
}

// One input needs no sum; TensorFlow passes it on, under `name` if there is one.
Output passed_on(const Output& input, std::string_view name, Loc where) { return name.empty() ? input : identity(input, name, where); }

}  // namespace

// AddN: the sum of its inputs, from the first to the last.
const OpDef& add_n_op() {
  static const OpDef& op = *new OpDef(sum_op("AddN", kNumberTypes | DType::kVariant));
  return op;
}

// AccumulateNV2: the same; TensorFlow rewrites it so that inputs are added as they arrive.
const OpDef& accumulate_n_v2_op() {
  static const OpDef& op = *new OpDef([] {
    OpDef def = sum_op("AccumulateNV2", kNumberTypes);
    def.attrs.push_back(attribute("shape", AttrType::kShape));
    def.shape = accumulate_shape;
    return def;
  }());
  return op;
}

OpList add_n_ops() { return {&add_n_op(), &accumulate_n_v2_op()}; }

Output add_n(absl::Span<const Output> inputs, std::string_view name, Loc where) {
  if (inputs.empty()) return Output();  // there is no graph that could keep an error
  if (inputs.size() == 1) return passed_on(inputs[0], name, where);
  return OpBuilder(add_n_op(), name, where).input_list(inputs).output();
}

Output accumulate_n(absl::Span<const Output> inputs, const PartialShape& shape, std::string_view name, Loc where) {
  if (inputs.empty()) return Output();
  if (inputs.size() == 1) return passed_on(inputs[0], name, where);
  PartialShape known = shape;
  for (const Output& input : inputs) {
    const absl::StatusOr<PartialShape> merged = known.merge(input.shape());
    if (merged.ok()) known = *merged;  // a contradiction is found again, and reported, by the op
  }
  return OpBuilder(accumulate_n_v2_op(), name, where).input_list(inputs).attr("shape", known).output();
}

}  // namespace weft
