// The driver of elementwise kernels: shapes, memory, threads.
//
// Broadcasting: dimensions of 1 are dropped and neighbours along which the operands behave alike are merged, so that a bias
// [64,10] + [10] is two dimensions and [8,16,16,3] * [8,1,1,3] three. The innermost one runs in the op's loop with steps 0 or 1; an
// odometer walks the others. Tiles are ranges of output elements, whatever the dimensions.
#include "src/ops/elementwise.h"

#include <atomic>

#include "absl/container/inlined_vector.h"
#include "weft/graph/node.h"

namespace weft {

namespace {

struct BroadcastDim {
  int64_t size;
  int64_t x_stride;  // in elements; 0 where x is repeated
  int64_t y_stride;
};
using BroadcastDims = absl::InlinedVector<BroadcastDim, 4>;

int64_t dim_from_right(const Shape& shape, int i) { return i < shape.rank() ? shape.dim(shape.rank() - 1 - i) : 1; }

// Innermost first. No dimension of `out` is 0.
BroadcastDims merged_dims(const Shape& x, const Shape& y, const Shape& out) {
  BroadcastDims dims;
  int64_t x_elements = 1;
  int64_t y_elements = 1;
  for (int i = 0; i < out.rank(); ++i) {
    const int64_t size = dim_from_right(out, i);
    if (size == 1) continue;
    const bool x_repeated = dim_from_right(x, i) == 1;
    const bool y_repeated = dim_from_right(y, i) == 1;
    if (!dims.empty() && (dims.back().x_stride == 0) == x_repeated && (dims.back().y_stride == 0) == y_repeated) {
      dims.back().size *= size;
    } else {
      dims.push_back({size, x_repeated ? 0 : x_elements, y_repeated ? 0 : y_elements});
    }
    if (!x_repeated) x_elements *= size;
    if (!y_repeated) y_elements *= size;
  }
  if (dims.empty()) dims.push_back({1, 0, 0});
  return dims;
}

struct BinaryOperands {
  const char* x;
  const char* y;
  char* z;
};

// Output elements [begin, end).
bool run_broadcast_range(const BinaryLoop& loop, const BroadcastDims& dims, const BinaryOperands& data, int64_t begin, int64_t end) {
  absl::InlinedVector<int64_t, 4> index(dims.size());
  int64_t x = 0;
  int64_t y = 0;
  int64_t rest = begin;
  for (size_t d = 0; d < dims.size(); ++d) {
    index[d] = rest % dims[d].size;
    rest /= dims[d].size;
    x += index[d] * dims[d].x_stride;
    y += index[d] * dims[d].y_stride;
  }
  const BroadcastDim& inner = dims[0];
  const int64_t x_step = inner.x_stride != 0;
  const int64_t y_step = inner.y_stride != 0;
  bool ok = true;
  for (int64_t z = begin; z < end;) {
    const int64_t n = std::min(inner.size - index[0], end - z);
    ok &= loop.span(data.x + x * loop.x_size, x_step, data.y + y * loop.x_size, y_step, data.z + z * loop.z_size, n);
    z += n;
    x += n * x_step;
    y += n * y_step;
    index[0] += n;
    for (size_t d = 0; d + 1 < dims.size() && index[d] == dims[d].size; ++d) {
      x += dims[d + 1].x_stride - dims[d].size * dims[d].x_stride;
      y += dims[d + 1].y_stride - dims[d].size * dims[d].y_stride;
      index[d] = 0;
      ++index[d + 1];
    }
  }
  return ok;
}

// One of the operands is repeated throughout (step 0) or none is.
bool run_flat(const KernelContext& context, const BinaryLoop& loop, const BinaryOperands& data, int64_t x_step, int64_t y_step, int64_t n) {
  const int64_t tile = tile_items(loop.cost);
  if (n <= tile) return n == 0 || loop.span(data.x, x_step, data.y, y_step, data.z, n);
  std::atomic<bool> ok = true;
  context.parallel_for(n, tile, [&](int64_t begin, int64_t end) {
    if (!loop.span(data.x + begin * x_step * loop.x_size, x_step, data.y + begin * y_step * loop.x_size, y_step, data.z + begin * loop.z_size,
                   end - begin)) {
      ok.store(false, std::memory_order_relaxed);
    }
  });
  return ok;
}

bool run_broadcast(const KernelContext& context, const BinaryLoop& loop, const BroadcastDims& dims, const BinaryOperands& data, int64_t n) {
  std::atomic<bool> ok = true;
  context.parallel_for(n, tile_items(loop.cost), [&](int64_t begin, int64_t end) {
    if (!run_broadcast_range(loop, dims, data, begin, end)) ok.store(false, std::memory_order_relaxed);
  });
  return ok;
}

// Memory for the output: an operand's, where elements are of one size (else equal byte counts would not mean equal shapes).
absl::Status output_for(KernelContext& context, const BinaryLoop& loop, const Shape& shape, Tensor** z) {
  return loop.x_size == loop.z_size ? context.forward_or_allocate({0, 1}, 0, shape, z) : context.allocate_output(0, shape, z);
}

absl::Status finish(bool ok, const BinaryLoop& loop) { return ok ? absl::OkStatus() : absl::Status(loop.invalid_code, to_absl(loop.invalid)); }

BinaryOperands operands_of(const Tensor& x, const Tensor& y) {
  return {static_cast<const char*>(x.raw_data()), static_cast<const char*>(y.raw_data()), nullptr};
}

absl::Status run_same_shape(KernelContext& context, const BinaryLoop& loop) {
  BinaryOperands data = operands_of(context.input(0), context.input(1));
  const int64_t n = context.input(0).num_elements();
  Tensor* z;
  WEFT_RETURN_IF_ERROR(output_for(context, loop, context.input(0).shape(), &z));
  data.z = static_cast<char*>(z->raw_data());
  return finish(run_flat(context, loop, data, 1, 1, n), loop);
}

}  // namespace

absl::StatusOr<Shape> broadcast_shapes(const Shape& x, const Shape& y) {
  const int rank = std::max(x.rank(), y.rank());
  Dims dims(static_cast<size_t>(rank));
  for (int i = 0; i < rank; ++i) {
    const int64_t a = dim_from_right(x, i);
    const int64_t b = dim_from_right(y, i);
    if (a != b && a != 1 && b != 1) return invalid_argument("Incompatible shapes: ", x.to_string(), " vs. ", y.to_string());
    dims[static_cast<size_t>(rank - 1 - i)] = a == 1 ? b : a;
  }
  return Shape::make(dims);
}

absl::Status run_binary(KernelContext& context, const BinaryLoop& loop) {
  const Tensor& x = context.input(0);
  const Tensor& y = context.input(1);
  if (x.shape() == y.shape()) return run_same_shape(context, loop);
  WEFT_ASSIGN_OR_RETURN(const Shape shape, broadcast_shapes(x.shape(), y.shape()));
  const int64_t n = shape.num_elements();
  const int64_t x_count = x.num_elements();
  const int64_t y_count = y.num_elements();
  BinaryOperands data = operands_of(x, y);
  BroadcastDims dims;
  const bool flat = x_count == n ? y_count == n || y_count == 1 : x_count == 1 && y_count == n;
  if (!flat && n > 0) dims = merged_dims(x.shape(), y.shape(), shape);
  Tensor* z;
  WEFT_RETURN_IF_ERROR(output_for(context, loop, shape, &z));
  if (n == 0) return absl::OkStatus();
  data.z = static_cast<char*>(z->raw_data());
  if (flat) return finish(run_flat(context, loop, data, x_count == n, y_count == n, n), loop);
  return finish(run_broadcast(context, loop, dims, data, n), loop);
}

bool elementwise_is_cheap(const KernelInit& init, int64_t cost) {
  const int64_t n = init.node().output_shape(0).num_elements();
  return n < 0 || n <= tile_items(cost);
}

Kernel unary_kernel(const KernelInit& init, const UnaryLoop& loop) {
  Kernel kernel([loop](KernelContext& context) -> absl::Status {
    const char* x = static_cast<const char*>(context.input(0).raw_data());
    const int64_t n = context.input(0).num_elements();
    const Shape& shape = context.input(0).shape();
    Tensor* out;
    WEFT_RETURN_IF_ERROR(loop.x_size == loop.y_size ? context.forward_or_allocate({0}, 0, shape, &out) : context.allocate_output(0, shape, &out));
    char* y = static_cast<char*>(out->raw_data());
    const int64_t tile = tile_items(loop.cost);
    if (n <= tile) {
      loop.span(x, y, n);
    } else {
      context.parallel_for(n, tile, [&](int64_t begin, int64_t end) { loop.span(x + begin * loop.x_size, y + begin * loop.y_size, end - begin); });
    }
    return absl::OkStatus();
  });
  kernel.cheap = elementwise_is_cheap(init, loop.cost);
  return kernel;
}

Kernel binary_kernel(const KernelInit& init, const BinaryLoop& loop) {
  Kernel kernel([loop](KernelContext& context) { return run_binary(context, loop); });
  kernel.cheap = elementwise_is_cheap(init, loop.cost);
  return kernel;
}

Kernel same_shape_binary_kernel(const KernelInit& init, const BinaryLoop& loop) {
  std::string who = str_cat("Inputs to operation ", init.name(), " of type ", init.node().op().name);
  Kernel kernel([loop, who = std::move(who)](KernelContext& context) -> absl::Status {
    const Shape& x = context.input(0).shape();
    const Shape& y = context.input(1).shape();
    if (x != y) return invalid_argument(who, " must have the same size and shape.  Input 0: ", x.to_string(), " != input 1: ", y.to_string());
    return run_same_shape(context, loop);
  });
  kernel.cheap = elementwise_is_cheap(init, loop.cost);
  return kernel;
}

}  // namespace weft
