// SpaceToDepth, DepthToSpace: blocks of an image become channels, and back. NHWC: [b, h, w, c] and [b, h / s, w / s, s * s * c], where
// channel (i * s + j) * c + k is channel k of pixel (i, j) of the block.
#include <algorithm>

#include "src/ops/op_lists.h"
#include "src/ops/storage.h"
#include "weft/graph/graph.h"
#include "weft/ops/matrix_ops.h"

namespace weft {

namespace {

// Both ways: image rows of `channels` values each, and deep pixels of s * s such rows.
template <typename S>
void move_pixels(const KernelContext& context, bool to_depth, const Shape& deep, int64_t s, int64_t channels, const S* from, S* to) {
  const int64_t rows = deep.dim(1), columns = deep.dim(2);
  context.parallel_for(deep.dim(0) * rows, tile_items(columns * s * s * channels / 4 + 1), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      for (int64_t i = 0; i < s; ++i) {
        for (int64_t x = 0; x < columns; ++x) {
          // The s pixels of one row of a block lie together in both tensors.
          const int64_t in_image = ((r * s + i) * columns + x) * s * channels;
          const int64_t in_deep = ((r * columns + x) * s + i) * s * channels;
          std::copy_n(from + (to_depth ? in_image : in_deep), s * channels, to + (to_depth ? in_deep : in_image));
        }
      }
    }
  });
}

absl::Status depth_kernel(KernelContext& context, int64_t s, bool to_depth) {
  const Tensor& input = context.input(0);
  if (input.rank() != 4) return invalid_argument("Input rank should be: 4 instead of: ", input.rank());
  const Shape& in = input.shape();
  Dims dims(in.dims().begin(), in.dims().end());
  if (to_depth) {
    if (in.dim(1) % s != 0 || in.dim(2) % s != 0) {
      return invalid_argument("Image width ", in.dim(2), " and height ", in.dim(1), " should be divisible by block_size: ", s);
    }
    dims = {in.dim(0), in.dim(1) / s, in.dim(2) / s, in.dim(3) * s * s};
  } else {
    if (in.dim(3) % (s * s) != 0) return invalid_argument("Input depth dimension ", in.dim(3), " should be divisible by: ", s * s);
    dims = {in.dim(0), in.dim(1) * s, in.dim(2) * s, in.dim(3) / (s * s)};
  }
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make(dims));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if (shape.num_elements() == 0) return absl::OkStatus();
  dispatch_storage(input.dtype(), [&](auto tag) {
    using S = typename decltype(tag)::type;
    move_pixels(context, to_depth, to_depth ? shape : in, s, to_depth ? in.dim(3) : shape.dim(3), static_cast<const S*>(input.raw_data()),
                static_cast<S*>(out->raw_data()));
  });
  return absl::OkStatus();
}

template <bool kToDepth> absl::StatusOr<Kernel> make_depth(const KernelInit& init) {
  const std::string format = init.get<std::string>("data_format");
  if (format != "NHWC") return invalid_argument("Only NHWC data_format supported on CPU. Got ", format);
  const int64_t s = init.get<int64_t>("block_size");
  if (s < 2 || s > (int64_t{1} << 20)) return invalid_argument("Block size should be > 1, but was: ", s);
  return Kernel([s](KernelContext& context) { return depth_kernel(context, s, kToDepth); });
}

absl::StatusOr<int64_t> divided(int64_t dim, int64_t by) {
  if (dim < 0) return kUnknownDim;
  if (dim % by != 0) return invalid_argument("Dimension size must be evenly divisible by ", by, " but is ", dim);
  return dim / by;
}
int64_t multiplied(int64_t dim, int64_t by) { return dim < 0 ? kUnknownDim : dim * by; }

template <bool kToDepth> absl::Status depth_shape(ShapeContext& c) {
  const std::string format = c.get<std::string>("data_format");
  const int64_t s = c.get<int64_t>("block_size");
  if (s > (int64_t{1} << 20)) return invalid_argument("block_size ", s, " is too large");
  if (format == "NCHW_VECT_C") {
    c.set_output(0, PartialShape::unknown_of_rank(5));
    return absl::OkStatus();
  }
  WEFT_ASSIGN_OR_RETURN(const PartialShape in, c.input_with_rank(0, 4));
  const int channel = format == "NHWC" ? 3 : 1, row = format == "NHWC" ? 1 : 2;
  PartialShape out = in;
  for (int i = row; i < row + 2; ++i) {
    int64_t dim = multiplied(in.dim(i), s);
    if (kToDepth) { WEFT_ASSIGN_OR_RETURN(dim, divided(in.dim(i), s)); }
    out.set_dim(i, dim);
  }
  int64_t depth = multiplied(in.dim(channel), s * s);
  if (!kToDepth) { WEFT_ASSIGN_OR_RETURN(depth, divided(in.dim(channel), s * s)); }
  out.set_dim(channel, depth);
  c.set_output(0, std::move(out));
  return absl::OkStatus();
}

using DepthBuilder = Output (*)(const Operand&, int64_t, DepthOptions, Loc);

Gradients depth_gradient(GradientContext& g, DepthBuilder inverse) {
  const std::string format = g.get<std::string>("data_format");
  if (format == "NCHW_VECT_C")
    return g.fail(invalid_argument("Cannot compute ", g.node().op().name, " gradient with NCHW_VECT_C. NCHW_VECT_C requires qint8 data type."));
  return g.one(inverse(g.dy(), g.get<int64_t>("block_size"), {.data_format = format}, Loc::current()));
}

OpDef depth_op(std::string_view name, ShapeFn shape, KernelFactory make, DepthBuilder inverse) {
  return {
      .name = name,
      .inputs = {{"input", type_attr("T")}},
      .outputs = {{"output", type_attr("T")}},
      .attrs = {type_attribute("T"), int_attribute("block_size", {}, 2), string_attribute("data_format", "NHWC", {"NHWC", "NCHW", "NCHW_VECT_C"})},
      .shape = shape,
      .kernels = {{.make = std::move(make)}},
      .gradient = [inverse](GradientContext& g) { return depth_gradient(g, inverse); }};
}

}  // namespace

// SpaceToDepth: blocks become channels. Gradient: DepthToSpace.
const OpDef& space_to_depth_op() {
  static const OpDef& op = *new OpDef(depth_op("SpaceToDepth", depth_shape<true>, make_depth<true>, depth_to_space));
  return op;
}
// DepthToSpace: channels become blocks. Gradient: SpaceToDepth.
const OpDef& depth_to_space_op() {
  static const OpDef& op = *new OpDef(depth_op("DepthToSpace", depth_shape<false>, make_depth<false>, space_to_depth));
  return op;
}

OpList space_to_depth_ops() { return {&space_to_depth_op(), &depth_to_space_op()}; }

Output space_to_depth(const Operand& input, int64_t block_size, DepthOptions options, Loc where) {
  return OpBuilder(space_to_depth_op(), options.name, where)
      .input(input)
      .attr("block_size", block_size)
      .attr("data_format", options.data_format)
      .output();
}
Output depth_to_space(const Operand& input, int64_t block_size, DepthOptions options, Loc where) {
  return OpBuilder(depth_to_space_op(), options.name, where)
      .input(input)
      .attr("block_size", block_size)
      .attr("data_format", options.data_format)
      .output();
}

}  // namespace weft
