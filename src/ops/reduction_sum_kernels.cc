// Sum and Mean, for all dtypes.
#include "src/ops/reduction.h"

namespace weft {

KernelTable sum_kernels() { return reduction_kernels<SumReducer, kReductionNumber>(); }
KernelTable mean_kernels() { return reduction_kernels<MeanReducer, kReductionNumber>(); }

}  // namespace weft
