// Convolution as a matrix product. The windows of a run of positions are laid out as the rows of a matrix of patches,
// [positions, rows * columns * in_channels]; times the filter, read as [patch, out_channels], that is the output.
//
// The whole matrix would be as large as the image times the window, so it is made and used in runs that fit the second-level cache.
// Runs and partial sums are cut by sizes alone; threads only decide who computes a run.
#include "src/ops/conv2d_kernels.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "src/ops/gemm.h"
#include "src/ops/scratch.h"

namespace weft {

namespace {

constexpr int64_t kScratchElements = 64 * 1024;
constexpr int64_t kPartialElements = 4 * 1024 * 1024;  // all partial filter gradients together
constexpr int64_t kMaxPartials = 16;

// Positions whose patches are made at a time.
int64_t run_length(const ConvGeometry& g) {
  const int64_t fitting = kScratchElements / std::max<int64_t>(1, g.patch_size());
  return std::clamp<int64_t>(fitting / 16 * 16, 16, 1024);
}

// Where a numbered position lies.
struct Position {
  int64_t image, row, column;
};
Position position_at(const ConvGeometry& g, int64_t index) {
  const int64_t in_image = index % g.positions_per_image();
  return {index / g.positions_per_image(), in_image / g.columns.output, in_image % g.columns.output};
}
void advance(const ConvGeometry& g, Position& p) {
  if (++p.column < g.columns.output) return;
  p.column = 0;
  if (++p.row < g.rows.output) return;
  p.row = 0;
  ++p.image;
}

// The rows of a window that lie on the image, each handed to f as (offset of the row in the image, offset in the patch).
template <typename F> void for_each_window_row(const ConvGeometry& g, const Position& p, F f) {
  const int64_t last = g.rows.last_tap(p.row);
  for (int64_t tap = g.rows.first_tap(p.row); tap < last; ++tap) {
    const int64_t y = g.rows.start(p.row) + tap * g.rows.dilation;
    f((p.image * g.rows.input + y) * g.columns.input * g.in_channels, tap * g.columns.size * g.in_channels);
  }
}

// Copies the patches of positions [begin, end) from the image.
template <typename T> void gather_patches(const ConvGeometry& g, const T* input, int64_t begin, int64_t end, T* patches) {
  const int64_t channels = g.in_channels;
  Position p = position_at(g, begin);
  for (int64_t i = begin; i < end; ++i, advance(g, p), patches += g.patch_size()) {
    const int64_t first = g.columns.first_tap(p.column), last = g.columns.last_tap(p.column), x = g.columns.start(p.column);
    const bool whole = first == 0 && last == g.columns.size && g.rows.first_tap(p.row) == 0 && g.rows.last_tap(p.row) == g.rows.size;
    if (!whole) std::fill_n(patches, g.patch_size(), T(0));
    for_each_window_row(g, p, [&](int64_t row, int64_t offset) {
      if (g.columns.dilation == 1) {
        if (first < last) std::copy_n(input + row + (x + first) * channels, (last - first) * channels, patches + offset + first * channels);
        return;
      }
      for (int64_t tap = first; tap < last; ++tap) {
        std::copy_n(input + row + (x + tap * g.columns.dilation) * channels, channels, patches + offset + tap * channels);
      }
    });
  }
}

// The inverse: adds the patches of positions [begin, end) to the image they were taken from.
template <typename T> void scatter_patches(const ConvGeometry& g, const T* patches, int64_t begin, int64_t end, T* input) {
  const int64_t channels = g.in_channels;
  Position p = position_at(g, begin);
  for (int64_t i = begin; i < end; ++i, advance(g, p), patches += g.patch_size()) {
    const int64_t first = g.columns.first_tap(p.column), last = g.columns.last_tap(p.column), x = g.columns.start(p.column);
    for_each_window_row(g, p, [&](int64_t row, int64_t offset) {
      for (int64_t tap = first; tap < last; ++tap) {
        T* to = input + row + (x + tap * g.columns.dilation) * channels;
        const T* from = patches + offset + tap * channels;
        for (int64_t c = 0; c < channels; ++c) to[c] += from[c];
      }
    });
  }
}

// Filter gradient of positions [begin, end), added to `sum`.
template <typename T>
absl::Status add_filter_gradient(const ConvGeometry& g, const T* input, const T* output_gradient, int64_t begin, int64_t end, T* sum) {
  if (g.pointwise()) {
    gemm_serial<T>(g.in_channels, g.out_channels, end - begin, {input + begin * g.in_channels, g.in_channels, true},
                   {output_gradient + begin * g.out_channels, g.out_channels}, sum, g.out_channels, GemmMode::kAdd);
    return absl::OkStatus();
  }
  const int64_t run = run_length(g);
  const Scratch<T> patches(std::min(run, end - begin) * g.patch_size());
  if (!patches) return no_scratch_memory("Conv2DBackpropFilter");
  for (int64_t at = begin; at < end; at += run) {
    const int64_t count = std::min(run, end - at);
    gather_patches(g, input, at, at + count, patches.data());
    gemm_serial<T>(g.patch_size(), g.out_channels, count, {patches.data(), g.patch_size(), true},
                   {output_gradient + at * g.out_channels, g.out_channels}, sum, g.out_channels, GemmMode::kAdd);
  }
  return absl::OkStatus();
}

}  // namespace

template <typename T> absl::Status convolve(const KernelContext& context, const ConvGeometry& g, const T* input, const T* filter, T* output) {
  if (g.pointwise()) {
    gemm<T>(context, g.positions(), g.out_channels, g.in_channels, {input, g.in_channels}, {filter, g.out_channels}, output, g.out_channels);
    return absl::OkStatus();
  }
  std::atomic<bool> out_of_memory = false;
  context.parallel_for(g.positions(), run_length(g), [&](int64_t begin, int64_t end) {
    const Scratch<T> patches((end - begin) * g.patch_size());
    if (!patches) {
      out_of_memory = true;
      return;
    }
    gather_patches(g, input, begin, end, patches.data());
    gemm_serial<T>(end - begin, g.out_channels, g.patch_size(), {patches.data(), g.patch_size()}, {filter, g.out_channels},
                   output + begin * g.out_channels, g.out_channels);
  });
  return out_of_memory ? no_scratch_memory("Conv2D") : absl::OkStatus();
}

template <typename T> absl::Status convolve_backprop_input(const KernelContext& context, const ConvGeometry& g, const T* filter,
                                                           const T* output_gradient, T* input_gradient) {
  if (g.pointwise()) {
    gemm<T>(context, g.positions(), g.in_channels, g.out_channels, {output_gradient, g.out_channels}, {filter, g.out_channels, true}, input_gradient,
            g.in_channels);
    return absl::OkStatus();
  }
  // Windows overlap within an image, so an image is one thread's.
  std::atomic<bool> out_of_memory = false;
  context.parallel_for(g.batch, 1, [&](int64_t first, int64_t last) {
    const int64_t run = std::min(run_length(g), g.positions_per_image());
    const Scratch<T> patches(run * g.patch_size());
    if (!patches) {
      out_of_memory = true;
      return;
    }
    std::fill(input_gradient + first * g.image_size(), input_gradient + last * g.image_size(), T(0));
    const int64_t end = last * g.positions_per_image();
    for (int64_t at = first * g.positions_per_image(); at < end; at += run) {
      const int64_t count = std::min(run, end - at);
      gemm_serial<T>(count, g.patch_size(), g.out_channels, {output_gradient + at * g.out_channels, g.out_channels}, {filter, g.out_channels, true},
                     patches.data(), g.patch_size());
      scatter_patches(g, patches.data(), at, at + count, input_gradient);
    }
  });
  return out_of_memory ? no_scratch_memory("Conv2DBackpropInput") : absl::OkStatus();
}

template <typename T> absl::Status convolve_backprop_filter(const KernelContext& context, const ConvGeometry& g, const T* input,
                                                            const T* output_gradient, T* filter_gradient) {
  const int64_t size = g.patch_size() * g.out_channels;
  std::fill_n(filter_gradient, size, T(0));
  // A few threads each sum a share of the positions; the shares are added in order. The first share sums in place.
  const int64_t worth = std::max<int64_t>(1, g.positions() / std::max(run_length(g), tile_items(size / 8)));
  const int64_t shares = std::clamp<int64_t>(std::min(worth, kPartialElements / std::max<int64_t>(1, size) + 1), 1, kMaxPartials);
  const int64_t share = (g.positions() + shares - 1) / std::max<int64_t>(1, shares);
  const Scratch<T> partials(std::max<int64_t>(1, (shares - 1) * size));
  if (!partials) return no_scratch_memory("Conv2DBackpropFilter");
  std::fill_n(partials.data(), (shares - 1) * size, T(0));
  std::atomic<bool> out_of_memory = false;
  context.parallel_for(shares, 1, [&](int64_t first, int64_t last) {
    for (int64_t s = first; s < last; ++s) {
      T* sum = s == 0 ? filter_gradient : partials.data() + (s - 1) * size;
      const int64_t end = std::min(g.positions(), (s + 1) * share);
      if (!add_filter_gradient(g, input, output_gradient, std::min(s * share, end), end, sum).ok()) out_of_memory = true;
    }
  });
  context.parallel_for(size, tile_items(shares), [&](int64_t first, int64_t last) {
    for (int64_t s = 1; s < shares; ++s) {
      const T* partial = partials.data() + (s - 1) * size;
      for (int64_t i = first; i < last; ++i) filter_gradient[i] += partial[i];
    }
  });
  return out_of_memory ? no_scratch_memory("Conv2DBackpropFilter") : absl::OkStatus();
}

template absl::Status convolve<float>(const KernelContext&, const ConvGeometry&, const float*, const float*, float*);
template absl::Status convolve<double>(const KernelContext&, const ConvGeometry&, const double*, const double*, double*);
template absl::Status convolve_backprop_input<float>(const KernelContext&, const ConvGeometry&, const float*, const float*, float*);
template absl::Status convolve_backprop_input<double>(const KernelContext&, const ConvGeometry&, const double*, const double*, double*);
template absl::Status convolve_backprop_filter<float>(const KernelContext&, const ConvGeometry&, const float*, const float*, float*);
template absl::Status convolve_backprop_filter<double>(const KernelContext&, const ConvGeometry&, const double*, const double*, double*);

}  // namespace weft
