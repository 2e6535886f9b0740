// The gradient of broadcasting: what was repeated on the way forward is summed on the way back.
#pragma once

#include "weft/graph/gradient_context.h"
#include "weft/graph/graph.h"

namespace weft {

// For a node z = f(x, y) with broadcasting: sums gradients that have z's shape to the shape of x or y.
//
// Made for a node, it adds the nodes that find the dimensions to sum over, in the scope in force, as TensorFlow's gradient functions
// do. `smart` forms look at static shapes first: where they are known the dimensions become constants, and an operand that was not
// broadcast needs no nodes at all.
class BroadcastGradient {
 public:
  static BroadcastGradient smart(const Output& x, const Output& y, const Output& gradient);
  static BroadcastGradient plain(const Output& x, const Output& y);
  static BroadcastGradient of_shapes(const Output& shape_x, const Output& shape_y);  // given as vectors

  Output reduce_x(const Output& gradient) const { return x_.reduce(gradient); }
  Output reduce_y(const Output& gradient) const { return y_.reduce(gradient); }
  bool x_needs_reduction() const { return x_.needed; }
  bool y_needs_reduction() const { return y_.needed; }

 private:
  struct Side {
    bool needed = true;
    Output shape = {}, axes = {};                              // known when the graph runs …
    std::vector<int64_t> static_shape = {}, static_axes = {};  // … or while it is built, when `shape` is empty
    Output reduce(const Output& gradient) const;
  };
  Side x_, y_;
};

// All three shapes are fully known and equal.
bool same_static_shapes(const Output& x, const Output& y, const Output& gradient);
// Nobody wants the gradient of input 1, which is a scalar: TensorFlow's tape then takes a short way.
bool only_first_of_scalar(const GradientContext& g);
// False when a tape asks and does not want input `i`.
inline bool wanted(const GradientContext& g, int i) { return !g.from_tape() || g.needs(i); }

}  // namespace weft
