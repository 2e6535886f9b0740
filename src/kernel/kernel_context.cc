#include "weft/kernel/kernel_context.h"

#include <algorithm>

namespace weft {

absl::Status KernelContext::allocate_output(int i, const Shape& shape, Tensor** out) {
  const int32_t slot = node_->first_output + i;
  const DType dtype = node_->output_dtypes[i];
  Tensor& target = slots_[slot];
  *out = &target;
  if (is_plain(dtype) && step_->memory != nullptr) {
    size_t bytes = 0;
    if (shape.num_elements() == Shape::kTooManyElements ||
        __builtin_mul_overflow(static_cast<size_t>(shape.num_elements()), dtype_size(dtype), &bytes)) {
      return resource_exhausted("no memory for a tensor of type ", dtype_name(dtype), " and shape ", shape.to_string());
    }
    BufferRef buffer = step_->memory->allocate_slot(slot, bytes);
    if (buffer) {
      void* data = buffer->data();
      target = Tensor(dtype, shape, std::move(buffer), data);
      return absl::OkStatus();
    }
    return resource_exhausted("no memory for a tensor of type ", dtype_name(dtype), " and shape ", shape.to_string(), " (", bytes, " bytes)");
  }
  WEFT_ASSIGN_OR_RETURN(target, Tensor::make(dtype, shape));
  return absl::OkStatus();
}

absl::Status KernelContext::forward_or_allocate(std::initializer_list<int> inputs, int i, const Shape& shape, Tensor** out) {
  const DType dtype = node_->output_dtypes[i];
  if (is_plain(dtype)) {
    for (const int k : inputs) {
      const Tensor& candidate = input(k);
      if (node_->input_dies[k] == 0 || !is_plain(candidate.dtype()) || !candidate.unique()) continue;
      if (dtype_size(candidate.dtype()) != dtype_size(dtype) || candidate.num_elements() != shape.num_elements()) continue;
      *out = &output(i);
      **out = candidate.bitcast(dtype, shape);
      return absl::OkStatus();
    }
  }
  return allocate_output(i, shape, out);
}

void KernelContext::parallel_for(int64_t total, int64_t tile, absl::FunctionRef<void(int64_t, int64_t)> f) const {
  if (total <= 0) return;
  tile = std::max<int64_t>(tile, 1);
  const int64_t tiles = (total + tile - 1) / tile;
  const auto run_tile = [&](int64_t t) { f(t * tile, std::min(total, (t + 1) * tile)); };
  if (tiles == 1 || step_->pool == nullptr || step_->pool->num_threads() == 1) {
    for (int64_t t = 0; t < tiles; ++t) run_tile(t);
    return;
  }
  step_->pool->for_each_tile(tiles, run_tile);
}

}  // namespace weft
