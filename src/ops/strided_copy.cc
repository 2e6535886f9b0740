#include "src/ops/strided_copy.h"

#include <algorithm>
#include <cstring>

#include "src/ops/storage.h"

namespace weft {

namespace {

// Dimensions of size 1 go; neighbours that both layouts step through as one are joined.
StridedBox simplified(const StridedBox& box) {
  StridedBox out;
  out.from_offset = box.from_offset;
  out.to_offset = box.to_offset;
  for (size_t i = 0; i < box.sizes.size(); ++i) {
    if (box.sizes[i] == 1) continue;
    if (!out.sizes.empty() && out.from.back() == box.from[i] * box.sizes[i] && out.to.back() == box.to[i] * box.sizes[i]) {
      out.sizes.back() *= box.sizes[i];
      out.from.back() = box.from[i];
      out.to.back() = box.to[i];
    } else {
      out.sizes.push_back(box.sizes[i]);
      out.from.push_back(box.from[i]);
      out.to.push_back(box.to[i]);
    }
  }
  if (out.sizes.empty()) {
    out.sizes = {1};
    out.from = {1};
    out.to = {1};
  }
  return out;
}

// A run along the innermost dimension.
template <typename T> void copy_run(const T* from, int64_t from_step, T* to, int64_t to_step, int64_t n) {
  if (to_step == 1 && from_step == 1) {
    if constexpr (std::is_trivially_copyable_v<T>) std::memcpy(to, from, static_cast<size_t>(n) * sizeof(T));
    else std::copy_n(from, n, to);
  } else if (to_step == 1 && from_step == 0) {
    std::fill_n(to, n, *from);
  } else if (to_step == 1) {
    for (int64_t i = 0; i < n; ++i) to[i] = from[i * from_step];
  } else {
    for (int64_t i = 0; i < n; ++i) to[i * to_step] = from[i * from_step];
  }
}

// Where a flat index over the outer dimensions lies in both layouts; stepped, not divided, from one to the next.
class Position {
 public:
  Position(const StridedBox& box, size_t dims, int64_t flat) : box_(&box), index_(dims, 0), from_(box.from_offset), to_(box.to_offset) {
    for (size_t i = dims; i-- > 0;) {
      index_[i] = flat % box.sizes[i];
      flat /= box.sizes[i];
      from_ += index_[i] * box.from[i];
      to_ += index_[i] * box.to[i];
    }
  }
  void next() {
    for (size_t i = index_.size(); i-- > 0;) {
      from_ += box_->from[i];
      to_ += box_->to[i];
      if (++index_[i] < box_->sizes[i]) return;
      from_ -= box_->from[i] * box_->sizes[i];
      to_ -= box_->to[i] * box_->sizes[i];
      index_[i] = 0;
    }
  }
  int64_t from() const { return from_; }
  int64_t to() const { return to_; }

 private:
  const StridedBox* box_;
  Dims index_;
  int64_t from_;
  int64_t to_;
};

// Runs along the innermost dimension; a long run is cut so that threads can share it.
template <typename T> void copy_runs(const KernelContext& context, const T* from, T* to, const StridedBox& box) {
  const size_t outer_dims = box.sizes.size() - 1;
  const int64_t n = box.sizes.back();
  const int64_t from_step = box.from.back();
  const int64_t to_step = box.to.back();
  int64_t outer = 1;
  for (size_t i = 0; i < outer_dims; ++i) outer *= box.sizes[i];
  const int64_t chunk = tile_items(1);
  const int64_t chunks = (n + chunk - 1) / chunk;
  if (chunks > 1) {
    context.parallel_for(outer * chunks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t unit = begin; unit < end; ++unit) {
        const Position at(box, outer_dims, unit / chunks);
        const int64_t start = unit % chunks * chunk;
        copy_run(from + at.from() + start * from_step, from_step, to + at.to() + start * to_step, to_step, std::min(chunk, n - start));
      }
    });
    return;
  }
  context.parallel_for(outer, tile_items(n + 4), [&](int64_t begin, int64_t end) {
    Position at(box, outer_dims, begin);
    for (int64_t i = begin; i < end; ++i, at.next()) copy_run(from + at.from(), from_step, to + at.to(), to_step, n);
  });
}

// Reads are contiguous along dimension `along`, writes along the last one: square blocks keep both in the cache.
template <typename T> void copy_transposed(const KernelContext& context, const T* from, T* to, const StridedBox& box, size_t along) {
  constexpr int64_t kBlock = sizeof(T) >= 8 ? 16 : 32;
  StridedBox outer = box;
  for (Dims* dims : {&outer.sizes, &outer.from, &outer.to}) {
    dims->pop_back();
    dims->erase(dims->begin() + static_cast<ptrdiff_t>(along));
  }
  int64_t count = 1;
  for (const int64_t size : outer.sizes) count *= size;
  const int64_t rows = box.sizes[along];
  const int64_t columns = box.sizes.back();
  const int64_t to_row = box.to[along];
  const int64_t from_column = box.from.back();
  const int64_t bands = (rows + kBlock - 1) / kBlock;
  context.parallel_for(count * bands, tile_items(kBlock * columns), [&](int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; ++unit) {
      const Position at(outer, outer.sizes.size(), unit / bands);
      const int64_t row_begin = unit % bands * kBlock;
      const int64_t row_end = std::min(rows, row_begin + kBlock);
      for (int64_t column = 0; column < columns; column += kBlock) {
        const int64_t column_end = std::min(columns, column + kBlock);
        for (int64_t r = row_begin; r < row_end; ++r) {
          const T* source = from + at.from() + r;
          T* target = to + at.to() + r * to_row;
          for (int64_t c = column; c < column_end; ++c) target[c] = source[c * from_column];
        }
      }
    }
  });
}

}  // namespace

Dims row_major_strides(absl::Span<const int64_t> sizes) {
  Dims strides(sizes.size(), 1);
  for (size_t i = sizes.size(); i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
  return strides;
}

void strided_copy(const KernelContext& context, DType dtype, const void* from, void* to, StridedBox box) {
  for (const int64_t size : box.sizes) {
    if (size <= 0) return;
  }
  box = simplified(box);
  const size_t last = box.sizes.size() - 1;
  size_t along = last;  // the dimension that reads step through one by one
  for (size_t i = 0; i < last; ++i) {
    if (box.from[i] == 1) along = i;
  }
  const bool transposed = box.to[last] == 1 && box.from[last] != 1 && along != last && box.sizes[last] > 1;
  dispatch_storage(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* source = static_cast<const T*>(from);
    T* target = static_cast<T*>(to);
    if (transposed) copy_transposed(context, source, target, box, along);
    else copy_runs(context, source, target, box);
  });
}

}  // namespace weft
