// Prod and EuclideanNorm, for all dtypes.
#include "src/ops/reduction.h"

namespace weft {

KernelTable prod_kernels() { return reduction_kernels<ProdReducer, kReductionNumber>(); }
KernelTable euclidean_norm_kernels() { return reduction_kernels<EuclideanNormReducer, kReductionNumber>(); }

}  // namespace weft
