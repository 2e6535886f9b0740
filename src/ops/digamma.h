// The derivative of log Gamma, for kernels.
#pragma once

namespace weft {

double digamma_of(double x);

}  // namespace weft
