// Gradient: what gradients() and tapes return for one input: a dense value, IndexedSlices, or nothing with a reason.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "weft/graph/output.h"

namespace weft {

// Rows `values[k]` at `indices[k]` of a tensor of shape `dense_shape`; rows not named are zero, rows named twice add.
struct IndexedSlices {
  Output values;       // [k, …]
  Output indices;      // [k] int32 or int64
  Output dense_shape;  // vector; may be empty when unknown
  friend bool operator==(const IndexedSlices&, const IndexedSlices&) = default;
};

// Why there is no gradient.
enum class AbsentGradient : uint8_t {
  kNone,               // there is one
  kNoPath,             // the value does not depend on the input
  kNotDifferentiable,  // every path runs through an op that has no gradient
  kIntegerDType,       // the input, or what lies on every path, is no floating-point type
  kFailed,             // building it failed: the graph holds the error
};

class Gradient {
 public:
  Gradient() : absent_(AbsentGradient::kNoPath) {}
  Gradient(Output dense) : dense_(dense), absent_(dense || dense.failed() ? AbsentGradient::kNone : AbsentGradient::kNoPath) {}  // NOLINT
  Gradient(IndexedSlices slices) : slices_(slices), absent_(AbsentGradient::kNone), is_slices_(true) {}                          // NOLINT
  static Gradient none(AbsentGradient why, std::string reason) {
    Gradient g;
    g.absent_ = why;
    g.reason_ = std::move(reason);
    return g;
  }

  bool is_none() const { return absent_ != AbsentGradient::kNone; }
  bool is_slices() const { return is_slices_; }
  bool is_dense() const { return !is_none() && !is_slices_; }
  explicit operator bool() const { return !is_none(); }
  const Output& dense() const { return dense_; }           // empty unless is_dense()
  const IndexedSlices& slices() const { return slices_; }  // empty unless is_slices()
  Output values() const { return is_slices_ ? slices_.values : dense_; }
  AbsentGradient absent() const { return absent_; }
  // "Floor 'pred' (model.cc:42) has no gradient"; "" when there is a gradient.
  const std::string& reason() const { return reason_; }

 private:
  Output dense_;
  IndexedSlices slices_;
  std::string reason_;
  AbsentGradient absent_;
  bool is_slices_ = false;
};

// One for each input of an op.
using Gradients = std::vector<Gradient>;

}  // namespace weft
