// DynamicPartition, DynamicStitch, ParallelDynamicStitch: a tensor taken apart by labels and put together again.
#include <algorithm>
#include <cstring>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/array_ops.h"
#include "weft/ops/gather_ops.h"
#include "weft/ops/partition_ops.h"
#include "weft/ops/reduction_ops.h"
#include "weft/ops/segment_ops.h"

namespace weft {

namespace {

template <typename S> void copy_slice(const S* from, S* to, int64_t n) {
  if constexpr (std::is_trivially_copyable_v<S>) {
    if (n > 0) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(S));
  } else {
    std::copy(from, from + n, to);
  }
}

absl::Status dynamic_partition_kernel(KernelContext& context) {
  const Tensor& data = context.input(0);
  const Tensor& labels = context.input(1);
  if (!starts_with(data.shape(), labels.shape())) {
    return invalid_argument("data.shape must start with partitions.shape, got data.shape = ", data.shape().to_string(),
                            ", partitions.shape = ", labels.shape().to_string());
  }
  const int parts = context.num_outputs();
  WEFT_RETURN_IF_ERROR(check_indices(labels, parts, "partitions"));
  std::vector<int64_t> counts(static_cast<size_t>(parts), 0);
  for (const int32_t label : labels.flat<int32_t>()) ++counts[static_cast<size_t>(label)];
  const int64_t inner = count_of_dims(data.shape(), labels.rank(), data.rank());
  absl::Status status;
  dispatch_storage(data.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    std::vector<S*> next(static_cast<size_t>(parts));
    for (int p = 0; p < parts && status.ok(); ++p) {
      Dims dims{counts[static_cast<size_t>(p)]};
      dims.insert(dims.end(), data.shape().dims().begin() + labels.rank(), data.shape().dims().end());
      Tensor* out;
      status = context.allocate_output(p, Shape(dims), &out);
      if (status.ok()) next[static_cast<size_t>(p)] = static_cast<S*>(out->raw_data());
    }
    if (!status.ok()) return;
    const S* from = static_cast<const S*>(data.raw_data());
    for (const int32_t label : labels.flat<int32_t>()) {
      S*& to = next[static_cast<size_t>(label)];
      copy_slice(from, to, inner);
      from += inner;
      to += inner;
    }
  });
  return status;
}

absl::StatusOr<Kernel> make_dynamic_partition(const KernelInit&) { return Kernel(dynamic_partition_kernel); }

absl::Status dynamic_partition_shape(ShapeContext& c) {
  const PartialShape& data = c.input(0);
  const PartialShape& labels = c.input(1);
  if (!data.known_rank() || !labels.known_rank()) return unknown_shape(c);
  if (data.rank() < labels.rank()) return invalid_argument("Shape must be at least rank ", labels.rank(), " but is rank ", data.rank());
  WEFT_RETURN_IF_ERROR(PartialShape(data.dims().first(labels.dims().size())).merge(labels).status());
  Dims dims{kUnknownDim};
  dims.insert(dims.end(), data.dims().begin() + labels.rank(), data.dims().end());
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, PartialShape(dims));
  return absl::OkStatus();
}

// Stitches the numbers of the slices as the forward op parted the slices: that says where each gradient slice goes.
Gradients dynamic_partition_gradient(GradientContext& g) {
  const Output labels = g.x(1);
  const Output labels_shape = shape(labels);
  const Output numbers = reshape(range(0, reduce_prod(labels_shape)), labels_shape);
  const std::vector<Output> parts = dynamic_partition(numbers, labels, g.get<int64_t>("num_partitions"));
  std::vector<Output> dys;
  for (int i = 0; i < g.num_outputs(); ++i) dys.push_back(g.dy(i));
  const Output stitched = dynamic_stitch(parts, dys);
  return g.first(reshape(stitched, shape(g.x(0))));
}

