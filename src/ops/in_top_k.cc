// InTopK and InTopKV2: is the target's prediction among the k greatest?
#include <cmath>

#include "src/ops/op_lists.h"
#include "weft/ops/top_k_ops.h"

namespace weft {

namespace {

absl::Status in_top_k_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape predictions, c.input_with_rank(0, 2));
  WEFT_ASSIGN_OR_RETURN(const PartialShape targets, c.input_with_rank(1, 1));
  WEFT_ASSIGN_OR_RETURN(const int64_t batch, ShapeContext::merge_dims(predictions.dim(0), targets.dim(0)));
  c.set_output(0, PartialShape::vector(batch));
  return absl::OkStatus();
}

// Fewer than k elements are greater, and nothing that the answer hangs on is NaN or infinite.
bool in_top_k_row(const float* row, int64_t classes, int64_t target, int64_t k) {
  if (target < 0 || target >= classes || !std::isfinite(row[target])) return false;
  int64_t greater = 0;
  for (int64_t i = 0; i < classes; ++i) {
    if (!std::isfinite(row[i])) return false;
    if (row[i] > row[target] && ++greater > k) break;
  }
  return greater < k;
}

template <typename T> absl::Status run_in_top_k(KernelContext& context, int64_t k) {
  const Tensor& predictions = context.input(0);
  const Tensor& targets = context.input(1);
  if (predictions.rank() != 2) return invalid_argument("predictions must be 2-dimensional");
  if (targets.rank() != 1) return invalid_argument("targets must be 1-dimensional");
  if (predictions.dim(0) != targets.dim(0)) {
    return invalid_argument("First dimension of predictions ", predictions.dim(0), " must match length of targets ", targets.dim(0));
  }
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, targets.shape(), &output));
  const int64_t classes = predictions.dim(1);
  context.parallel_for(targets.dim(0), tile_items(classes), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      output->data<bool>()[b] = in_top_k_row(predictions.data<float>() + b * classes, classes, static_cast<int64_t>(targets.data<T>()[b]), k);
    }
  });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_in_top_k(const KernelInit& init) {
  const auto run = init.type("T") == DType::kInt32 ? run_in_top_k<int32_t> : run_in_top_k<int64_t>;
  return Kernel([run, k = init.get<int64_t>("k")](KernelContext& context) { return run(context, k); });
}

absl::StatusOr<Kernel> make_in_top_k_v2(const KernelInit& init) {
  const bool narrow = init.type("T") == DType::kInt32;
  return Kernel([narrow](KernelContext& context) -> absl::Status {
    const Tensor& k = context.input(2);
    if (k.rank() != 0) return invalid_argument("k must be 0-D, got shape ", k.shape().to_string());
    return narrow ? run_in_top_k<int32_t>(context, k.scalar<int32_t>()) : run_in_top_k<int64_t>(context, k.scalar<int64_t>());
  });
}

}  // namespace

// InTopK: as InTopKV2 with k as an attribute.
const OpDef& in_top_k_op() {
  static const OpDef& op = *new OpDef{.name = "InTopK",
                                      .inputs = {{"predictions", DType::kFloat32}, {"targets", type_attr("T")}},
                                      .outputs = {{"precision", DType::kBool}},
                                      .attrs = {int_attribute("k"), type_attribute("T", kIndexTypes, DType::kInt32)},
                                      .shape = in_top_k_shape,
                                      .kernels = {{.constraints = {{"T", kIndexTypes}}, .make = make_in_top_k}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// InTopKV2: fewer than k predictions of the row are greater than the target's.
const OpDef& in_top_k_v2_op() {
  static const OpDef& op = *new OpDef{.name = "InTopKV2",
                                      .inputs = {{"predictions", DType::kFloat32}, {"targets", type_attr("T")}, {"k", type_attr("T")}},
                                      .outputs = {{"precision", DType::kBool}},
                                      .attrs = {type_attribute("T", kIndexTypes, DType::kInt32)},
                                      .shape = in_top_k_shape,
                                      .kernels = {{.constraints = {{"T", kIndexTypes}}, .make = make_in_top_k_v2}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList in_top_k_ops() { return {&in_top_k_op(), &in_top_k_v2_op()}; }

Output in_top_k(const Operand& predictions, const Operand& targets, const Operand& k, std::string_view name, Loc where) {
  Graph* graph = graph_of({&predictions, &targets, &k});
  if (graph == nullptr) return Output();
  const Scope line = graph->location_scope(where);
  const Scope scope = graph->name_scope("in_top_k");
  return OpBuilder(in_top_k_v2_op(), name, where).input(predictions).input(targets).input(k).output();
}

}  // namespace weft
