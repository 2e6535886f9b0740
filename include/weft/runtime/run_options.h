// RunOptions: how one run may end early.
#pragma once

#include <stop_token>

#include "absl/time/time.h"

namespace weft {

struct RunOptions {
  // The earlier of both counts. A run that is not done by then ends with DEADLINE_EXCEEDED, after its running kernels have returned.
  absl::Duration timeout = absl::InfiniteDuration();
  absl::Time deadline = absl::InfiniteFuture();
  // A stop request ends the run with CANCELLED.
  std::stop_token stop_token = {};
};

}  // namespace weft
