// Max and Min, for all dtypes.
#include "src/ops/reduction.h"

namespace weft {

KernelTable max_kernels() { return reduction_kernels<MaxReducer, kReductionReal>(); }
KernelTable min_kernels() { return reduction_kernels<MinReducer, kReductionReal>(); }

}  // namespace weft
