#include "src/ops/random_kernels.h"

namespace weft {

namespace {

int64_t element(const Tensor& tensor, int64_t i) { return tensor.dtype() == DType::kInt32 ? tensor.data<int32_t>()[i] : tensor.data<int64_t>()[i]; }

}  // namespace

absl::StatusOr<Shape> shape_from_vector(const Tensor& tensor, std::string_view what) {
  if (tensor.rank() != 1 || !kIndexTypes.contains(tensor.dtype())) {
    return invalid_argument(what, " must be a vector of {int32,int64}, got shape ", tensor.shape().to_string());
  }
  Dims dims;
  for (int64_t i = 0; i < tensor.num_elements(); ++i) dims.push_back(element(tensor, i));
  return Shape::make(dims);
}

absl::StatusOr<std::shared_ptr<PhiloxState>> node_generator(const KernelInit& init) {
  return init.node_state<PhiloxState>([&] { return std::make_shared<PhiloxState>(init.get<int64_t>("seed"), init.get<int64_t>("seed2")); });
}

absl::StatusOr<Philox> generator_from_seed(const Tensor& seed) {
  if (seed.rank() != 1 || seed.dim(0) != 2) return invalid_argument("seed must have shape [2], not ", seed.shape().to_string());
  return stateless_philox(element(seed, 0), element(seed, 1));
}

absl::Status shape_from_input(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_as_shape(0));
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

}  // namespace weft
