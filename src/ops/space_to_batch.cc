// SpaceToBatchND, BatchToSpaceND and their older forms for images: blocks of the spatial dimensions become batches, and back.
//
// Position p of a padded dimension is block p / size, offset p % size; the offsets of all dimensions, as digits, number the batch
// group. The space tensor is [batch, s1 … sM, depth] (depth: the other dimensions as one), the batch tensor [groups * batch, b1 … bM,
// depth], and both kernels walk the batch tensor.
#include <algorithm>
#include <vector>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/matrix_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kMoved = kFloatTypes | kIntTypes | kComplexTypes | DTypeSet{DType::kBool};

struct SpaceDim {
  int64_t space;   // size in the space tensor
  int64_t blocks;  // size in the batch tensor
  int64_t block;   // block size
  int64_t before;  // padding, or crop, in front
};

struct BlockPlan {
  std::vector<SpaceDim> dims;
  int64_t batch = 1;   // of the space tensor
  int64_t groups = 1;  // the product of the block sizes
  int64_t depth = 1;
  Shape output;
};

// Copies between the two tensors: to_batch says which way. Slices of the batch tensor that lie in the padding become zero (to_batch)
// or are dropped.
template <typename S> void move_blocks(const KernelContext& context, const BlockPlan& plan, bool to_batch, const S* from, S* to) {
  int64_t spots = 1;  // positions of one batch of the batch tensor
  for (const SpaceDim& d : plan.dims) spots *= d.blocks;
  context.parallel_for(plan.groups * plan.batch, tile_items(spots * (plan.depth / 4 + 2)), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t image = b % plan.batch;
      for (int64_t spot = 0; spot < spots; ++spot) {
        int64_t group = b / plan.batch, rest = spot, stride = 1, at = 0;
        bool inside = true;
        for (size_t k = plan.dims.size(); k-- > 0;) {
          const SpaceDim& d = plan.dims[k];
          const int64_t p = rest % d.blocks * d.block + group % d.block - d.before;
          rest /= d.blocks;
          group /= d.block;
          inside = inside && p >= 0 && p < d.space;
          at += p * stride;
          stride *= d.space;
        }
        const int64_t in_batch = (b * spots + spot) * plan.depth, in_space = (image * stride + at) * plan.depth;
        if (to_batch && inside) std::copy_n(from + in_space, plan.depth, to + in_batch);
        else if (to_batch) std::fill_n(to + in_batch, plan.depth, S());
        else if (inside) std::copy_n(from + in_batch, plan.depth, to + in_space);
      }
    }
  });
}

// The block sizes and the [M, 2] paddings or crops of a kernel's inputs.
struct BlockInputs {
  Dims block;
  Dims pads;
};

absl::StatusOr<BlockPlan> plan_blocks(const Shape& input, const BlockInputs& in, bool to_batch) {
  const auto m = static_cast<int>(in.block.size());
  const std::string_view pads_name = to_batch ? "paddings" : "crops";
  if (input.rank() < 1 + m) return invalid_argument("input rank should be >= ", 1 + m, " instead of ", input.rank());
  BlockPlan plan;
  for (int i = 0; i < m; ++i) {
    const int64_t block = in.block[static_cast<size_t>(i)], before = in.pads[static_cast<size_t>(2 * i)],
                  after = in.pads[static_cast<size_t>(2 * i + 1)];
    if (block < 1) return invalid_argument("All values in block_shape must be positive, got value, ", block, " at index ", i, ".");
    if (before < 0 || after < 0) return invalid_argument(pads_name, " must be non-negative, got ", before, " and ", after, " for dimension ", i);
    if (__builtin_mul_overflow(plan.groups, block, &plan.groups)) return invalid_argument("Product of block sizes must be positive, got an overflow");
    const int64_t size = input.dim(1 + i);
    if (to_batch) {
      int64_t padded;
      if (__builtin_add_overflow(size, before, &padded) || __builtin_add_overflow(padded, after, &padded))
        return invalid_argument("paddings are too large");
      if (padded % block != 0) return invalid_argument("padded_shape[", i, "]=", padded, " is not divisible by block_shape[", i, "]=", block);
      plan.dims.push_back({size, padded / block, block, before});
    } else {
      int64_t whole;
      if (__builtin_mul_overflow(size, block, &whole)) return invalid_argument("block_shape[", i, "]=", block, " is too large");
      if (before > whole || after > whole - before) {
        return invalid_argument("cropped_shape[", i, "]=", whole - std::min(before, whole) - std::min(after, whole), " must be non-negative");
      }
      plan.dims.push_back({whole - before - after, size, block, before});
    }
  }
  if (!to_batch && input.dim(0) % plan.groups != 0) {
    return invalid_argument("Input batch dimension (", input.dim(0), ") is not divisible by product of block sizes (", plan.groups, ")");
  }
  plan.batch = to_batch ? input.dim(0) : input.dim(0) / plan.groups;
  plan.depth = count_of_dims(input, 1 + m, input.rank());
  int64_t batches = plan.batch;
  if (to_batch && __builtin_mul_overflow(plan.batch, plan.groups, &batches)) return invalid_argument("block_shape makes too many batches");
  Dims dims{batches};
  for (const SpaceDim& d : plan.dims) dims.push_back(to_batch ? d.blocks : d.space);
  dims.insert(dims.end(), input.dims().begin() + 1 + m, input.dims().end());
  WEFT_ASSIGN_OR_RETURN(plan.output, Shape::make(dims));
  return plan;
}

