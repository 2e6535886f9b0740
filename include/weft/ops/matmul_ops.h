// Products of matrices and tensors.
#pragma once

#include <string>
#include <vector>

#include "weft/ops/op_builder.h"

namespace weft {

struct MatMulOptions {
  bool transpose_a = false;  // a^T
  bool transpose_b = false;
  bool adjoint_a = false;  // the conjugate transpose; for real types the transpose
  bool adjoint_b = false;
  std::string name = {};  // "MatMul"
};
// a b: [m, k] times [k, n] gives [m, n]. Of tensors of higher rank, the last two dimensions are the matrices and those before
// broadcast: [b, m, k] times [k, n] gives [b, m, n]. float, double, half, bfloat16, int32, int64, complex.
// InvalidArgument when the inner sizes differ, or both transpose and adjoint are asked of one matrix.
// Gradient: dy b^T and a^T dy. TF op MatMul, or BatchMatMulV2 where a rank is above 2 or unknown.
Output matmul(const Operand& a, const Operand& b, MatMulOptions options = {}, Loc where = Loc::current());

struct TensorDotOptions {
  std::string name = {};  // "Tensordot"
};
// The sum over `a_axes` of `a` and `b_axes` of `b`, pairwise: the free axes of `a`, then those of `b`, remain. Made of Transpose,
// Reshape and MatMul. InvalidArgument when the lists differ in length or an axis does not exist. The ranks must be known.
Output tensordot(const Operand& a, const Operand& b, const std::vector<int64_t>& a_axes, const std::vector<int64_t>& b_axes,
                 TensorDotOptions options = {}, Loc where = Loc::current());
// Over the last `axes` axes of `a` and the first of `b`.
Output tensordot(const Operand& a, const Operand& b, int64_t axes, TensorDotOptions options = {}, Loc where = Loc::current());

}  // namespace weft
