// The kernels of MatMul and BatchMatMul.
#pragma once

#include "weft/graph/op_def.h"

namespace weft {

// How one operand enters a product.
struct MatMulSide {
  bool transposed = false;
  bool conjugated = false;
};

// [m, k] times [k, n]; attributes transpose_a, transpose_b.
absl::StatusOr<Kernel> make_matmul(const KernelInit& init);
// […, m, k] times […, k, n]; attributes adj_x, adj_y. V1 wants equal batch dimensions, V2 broadcasts them.
absl::StatusOr<Kernel> make_batch_matmul(const KernelInit& init);
absl::StatusOr<Kernel> make_batch_matmul_v2(const KernelInit& init);

inline constexpr DTypeSet kMatMulTypes = kFloatTypes | kComplexTypes | kIndexTypes;

}  // namespace weft