absl::Status run_blocks(KernelContext& context, const BlockInputs& in, bool to_batch) {
  const Tensor& input = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const BlockPlan plan, plan_blocks(input.shape(), in, to_batch));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, plan.output, &out));
  if (plan.output.num_elements() == 0) return absl::OkStatus();
  dispatch_storage(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    if constexpr (std::is_trivially_copyable_v<S>)
      move_blocks(context, plan, to_batch, static_cast<const S*>(input.raw_data()), static_cast<S*>(out->raw_data()));
  });
  return absl::OkStatus();
}

// Block sizes from input 1, paddings or crops from input 2.
template <bool kToBatch> absl::Status block_nd_kernel(KernelContext& context) {
  const Tensor& block = context.input(1);
  const Tensor& pads = context.input(2);
  if (block.rank() != 1) return invalid_argument("block_shape rank should be 1 instead of ", block.rank());
  if (pads.rank() != 2 || pads.dim(0) != block.dim(0) || pads.dim(1) != 2) {
    return invalid_argument(kToBatch ? "paddings" : "crops", " should have shape [", block.dim(0), ", 2] instead of ", pads.shape().to_string());
  }
  return run_blocks(context, {index_values(block), index_values(pads)}, kToBatch);
}

// Square blocks of images, their size an attribute, paddings or crops from input 1.
template <bool kToBatch> absl::StatusOr<Kernel> make_block_2d(const KernelInit& init) {
  return Kernel([size = init.get<int64_t>("block_size")](KernelContext& context) -> absl::Status {
    const Tensor& pads = context.input(1);
    if (context.input(0).rank() != 4) return invalid_argument("input rank should be 4 instead of ", context.input(0).rank());
    if (pads.rank() != 2 || pads.dim(0) != 2 || pads.dim(1) != 2) {
      return invalid_argument(kToBatch ? "paddings" : "crops", " should have shape [2, 2] instead of ", pads.shape().to_string());
    }
    return run_blocks(context, {{size, size}, index_values(pads)}, kToBatch);
  });
}

// The shape as far as block sizes and paddings are known.
absl::Status set_block_shape(ShapeContext& c, const std::optional<std::vector<int64_t>>& block, const std::optional<std::vector<int64_t>>& pads,
                             int64_t spatial, bool to_batch) {
  const PartialShape& input = c.input(0);
  if (spatial >= 0 && input.known_rank() && input.rank() < 1 + spatial)
    return invalid_argument("Shape must be at least rank ", 1 + spatial, " but is rank ", input.rank());
  if (!input.known_rank() || !block.has_value()) {
    c.set_output(0, input.known_rank() ? PartialShape::unknown_of_rank(input.rank()) : PartialShape());
    return absl::OkStatus();
  }
  PartialShape out = input;
  int64_t batch = input.dim(0);
  for (size_t i = 0; i < block->size(); ++i) {
    const int64_t size = (*block)[i];
    if (size < 1) return invalid_argument("block_shape must be positive");
    if (batch >= 0 && !to_batch && batch % size != 0) return invalid_argument("Dimension size must be evenly divisible by ", size, " but is ", batch);
    if (batch >= 0) batch = to_batch ? batch * size : batch / size;
    const int at = static_cast<int>(i) + 1;
    int64_t dim = input.dim(at);
    if (!pads.has_value() || dim < 0) {
      out.set_dim(at, kUnknownDim);
      continue;
    }
    const int64_t around = (*pads)[2 * i] + (*pads)[2 * i + 1];
    if ((*pads)[2 * i] < 0 || (*pads)[2 * i + 1] < 0) return invalid_argument(to_batch ? "paddings" : "crops", " cannot be negative");
    if (to_batch && (dim + around) % size != 0)
      return invalid_argument("Dimension size must be evenly divisible by ", size, " but is ", dim + around);
    dim = to_batch ? (dim + around) / size : dim * size - around;
    if (dim < 0) return invalid_argument("Negative dimension size caused by cropping ", around, " from ", input.dim(at) * size);
    out.set_dim(at, dim);
  }
  out.set_dim(0, batch);
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

template <bool kToBatch> absl::Status block_nd_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape block, c.input_with_rank(1, 1));
  WEFT_ASSIGN_OR_RETURN(const PartialShape pads, c.input_with_rank(2, 2));
  WEFT_RETURN_IF_ERROR(pads.merge(PartialShape::matrix(block.dim(0), 2)).status());
  return set_block_shape(c, c.constant_vector(1), c.constant_vector(2), block.dim(0), kToBatch);
}