// Checks the inputs of a stitch; returns the number of rows of the result.
absl::StatusOr<int64_t> stitched_rows(KernelContext& context, int count) {
  int64_t largest = -1;
  const Tensor& first_indices = context.input(0);
  const Tensor& first_data = context.input(count);
  for (int i = 0; i < count; ++i) {
    const Tensor& indices = context.input(i);
    const Tensor& data = context.input(count + i);
    if (!starts_with(data.shape(), indices.shape())) {
      return invalid_argument("data[", i, "].shape = ", data.shape().to_string(), " does not start with indices[", i,
                              "].shape = ", indices.shape().to_string());
    }
    const auto rest = data.shape().dims().subspan(static_cast<size_t>(indices.rank()));
    const auto first_rest = first_data.shape().dims().subspan(static_cast<size_t>(first_indices.rank()));
    if (rest != first_rest) {
      return invalid_argument("Need data[0].shape[", first_indices.rank(), ":] = data[", i, "].shape[", indices.rank(),
                              ":], got data[0].shape = ", first_data.shape().to_string(), ", data[", i, "].shape = ", data.shape().to_string(),
                              ", indices[0].shape = ", first_indices.shape().to_string(), ", indices[", i, "].shape = ", indices.shape().to_string());
    }
    for (const int32_t index : indices.flat<int32_t>()) largest = std::max<int64_t>(largest, index);
  }
  return largest + 1;
}

absl::Status dynamic_stitch_kernel(KernelContext& context) {
  const int count = context.num_inputs() / 2;
  WEFT_ASSIGN_OR_RETURN(const int64_t rows, stitched_rows(context, count));
  const Tensor& first = context.input(count);
  const int first_rank = context.input(0).rank();
  Dims dims{rows};
  dims.insert(dims.end(), first.shape().dims().begin() + first_rank, first.shape().dims().end());
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  for (int i = 0; i < count; ++i) {
    const auto indices = context.input(i).flat<int32_t>();
    for (size_t k = 0; k < indices.size(); ++k) {
      if (indices[k] < 0) return invalid_argument("indices[", k, "] is out of range");
    }
  }
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  const int64_t inner = count_of_dims(shape, 1, shape.rank());
  dispatch_storage(first.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    S* to = static_cast<S*>(out->raw_data());
    int64_t named = 0;
    for (int i = 0; i < count; ++i) named += context.input(i).num_elements();
    if constexpr (std::is_trivially_copyable_v<S>) {
      if (out->num_elements() > 0)
        std::memset(static_cast<void*>(to), 0, out->num_bytes());  // rows that no index names; TensorFlow leaves them undefined
    }
    for (int i = 0; i < count; ++i) {
      const S* from = static_cast<const S*>(context.input(count + i).raw_data());
      for (const int32_t index : context.input(i).flat<int32_t>()) {
        copy_slice(from, to + static_cast<int64_t>(index) * inner, inner);
        from += inner;
      }
    }
  });
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_dynamic_stitch(const KernelInit&) { return Kernel(dynamic_stitch_kernel); }

absl::Status dynamic_stitch_shape(ShapeContext& c) {
  const int count = c.num_inputs() / 2;
  PartialShape rest;
  bool all_known = true;
  int64_t largest = 0;  // so that no indices at all make one row, as far as TensorFlow knows while building
  for (int i = 0; i < count; ++i) {
    if (const std::optional<std::vector<int64_t>> indices = c.constant_vector(i)) {
      for (const int64_t index : *indices) largest = std::max(largest, index);
    } else {
      all_known = false;
    }
    const PartialShape& indices = c.input(i);
    const PartialShape& data = c.input(count + i);
    if (!indices.known_rank() || !data.known_rank()) continue;
    if (data.rank() < indices.rank()) return invalid_argument("Shape must be at least rank ", indices.rank(), " but is rank ", data.rank());
    WEFT_RETURN_IF_ERROR(PartialShape(data.dims().first(indices.dims().size())).merge(indices).status());
    WEFT_ASSIGN_OR_RETURN(rest, rest.merge(PartialShape(data.dims().subspan(indices.dims().size()))));
  }
  if (!rest.known_rank()) return unknown_shape(c);
  Dims dims{all_known ? largest + 1 : kUnknownDim};
  dims.insert(dims.end(), rest.dims().begin(), rest.dims().end());
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

// Each data argument gets the rows of dy that its indices name.
Gradients dynamic_stitch_gradient(GradientContext& g) {
  const int count = g.num_inputs() / 2;
  Gradients all = g.none();
  Output dy;
  if (g.dy_any().is_slices()) {  // made dense by the merged rows' number, for dense_shape may be costly to find
    const IndexedSlices& slices = g.dy_any().slices();
    const Output rows = strided_slice(shape(g.y(0)), {0});
    dy = unsorted_segment_sum(slices.values, slices.indices, rows);
  } else {
    dy = g.dy();
  }
  for (int i = 0; i < count; ++i) all[static_cast<size_t>(count + i)] = gather(dy, g.x(i));
  return all;
}

OpDef stitch_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"indices", list_of("N", DType::kInt32)}, {"data", list_of("N", type_attr("T"))}},
          .outputs = {{"merged", type_attr("T")}},
          .attrs = {int_attribute("N", {}, 1), type_attribute("T")},
          .shape = dynamic_stitch_shape,
          .kernels = {{.make = make_dynamic_stitch}},
          .gradient = dynamic_stitch_gradient};
}

}  // namespace

