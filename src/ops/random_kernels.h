// What the kernels of random ops share: shapes from tensors, and filling an output from a generator.
#pragma once

#include <span>

#include "weft/graph/op_def.h"
#include "weft/kernel/distributions.h"
#include "weft/kernel/kernel_context.h"
#include "weft/kernel/philox.h"

namespace weft {

// The int32 or int64 vector `tensor` as a shape; InvalidArgument with `what` in its text when it is none.
absl::StatusOr<Shape> shape_from_vector(const Tensor& tensor, std::string_view what = "shape");

// The generator of the node, seeded by attributes seed and seed2; it lives in the session, so streams go on from run to run.
absl::StatusOr<std::shared_ptr<PhiloxState>> node_generator(const KernelInit& init);

// The generator that a stateless op makes of its seed input, an int32 or int64 vector of two.
absl::StatusOr<Philox> generator_from_seed(const Tensor& seed);

// Fills `out`, which may be empty, in tiles that do not depend on the threads. `cost`: elementary operations a number.
template <typename D> void fill_output(const KernelContext& context, const D& distribution, const Philox& philox, Tensor& out, int64_t cost) {
  using T = typename D::Element;
  const std::span<T> numbers = out.flat<T>();
  context.parallel_for(group_count<D>(static_cast<int64_t>(numbers.size())), tile_items(cost * D::kResultElementCount),
                       [&](int64_t begin, int64_t end) { fill_range(distribution, philox, numbers, begin, end); });
}

// The shape function of ops whose input 0 is the shape of output 0.
absl::Status shape_from_input(ShapeContext& c);
inline AttrDef seed_attribute() { return int_attribute("seed", 0); }
inline AttrDef seed2_attribute() { return int_attribute("seed2", 0); }

}  // namespace weft