template <bool kToBatch> absl::Status block_2d_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(0, 4).status());
  WEFT_ASSIGN_OR_RETURN(const PartialShape pads, c.input_with_rank(1, 2));
  WEFT_RETURN_IF_ERROR(pads.merge(PartialShape::matrix(2, 2)).status());
  const int64_t size = c.get<int64_t>("block_size");
  return set_block_shape(c, std::vector<int64_t>{size, size}, c.constant_vector(1), 2, kToBatch);
}

OpDef block_nd_op(std::string_view name, std::string_view pads, std::string_view pads_type, ShapeFn shape, absl::Status (*run)(KernelContext&),
                  GradientRule gradient) {
  return {.name = name,
          .inputs = {{"input", type_attr("T")}, {"block_shape", type_attr("Tblock_shape")}, {pads, type_attr(pads_type)}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T"), type_attribute("Tblock_shape", kIndexTypes, DType::kInt32),
                    type_attribute(pads_type, kIndexTypes, DType::kInt32)},
          .shape = shape,
          .kernels = {{.constraints = {{"T", kMoved}}, .make = [run](const KernelInit&) -> absl::StatusOr<Kernel> { return Kernel(run); }}},
          .gradient = std::move(gradient)};
}

OpDef block_2d_op(std::string_view name, std::string_view pads, std::string_view pads_type, ShapeFn shape, KernelFactory make,
                  GradientRule gradient) {
  return {.name = name,
          .inputs = {{"input", type_attr("T")}, {pads, type_attr(pads_type)}},
          .outputs = {{"output", type_attr("T")}},
          .attrs = {type_attribute("T"), type_attribute(pads_type, kIndexTypes, DType::kInt32), int_attribute("block_size", {}, 2)},
          .shape = shape,
          .kernels = {{.constraints = {{"T", kMoved}}, .make = std::move(make)}},
          .gradient = std::move(gradient)};
}

}  // namespace

// SpaceToBatchND: blocks of space become batches. Gradient: BatchToSpaceND with the paddings as crops.
const OpDef& space_to_batch_nd_op() {
  static const OpDef& op = *new OpDef(block_nd_op("SpaceToBatchND", "paddings", "Tpaddings", block_nd_shape<true>, block_nd_kernel<true>,
                                                  [](GradientContext& g) { return g.first(batch_to_space_nd(g.dy(), g.x(1), g.x(2))); }));
  return op;
}
// BatchToSpaceND: the inverse, cropped. Gradient: SpaceToBatchND with the crops as paddings.
const OpDef& batch_to_space_nd_op() {
  static const OpDef& op = *new OpDef(block_nd_op("BatchToSpaceND", "crops", "Tcrops", block_nd_shape<false>, block_nd_kernel<false>,
                                                  [](GradientContext& g) { return g.first(space_to_batch_nd(g.dy(), g.x(1), g.x(2))); }));
  return op;
}
// SpaceToBatch, BatchToSpace: the same for images and square blocks.
const OpDef& space_to_batch_op() {
  static const OpDef& op =
      *new OpDef(block_2d_op("SpaceToBatch", "paddings", "Tpaddings", block_2d_shape<true>, make_block_2d<true>,
                             [](GradientContext& g) { return g.first(batch_to_space(g.dy(), g.x(1), g.get<int64_t>("block_size"))); }));
  return op;
}
const OpDef& batch_to_space_op() {
  static const OpDef& op =
      *new OpDef(block_2d_op("BatchToSpace", "crops", "Tidx", block_2d_shape<false>, make_block_2d<false>,
                             [](GradientContext& g) { return g.first(space_to_batch(g.dy(), g.x(1), g.get<int64_t>("block_size"))); }));
  return op;
}

OpList space_to_batch_ops() { return {&space_to_batch_nd_op(), &batch_to_space_nd_op(), &space_to_batch_op(), &batch_to_space_op()}; }

Output space_to_batch_nd(const Operand& input, const Operand& block_shape, const Operand& paddings, std::string_view name, Loc where) {
  return OpBuilder(space_to_batch_nd_op(), name, where).input(input).input(block_shape).input(paddings).output();
}
Output batch_to_space_nd(const Operand& input, const Operand& block_shape, const Operand& crops, std::string_view name, Loc where) {
  return OpBuilder(batch_to_space_nd_op(), name, where).input(input).input(block_shape).input(crops).output();
}
Output space_to_batch(const Operand& input, const Operand& paddings, int64_t block_size, std::string_view name, Loc where) {
  return space_to_batch_nd(input, Operand(std::vector<int64_t>{block_size, block_size}), paddings, name, where);
}
Output batch_to_space(const Operand& input, const Operand& crops, int64_t block_size, std::string_view name, Loc where) {
  return batch_to_space_nd(input, Operand(std::vector<int64_t>{block_size, block_size}), crops, name, where);
}

}  // namespace weft