// DynamicPartition: outputs[p] = the slices of data labelled p, in order.
const OpDef& dynamic_partition_op() {
  static const OpDef& op = *new OpDef{.name = "DynamicPartition",
                                      .inputs = {{"data", type_attr("T")}, {"partitions", DType::kInt32}},
                                      .outputs = {{"outputs", list_of("num_partitions", type_attr("T"))}},
                                      .attrs = {int_attribute("num_partitions", {}, 1), type_attribute("T")},
                                      .shape = dynamic_partition_shape,
                                      .kernels = {{.make = make_dynamic_partition}},
                                      .gradient = dynamic_partition_gradient};
  return op;
}

// DynamicStitch: merged[indices[m][i]] = data[m][i], the last one winning.
const OpDef& dynamic_stitch_op() {
  static const OpDef& op = *new OpDef(stitch_op("DynamicStitch"));
  return op;
}

// ParallelDynamicStitch: the same with no order promised for repeated indices.
const OpDef& parallel_dynamic_stitch_op() {
  static const OpDef& op = *new OpDef(stitch_op("ParallelDynamicStitch"));
  return op;
}

OpList dynamic_partition_ops() { return {&dynamic_partition_op(), &dynamic_stitch_op(), &parallel_dynamic_stitch_op()}; }

std::vector<Output> dynamic_partition(const Operand& data, const Operand& partitions, int64_t num_partitions, std::string_view name, Loc where) {
  std::vector<Output> parts =
      OpBuilder(dynamic_partition_op(), name, where).input(data).input(partitions).attr("num_partitions", num_partitions).outputs();
  if (!parts.empty() && !parts.front()) parts.assign(static_cast<size_t>(std::max<int64_t>(num_partitions, 1)), parts.front());
  return parts;
}

Output dynamic_stitch(absl::Span<const Operand> indices, absl::Span<const Operand> data, std::string_view name, Loc where) {
  return OpBuilder(dynamic_stitch_op(), name, where).input_list(indices).input_list(data).output();
}
Output dynamic_stitch(absl::Span<const Output> indices, absl::Span<const Output> data, std::string_view name, Loc where) {
  return OpBuilder(dynamic_stitch_op(), name, where).input_list(indices).input_list(data).output();
}
Output dynamic_stitch(std::initializer_list<Operand> indices, std::initializer_list<Operand> data, std::string_view name, Loc where) {
  return dynamic_stitch(absl::Span<const Operand>(indices.begin(), indices.size()), absl::Span<const Operand>(data.begin(), data.size()), name,
                        where);
}
Output parallel_dynamic_stitch(absl::Span<const Output> indices, absl::Span<const Output> data, std::string_view name, Loc where) {
  return OpBuilder(parallel_dynamic_stitch_op(), name, where).input_list(indices).input_list(data).output();
}

}  // namespace weft
