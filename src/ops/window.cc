#include "src/ops/window.h"

#include <algorithm>
#include <limits>

namespace weft {

namespace {

constexpr size_t kImageRank = 4;
constexpr int64_t kLongest = std::numeric_limits<int32_t>::max();  // of a stride, dilation or window: products stay far from overflow

absl::Status check_length(std::string_view op, std::string_view what, const std::vector<int64_t>& values) {
  if (values.size() == kImageRank) return absl::OkStatus();
  return invalid_argument(op, " requires the ", what, " attribute to contain 4 values, but got: ", values.size());
}

absl::Status read_explicit_paddings(const std::vector<int64_t>& paddings, Window& window) {
  if (window.padding != Padding::kExplicit) {
    if (paddings.empty()) return absl::OkStatus();
    return invalid_argument("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
  }
  if (paddings.size() != 2 * kImageRank) { return invalid_argument("explicit_paddings attribute must contain 8 values, but got: ", paddings.size()); }
  for (const int64_t pad : paddings) {
    if (pad < 0) return invalid_argument("All elements of explicit_paddings must be nonnegative");
    if (pad > kLongest) return invalid_argument("explicit_paddings must be below 2^31, but got ", pad);
  }
  for (const int dim : {window.batch_dim(), window.channel_dim()}) {
    if (paddings[static_cast<size_t>(2 * dim)] != 0 || paddings[static_cast<size_t>(2 * dim + 1)] != 0) {
      return invalid_argument("Nonzero explicit padding in the batch or depth dimensions is not supported");
    }
  }
  for (int axis = 0; axis < 2; ++axis) {
    window.pad_before[static_cast<size_t>(axis)] = paddings[static_cast<size_t>(2 * window.spatial_dim(axis))];
    window.pad_after[static_cast<size_t>(axis)] = paddings[static_cast<size_t>(2 * window.spatial_dim(axis) + 1)];
  }
  return absl::OkStatus();
}

absl::Status check_steps(int64_t stride, int64_t dilation) {
  if (stride <= 0) return invalid_argument("Stride must be > 0, but got ", stride);
  if (dilation < 1) return invalid_argument("Dilation rate must be >= 1, but got ", dilation);
  if (stride > kLongest || dilation > kLongest)
    return invalid_argument("strides and dilations must be below 2^31, but got ", stride, " and ", dilation);
  return absl::OkStatus();
}

// Pixels from the first tap to the last, both included.
int64_t span(int64_t size, int64_t dilation) { return (size - 1) * dilation + 1; }

}  // namespace

absl::StatusOr<Window> parse_window(std::string_view op, const AttrMap& attrs) {
  Window window;
  const std::string padding = attrs.get<std::string>("padding");
  window.padding = padding == "SAME" ? Padding::kSame : padding == "EXPLICIT" ? Padding::kExplicit : Padding::kValid;
  const std::string* format = attrs.get_if<std::string>("data_format");
  window.channels_first = format != nullptr && *format == "NCHW";
  const std::vector<int64_t> strides = attrs.get<std::vector<int64_t>>("strides");
  if (op == "Conv2D" && strides.size() != kImageRank) {
    return invalid_argument("Conv2D on data format ", window.channels_first ? "NCHW" : "NHWC",
                            " requires the stride attribute to contain 4 values, but got: ", strides.size());
  }
  WEFT_RETURN_IF_ERROR(check_length(op, "stride", strides));
  const std::vector<int64_t>* dilations = attrs.get_if<std::vector<int64_t>>("dilations");
  if (dilations != nullptr) WEFT_RETURN_IF_ERROR(check_length(op, "dilation", *dilations));
  for (size_t axis = 0; axis < 2; ++axis) {
    const auto dim = static_cast<size_t>(window.spatial_dim(static_cast<int>(axis)));
    window.stride[axis] = strides[dim];
    if (dilations != nullptr) window.dilation[axis] = (*dilations)[dim];
    WEFT_RETURN_IF_ERROR(check_steps(window.stride[axis], window.dilation[axis]));
  }
  if (const auto* paddings = attrs.get_if<std::vector<int64_t>>("explicit_paddings")) {
    WEFT_RETURN_IF_ERROR(read_explicit_paddings(*paddings, window));
  }
  return window;
}

absl::StatusOr<int64_t> window_output(const Window& window, int axis, int64_t input, int64_t size) {
  const auto a = static_cast<size_t>(axis);
  if (input > kLongest) return invalid_argument("image of ", input, " pixels: sizes must be below 2^31");
  if (window.padding == Padding::kSame) return input < 0 ? kUnknownDim : (input + window.stride[a] - 1) / window.stride[a];
  if (input < 0 || size < 0) return kUnknownDim;
  if (size > kLongest) return invalid_argument("window of ", size, " pixels: sizes must be below 2^31");
  const int64_t padded = input + window.pad_before[a] + window.pad_after[a];
  const int64_t covered = span(size, window.dilation[a]);
  if (covered > padded) return invalid_argument("Negative dimension size caused by subtracting ", covered, " from ", padded);
  return (padded - covered + window.stride[a]) / window.stride[a];
}

absl::StatusOr<WindowAxis> window_axis(const Window& window, int axis, int64_t input, int64_t size) {
  const auto a = static_cast<size_t>(axis);
  if (std::max(input, size) > kLongest || size < -kLongest) {
    return invalid_argument("image of ", input, " and window of ", size, " pixels: sizes must be below 2^31");
  }
  WindowAxis result{input, size, window.stride[a], window.dilation[a], 0, window.pad_before[a]};
  const int64_t covered = span(size, result.dilation);
  if (window.padding == Padding::kSame) {
    result.output = (input + result.stride - 1) / result.stride;
    result.pad_before = std::max<int64_t>(0, (result.output - 1) * result.stride + covered - input) / 2;
  } else {
    // Truncating, as TensorFlow: a window slightly larger than the image has no position, a much larger one is an error.
    result.output = (input + window.pad_before[a] + window.pad_after[a] - covered + result.stride) / result.stride;
  }
  if (result.output < 0) {
    return invalid_argument("Computed output size would be negative: ", result.output, " [input_size: ", input, ", effective_filter_size: ", covered,
                            ", stride: ", result.stride, "]");
  }
  return result;
}

PartialShape image_shape(const Window& window, int64_t batch, int64_t rows, int64_t columns, int64_t channels) {
  if (window.channels_first) return {batch, channels, rows, columns};
  return {batch, rows, columns, channels};
}

absl::Status check_spatial_only(const AttrMap& attrs, const Window& window) {
  for (const auto& [attr, words] : {std::pair{"strides", "strides"}, {"dilations", "dilations"}}) {
    const auto* values = attrs.get_if<std::vector<int64_t>>(attr);
    if (values == nullptr || values->size() != kImageRank) continue;
    if ((*values)[0] != 1 || (*values)[static_cast<size_t>(window.channel_dim())] != 1) {
      return invalid_argument("Current implementation does not yet support ", words, " in the batch and depth dimensions.");
    }
  }
  return absl::OkStatus();
}

}  // namespace weft
