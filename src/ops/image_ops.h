// What kernels over batches of images share: sizes given as tensors, and half precision computed in float.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

#include "weft/graph/shape_context.h"
#include "weft/tensor/tensor.h"

namespace weft {

// The shape that a vector of int32 sizes tells. `rank_error` begins the message when it is no vector.
absl::StatusOr<Shape> shape_from_sizes(const Tensor& sizes, std::string_view rank_error);

// Output 0 has the rank-4 shape that input `index`, a vector of sizes, tells as far as it is known.
absl::Status image_shape_from_sizes(ShapeContext& c, int index);

// Copies between half and float.
void widen(const half* from, float* to, int64_t count);
void narrow(const float* from, half* to, int64_t count);

inline constexpr size_t kMaxComputeInputs = 4;

// Calls compute(inputs, output) with the tensors' elements as float; half tensors are copied to float and back.
template <typename Compute> absl::Status in_float(DType dtype, std::initializer_list<const Tensor*> inputs, Tensor& output, Compute compute) {
  std::array<const float*, kMaxComputeInputs> data = {};
  std::array<Tensor, kMaxComputeInputs> wide;
  size_t i = 0;
  for (const Tensor* input : inputs) {
    if (dtype == DType::kHalf) {
      WEFT_ASSIGN_OR_RETURN(wide[i], Tensor::make(DType::kFloat32, input->shape()));
      widen(input->data<half>(), wide[i].data<float>(), input->num_elements());
    }
    data[i] = dtype == DType::kHalf ? wide[i].data<float>() : input->data<float>();
    ++i;
  }
  if (dtype != DType::kHalf) return compute(data.data(), output.data<float>());
  WEFT_ASSIGN_OR_RETURN(Tensor result, Tensor::make(DType::kFloat32, output.shape()));
  WEFT_RETURN_IF_ERROR(compute(data.data(), result.data<float>()));
  narrow(result.data<float>(), output.data<half>(), result.num_elements());
  return absl::OkStatus();
}

// The same, calling compute<float> or, for double tensors, compute<double>.
template <typename Compute>
absl::Status in_float_or_double(DType dtype, std::initializer_list<const Tensor*> inputs, Tensor& output, Compute compute) {
  if (dtype != DType::kFloat64) {
    return in_float(dtype, inputs, output, [&](const float* const* data, float* result) { return compute.template operator()<float>(data, result); });
  }
  std::array<const double*, kMaxComputeInputs> data = {};
  size_t i = 0;
  for (const Tensor* input : inputs) data[i++] = input->data<double>();
  return compute.template operator()<double>(data.data(), output.data<double>());
}

}  // namespace weft
