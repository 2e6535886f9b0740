// The arithmetic of 2-D convolution on NHWC images and HWIO filters, for float and double.
#pragma once

#include "src/ops/window.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

// Sizes of a convolution. Positions of the window are numbered batch-major: (image, row, column).
struct ConvGeometry {
  WindowAxis rows;
  WindowAxis columns;
  int64_t batch;
  int64_t in_channels;
  int64_t out_channels;

  int64_t image_size() const { return rows.input * columns.input * in_channels; }
  int64_t positions_per_image() const { return rows.output * columns.output; }
  int64_t positions() const { return batch * positions_per_image(); }
  int64_t patch_size() const { return rows.size * columns.size * in_channels; }
  // Each window is one pixel: the image itself is the matrix of patches.
  bool pointwise() const {
    return rows.size == 1 && columns.size == 1 && rows.stride == 1 && columns.stride == 1 && rows.pad_before == 0 && columns.pad_before == 0 &&
           rows.output == rows.input && columns.output == columns.input;
  }
};

// output[n,i,j,o] = sum over a,b,c of input[n, i*stride + a*dilation - pad, j*stride + b*dilation - pad, c] * filter[a,b,c,o]
template <typename T> absl::Status convolve(const KernelContext& context, const ConvGeometry& geometry, const T* input, const T* filter, T* output);

// The gradient of the input: each output gradient spreads over its window.
template <typename T> absl::Status convolve_backprop_input(const KernelContext& context, const ConvGeometry& geometry, const T* filter,
                                                           const T* output_gradient, T* input_gradient);

// The gradient of the filter: windows of the input times output gradients, summed over all positions.
template <typename T> absl::Status convolve_backprop_filter(const KernelContext& context, const ConvGeometry& geometry, const T* input,
                                                            const T* output_gradient, T* filter_gradient);

}  // namespace weft
