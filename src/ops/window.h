// Geometry of a window that slides over the rows and columns of a batch of images: what convolution, pooling and dilation share.
//
// Along an axis of `input` pixels a window of `size` taps, `dilation` pixels apart, spans (size - 1) * dilation + 1 pixels and moves
// by `stride`. VALID keeps it inside the image; SAME pads so that there are ceil(input / stride) positions, the odd pixel of padding
// at the end; EXPLICIT pads as told.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "weft/base/status.h"
#include "weft/graph/attr_value.h"
#include "weft/graph/shape_context.h"

namespace weft {

enum class Padding : uint8_t { kValid, kSame, kExplicit };

// The attributes of a window, checked: index 0 is rows, 1 columns.
struct Window {
  Padding padding = Padding::kValid;
  bool channels_first = false;  // data_format NCHW
  std::array<int64_t, 2> stride = {1, 1};
  std::array<int64_t, 2> dilation = {1, 1};
  std::array<int64_t, 2> pad_before = {0, 0};  // of EXPLICIT
  std::array<int64_t, 2> pad_after = {0, 0};

  // Dimensions of an image batch of rank 4.
  int batch_dim() const { return 0; }
  int spatial_dim(int axis) const { return (channels_first ? 2 : 1) + axis; }
  int channel_dim() const { return channels_first ? 1 : 3; }
};

// One axis of a window on an image.
struct WindowAxis {
  int64_t input;
  int64_t size;
  int64_t stride;
  int64_t dilation;
  int64_t output;      // positions of the window
  int64_t pad_before;  // pixels before the image that the first window covers

  // First input pixel under the window at `position`, perhaps negative: tap t is at start(position) + t * dilation.
  int64_t start(int64_t position) const { return position * stride - pad_before; }
  // The taps [first, last) of the window at `position` that lie on the image.
  int64_t first_tap(int64_t position) const {
    const int64_t begin = start(position);
    return begin >= 0 ? 0 : std::min(size, (-begin + dilation - 1) / dilation);
  }
  int64_t last_tap(int64_t position) const {
    const int64_t room = input - start(position);
    return room <= 0 ? 0 : std::min(size, (room + dilation - 1) / dilation);
  }
};

// Reads `strides`, `padding`, `data_format`, and `dilations` and `explicit_paddings` where the op has them. `op` is named in errors.
absl::StatusOr<Window> parse_window(std::string_view op, const AttrMap& attrs);

// Positions along an axis while a graph is built; unknown sizes give an unknown one. Errors in TensorFlow's words.
absl::StatusOr<int64_t> window_output(const Window& window, int axis, int64_t input, int64_t size);

// The axis when a kernel runs and all is known.
absl::StatusOr<WindowAxis> window_axis(const Window& window, int axis, int64_t input, int64_t size);

// [batch, rows, columns, channels] in the order of the window's format.
PartialShape image_shape(const Window& window, int64_t batch, int64_t rows, int64_t columns, int64_t channels);

// Strides (and dilations) of batch and channels must be 1.
absl::Status check_spatial_only(const AttrMap& attrs, const Window& window);

}  // namespace weft
