// einsum: sums of products named by indices. TensorFlow 1.15: tf.einsum, which makes it of transposes, reshapes and matrix products.
#pragma once

#include <string_view>

#include "absl/types/span.h"
#include "weft/ops/op_builder.h"

namespace weft {

// einsum("ij,jk->ik", {a, b}): out[i,k] = sum over j of a[i,j] b[j,k]. One letter for each dimension; letters that the output lacks are
// summed over. Without "->" the output has the letters that occur once, sorted. "..." stands for further dimensions, which must agree
// or, as the last operand's, be missing. "ii" is the trace. Every input's rank must be known.
//
// Errors, InvalidArgument: an equation of another form, another number of inputs or rank than it says, a letter twice in one input,
// a letter of the output that no input has. Gradient: of the ops it is made of.
Output einsum(std::string_view equation, absl::Span<const Operand> inputs, std::string_view name = "", Loc where = Loc::current());
inline Output einsum(std::string_view equation, std::initializer_list<Operand> inputs, std::string_view name = "", Loc where = Loc::current()) {
  return einsum(equation, absl::Span<const Operand>(inputs.begin(), inputs.size()), name, where);
}

}  // namespace weft
