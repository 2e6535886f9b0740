// gradients(): nodes that compute the derivatives of values by other values, added to the graph. As TensorFlow 1's tf.gradients, with
// its algorithm, node structure and names.
//
//   std::vector<Gradient> g = gradients(loss, {w, b});
//   Operation step = optimizer.apply_gradients(zip(g, {w, b}));
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "weft/graph/gradient.h"
#include "weft/graph/operand.h"
#include "weft/ops/op_builder.h"

namespace weft {

// Tensors and variables, one or several: what gradients are taken of and by.
class OperandList {
 public:
  OperandList() = default;
  OperandList(const Output& output) : items_{output} {}                                                // NOLINT
  OperandList(const Variable& variable) : items_{variable} {}                                          // NOLINT
  OperandList(std::initializer_list<Operand> operands) : items_(operands) {}                           // NOLINT
  OperandList(std::vector<Operand> operands) : items_(std::move(operands)) {}                          // NOLINT
  OperandList(const std::vector<Output>& outputs) : items_(outputs.begin(), outputs.end()) {}          // NOLINT
  OperandList(const std::vector<Variable>& variables) : items_(variables.begin(), variables.end()) {}  // NOLINT

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const Operand& operator[](size_t i) const { return items_[i]; }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Operand> items_;
};

// What stands for a gradient by something the values do not depend on.
enum class UnconnectedGradients : uint8_t { kNone, kZero };

// How several gradients of one tensor are summed: one AddN; AddN of pairs, which may free memory sooner; AccumulateNV2 where there
// are more than two and the shape is known.
enum class AggregationMethod : uint8_t { kDefault = 0, kAddN = 0, kExperimentalTree = 1, kExperimentalAccumulateN = 2 };

struct GradientsOptions {
  std::vector<Gradient> grad_ys = {};       // one for each y, default-constructed ones standing for ones; empty: all ones
  std::vector<Output> stop_gradients = {};  // count as constants: nothing flows through the ops that make them
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::kNone;
  bool gate_gradients = false;  // the gradients of one op become available together
  AggregationMethod aggregation_method = AggregationMethod::kDefault;
  bool colocate_gradients_with_ops = false;
  std::string name = {};  // of the scope of the new nodes: "gradients"
};

// d(sum of all ys)/dx for each of xs, in their order. A Variable among `xs` stands for its handle. An absent gradient carries its
// reason. Gradients of rows that ops gather are IndexedSlices.
//
// Errors, recorded in the graph: an op on the way for which TensorFlow defines no gradient (NotFound, naming op and line); grad_ys of
// another number or kind than ys (InvalidArgument); operands of several graphs. All gradients are then absent with kFailed.
std::vector<Gradient> gradients(const OperandList& ys, const OperandList& xs, GradientsOptions options = {}, Loc where = Loc::current());

// `slices` as a dense tensor: zeros with the rows added. Needs slices.dense_shape. TF op UnsortedSegmentSum.
Output densify(const IndexedSlices& slices, std::string_view name = "", Loc where = Loc::current());

// The same gradients, each available only when all of them have been computed; absent ones stay absent. See tuple().
std::vector<Gradient> tuple_gradients(const std::vector<Gradient>& gradients, Loc where = Loc::current());

// A gradient and the variable it is for.
struct GradientAndVariable {
  Gradient gradient;
  Variable variable;
};

// Pairs the k-th gradient with the k-th variable. InvalidArgument, recorded in the variables' graph, when their numbers differ.
std::vector<GradientAndVariable> zip(const std::vector<Gradient>& gradients, const std::vector<Variable>& variables, Loc where = Loc::current());

}  // namespace weft
