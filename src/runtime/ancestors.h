// Which nodes of a plan have finished, on any engine, when a node starts.
#pragma once

#include <cstdint>
#include <vector>

#include "weft/runtime/plan.h"

namespace weft {

// A row of bits for each node; so only for plans of up to kMaxNodes nodes (8 MB), empty for larger ones. Made where it is needed and
// dropped again: filling it costs (edges * nodes / 64) operations.
class Ancestors {
 public:
  static constexpr int kMaxNodes = 8192;

  Ancestors(int num_nodes, const Plan::Parallel& parallel);

  // True when `earlier` has always finished before `later` starts; false also where it is not known.
  bool ordered(int earlier, int later) const {
    return !bits_.empty() && (bits_[static_cast<size_t>(later) * words_ + static_cast<size_t>(earlier) / 64] >> (earlier % 64) & 1) != 0;
  }

 private:
  size_t words_;
  std::vector<uint64_t> bits_;
};

}  // namespace weft
