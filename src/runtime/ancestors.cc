#include "src/runtime/ancestors.h"

namespace weft {

Ancestors::Ancestors(int num_nodes, const Plan::Parallel& parallel) : words_((static_cast<size_t>(num_nodes) + 63) / 64) {
  if (num_nodes > kMaxNodes) return;
  bits_.resize(static_cast<size_t>(num_nodes) * words_);
  for (size_t i = 0; i < static_cast<size_t>(num_nodes); ++i) {
    const uint64_t* row = &bits_[i * words_];
    for (uint32_t k = parallel.successor_begin[i]; k < parallel.successor_begin[i + 1]; ++k) {
      const auto successor = static_cast<size_t>(parallel.successors[k]);
      uint64_t* into = &bits_[successor * words_];
      for (size_t w = 0; w <= i / 64; ++w) into[w] |= row[w];
      into[i / 64] |= uint64_t{1} << (i % 64);
    }
  }
}

}  // namespace weft
