// TensorFlow's TensorProto and TensorShapeProto as bytes.
#pragma once

#include <string>
#include <string_view>

#include "weft/base/status.h"
#include "weft/tensor/tensor.h"

namespace weft {

// The tensor a TensorProto describes. Fewer values than elements: the last one is repeated, as TensorFlow does. InvalidArgument for bytes
// that are no TensorProto or a shape that is not fully known; ResourceExhausted when the tensor would take more
// than kMaxTensorBytes; Unimplemented for variants.
absl::StatusOr<Tensor> parse_tensor_proto(std::string_view bytes);
inline constexpr int64_t kMaxTensorBytes = int64_t{1} << 32;

// Plain elements as tensor_content, strings and handles as fields. InvalidArgument for an invalid tensor, Unimplemented for variants.
absl::StatusOr<std::string> serialize_tensor_proto(const Tensor& tensor);

absl::StatusOr<PartialShape> parse_shape_proto(std::string_view bytes);
std::string serialize_shape_proto(const PartialShape& shape);

}  // namespace weft
