// Pooling of NHWC images: the loops.
#pragma once

#include <algorithm>
#include <limits>

#include "src/ops/window.h"
#include "weft/kernel/kernel_context.h"
#include "weft/tensor/half.h"

namespace weft {

struct PoolGeometry {
  WindowAxis rows;
  WindowAxis columns;
  int64_t batch;
  int64_t channels;

  Shape input_shape() const { return {batch, rows.input, columns.input, channels}; }
  Shape output_shape() const { return {batch, rows.output, columns.output, channels}; }
  int64_t input_size() const { return rows.input * columns.input * channels; }  // of an image
  int64_t output_size() const { return rows.output * columns.output * channels; }
};

// Less than every value of T.
template <typename T> T lowest_value() {
  if constexpr (std::is_same_v<T, half>) return half(-65504.0f);
  else if constexpr (std::is_same_v<T, bfloat16>) return bfloat16::from_bits(0xff7f);
  else return std::numeric_limits<T>::lowest();
}

// Calls f(offset of the pixel in its image) for each pixel under the window at output (i, j).
template <typename F> void for_each_pixel(const PoolGeometry& g, int64_t i, int64_t j, F f) {
  const int64_t y_end = g.rows.start(i) + g.rows.last_tap(i), x_end = g.columns.start(j) + g.columns.last_tap(j);
  for (int64_t y = g.rows.start(i) + g.rows.first_tap(i); y < y_end; ++y) {
    for (int64_t x = g.columns.start(j) + g.columns.first_tap(j); x < x_end; ++x) f((y * g.columns.input + x) * g.channels);
  }
}

// Calls f(input image, output row of that image, offset of output (i, j) in the whole output, i, j) over all output pixels of the
// rows [begin, end), numbered batch-major.
template <typename F> void for_each_output(const PoolGeometry& g, int64_t begin, int64_t end, F f) {
  for (int64_t row = begin; row < end; ++row) {
    const int64_t n = row / g.rows.output, i = row % g.rows.output;
    for (int64_t j = 0; j < g.columns.output; ++j) f(n, i, j, (row * g.columns.output + j) * g.channels);
  }
}

inline int64_t row_tile(const PoolGeometry& g) {
  return tile_items(g.columns.output * g.channels * std::max<int64_t>(1, g.rows.size * g.columns.size));
}

template <typename T> void max_pool(const KernelContext& context, const PoolGeometry& g, const T* input, T* output) {
  context.parallel_for(g.batch * g.rows.output, row_tile(g), [&](int64_t begin, int64_t end) {
    for_each_output(g, begin, end, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      T* out = output + at;
      std::fill_n(out, g.channels, lowest_value<T>());
      for_each_pixel(g, i, j, [&](int64_t offset) {
        const T* in = input + n * g.input_size() + offset;
        for (int64_t c = 0; c < g.channels; ++c) out[c] = out[c] < in[c] ? in[c] : out[c];
      });
    });
  });
}

// The gradient goes to the first greatest element of each window. `best` and `where` are scratch of `channels` elements an image.
template <typename T> void max_pool_gradient(const KernelContext& context, const PoolGeometry& g, const T* input, const T* gradient, T* best,
                                             int64_t* where, T* input_gradient) {
  context.parallel_for(g.batch, 1, [&](int64_t first, int64_t last) {
    T* greatest = best + first * g.channels;
    int64_t* position = where + first * g.channels;
    std::fill(input_gradient + first * g.input_size(), input_gradient + last * g.input_size(), T(0));
    for_each_output(g, first * g.rows.output, last * g.rows.output, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      std::fill_n(position, g.channels, int64_t{-1});
      for_each_pixel(g, i, j, [&](int64_t offset) {
        const T* in = input + n * g.input_size() + offset;
        for (int64_t c = 0; c < g.channels; ++c) {
          const bool better = position[c] < 0 || greatest[c] < in[c];
          greatest[c] = better ? in[c] : greatest[c];
          position[c] = better ? offset : position[c];
        }
      });
      for (int64_t c = 0; c < g.channels; ++c) {
        if (position[c] >= 0) input_gradient[n * g.input_size() + position[c] + c] += gradient[at + c];
      }
    });
  });
}

// The gradient of that gradient: each output takes the element of `gradient` that lies where `input` first equals `pooled`.
template <typename T>
void max_pool_gradient_gradient(const KernelContext& context, const PoolGeometry& g, const T* input, const T* pooled, const T* gradient, T* output) {
  context.parallel_for(g.batch * g.rows.output, row_tile(g), [&](int64_t begin, int64_t end) {
    for_each_output(g, begin, end, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      for (int64_t c = 0; c < g.channels; ++c) {
        bool found = false;
        output[at + c] = T(0);
        for_each_pixel(g, i, j, [&](int64_t offset) {
          const int64_t in = n * g.input_size() + offset + c;
          if (found || !(input[in] == pooled[at + c])) return;
          found = true;
          output[at + c] = gradient[in];
        });
      }
    });
  });
}

template <typename T> void avg_pool(const KernelContext& context, const PoolGeometry& g, const T* input, T* output) {
  context.parallel_for(g.batch * g.rows.output, row_tile(g), [&](int64_t begin, int64_t end) {
    for_each_output(g, begin, end, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      T* out = output + at;
      std::fill_n(out, g.channels, T(0));
      int64_t count = 0;
      for_each_pixel(g, i, j, [&](int64_t offset) {
        ++count;
        const T* in = input + n * g.input_size() + offset;
        for (int64_t c = 0; c < g.channels; ++c) out[c] += in[c];
      });
      for (int64_t c = 0; c < g.channels; ++c) out[c] /= static_cast<T>(count);
    });
  });
}

template <typename T> void avg_pool_gradient(const KernelContext& context, const PoolGeometry& g, const T* gradient, T* input_gradient) {
  context.parallel_for(g.batch, 1, [&](int64_t first, int64_t last) {
    std::fill(input_gradient + first * g.input_size(), input_gradient + last * g.input_size(), T(0));
    for_each_output(g, first * g.rows.output, last * g.rows.output, [&](int64_t n, int64_t i, int64_t j, int64_t at) {
      const int64_t count = (g.rows.last_tap(i) - g.rows.first_tap(i)) * (g.columns.last_tap(j) - g.columns.first_tap(j));
      const T share = static_cast<T>(1.0 / static_cast<double>(count));
      for_each_pixel(g, i, j, [&](int64_t offset) {
        T* to = input_gradient + n * g.input_size() + offset;
        for (int64_t c = 0; c < g.channels; ++c) to[c] += gradient[at + c] * share;
      });
    });
  });
}

}  // namespace weft
