// Optimizer: makes of gradients the operations that update variables. The base of all optimizers, TensorFlow's and one's own.
//
//   AdamOptimizer adam({.learning_rate = 1e-3f});
//   Operation train = adam.minimize(loss);                       // or, to look at the gradients or change them:
//   auto pairs = adam.compute_gradients(loss);
//   Operation train = adam.apply_gradients(pairs);
//
// To write one: derive, and say how one variable is updated (resource_apply_dense), which slots it needs (create_slots) and which
// tensors its numbers become (prepare). See docs/architecture.md.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "weft/gradients/gradients.h"
#include "weft/ops/op_builder.h"

namespace weft {

// What waits for what while gradients are computed: nothing more than the graph asks; all gradients of one op for each other; all
// gradients for each other.
enum class GateGradients : uint8_t { kNone = 0, kOp = 1, kGraph = 2 };

struct ComputeGradientsOptions {
  std::vector<Variable> var_list = {};  // empty: the graph's trainable variables
  GateGradients gate_gradients = GateGradients::kOp;
  AggregationMethod aggregation_method = AggregationMethod::kDefault;
  bool colocate_gradients_with_ops = false;
  Gradient grad_loss = {};  // the gradient of the loss; absent: ones
};

struct ApplyGradientsOptions {
  Variable global_step = {};  // counts the updates; none: nothing is counted
  std::string name = {};      // of the operation: the optimizer's name
};

struct MinimizeOptions {
  Variable global_step = {};
  std::vector<Variable> var_list = {};
  GateGradients gate_gradients = GateGradients::kOp;
  AggregationMethod aggregation_method = AggregationMethod::kDefault;
  bool colocate_gradients_with_ops = false;
  std::string name = {};
  Gradient grad_loss = {};
};

namespace apply_gradients_internal {
template <typename...> inline constexpr bool kNever = false;
}

class Optimizer {
 public:
  virtual ~Optimizer();
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  // An operation that updates the variables so that `loss` falls: compute_gradients, then apply_gradients. It fails, with an error that
  // names the loss, each variable and the reason, when no gradient arrives at any.
  Operation minimize(const Output& loss, MinimizeOptions options = {}, Loc where = Loc::current());

  // The gradients of the sum of `loss` by each variable; those that are absent carry their reason. Errors: no variables; a loss or a
  // variable that is not half, bfloat16, float32 or float64.
  std::vector<GradientAndVariable> compute_gradients(const Output& loss, ComputeGradientsOptions options = {}, Loc where = Loc::current());

  // An operation that applies the gradients to their variables; pairs without gradient are left out. Run it once for each update. It is
  // added to the collection "train_op". Slots are made when first needed: run the initializer after this call.
  //
  // Errors, kept in the graph: no pairs; no gradient in any of them; a gradient of another dtype, shape or graph than its variable.
  Operation apply_gradients(absl::Span<const GradientAndVariable> gradients_and_variables, ApplyGradientsOptions options = {},
                            Loc where = Loc::current());
  // Anything but pairs.
  template <typename T>
  requires(!std::is_convertible_v<const T&, absl::Span<const GradientAndVariable>>) Operation
      apply_gradients(const T&, ApplyGradientsOptions = {}, Loc = Loc::current()) {
    static_assert(apply_gradients_internal::kNever<T>,
                  "apply_gradients takes pairs of a gradient and its variable: optimizer.apply_gradients(zip(gradients, {w, b}))");
    return {};
  }

  const std::string& name() const { return name_; }
  bool use_locking() const { return use_locking_; }
  // What is wrong with the optimizer's own numbers, or with a call that named no graph which could keep the error (no pairs at all).
  const absl::Status& status() const { return status_; }

  // The variable that keeps `slot_name` of `variable`, such as "momentum"; empty when there is none.
  Variable get_slot(const Variable& variable, std::string_view slot_name) const;
  std::vector<std::string> get_slot_names() const;  // sorted
  // All variables the optimizer made, slots and others, sorted by name.
  std::vector<Variable> variables() const;

 protected:
  Optimizer(std::string name, bool use_locking);

  // --- What an optimizer says of itself ---------------------------------------------------------------------------------------------

  // Makes the slots for `variables`, those it has not made before.
  virtual void create_slots(absl::Span<const Variable> variables);
  // Makes the tensors of one application, inside the name scope of the operation.
  virtual void prepare(Graph& graph);
  // Adds the nodes that update `variable` by a dense gradient and returns the one to run. In the name scope "update_<variable>",
  // colocated with the variable.
  virtual Operation resource_apply_dense(const Output& gradient, const Variable& variable) = 0;
  // The same by rows `values` at `indices`, no index twice. By default not supported.
  virtual Operation resource_apply_sparse(const Output& values, const Variable& variable, const Output& indices);
  // Where an index may stand several times; by default the rows of one index are added first.
  virtual Operation resource_apply_sparse_duplicate_indices(const Output& values, const Variable& variable, const Output& indices);
  // The same for ref variables (VariableV2). By default not supported.
  virtual Operation apply_dense(const Output& gradient, const Variable& variable);
  virtual Operation apply_sparse(const IndexedSlices& gradient, const Variable& variable);
  virtual Operation apply_sparse_duplicate_indices(const IndexedSlices& gradient, const Variable& variable);
  // The operation named `name` that is done when all updates are.
  virtual Operation finish(Graph& graph, absl::Span<const Operation> updates, std::string_view name);

  // --- For those who write optimizers ------------------------------------------------------------------------------------------------

  // The slot `slot_name` of `variable`, made if there is none: a variable named "<variable>/<op_name>", colocated with it. Starts with
  // zeros, with the value of a tensor, or with what `initializer` makes of the variable's shape.
  Variable zeros_slot(const Variable& variable, std::string_view slot_name, std::string_view op_name);
  Variable get_or_make_slot(const Variable& variable, const Output& value, std::string_view slot_name, std::string_view op_name);
  Variable get_or_make_slot_with_initializer(const Variable& variable, const std::function<Output(Graph&)>& initializer, std::string_view slot_name,
                                             std::string_view op_name);
  // A variable that belongs to all of a graph's variables, such as Adam's beta1_power; beside `colocate_with`.
  Variable create_non_slot_variable(const Operand& initial_value, std::string_view name, const Variable& colocate_with);
  Variable get_non_slot_variable(const Graph& graph, std::string_view name) const;

  // A hyper-parameter as a tensor named `name`: a number becomes a float32 constant, as Python's floats do.
  static Output hyper_parameter(Graph& graph, const Operand& value, std::string_view name);
  void set_status(absl::Status status);  // the first error stays

 private:
  bool check_pairs(Graph& graph, absl::Span<const GradientAndVariable> pairs, Loc where) const;
  Operation update(const GradientAndVariable& pair);
  Operation apply_to(Graph& graph, absl::Span<const GradientAndVariable> pairs, const ApplyGradientsOptions& options, Loc where);
  Operation refuse(absl::Status error, Loc where);
  void remember(Graph& graph);
  void keep_slot(const Variable& variable, std::string_view slot_name, const Variable& slot);

  // A variable this optimizer made, and whether its graph still lives: an optimizer may outlive the graphs it worked on.
  struct Made {
    Variable primary;  // of a slot: whose slot it is, held so that its address stays its own
    Variable variable;
    std::weak_ptr<const void> graph_alive;
  };
  std::string name_;
  bool use_locking_;
  absl::Status status_;
  std::map<std::string, std::map<const VariableState*, Made>, std::less<>> slots_;
  std::map<std::string, std::vector<Made>, std::less<>> non_slots_;  // one for each graph
  Graph* last_graph_ = nullptr;                                      // of the last call, to keep an error of a call that names none
  std::weak_ptr<const void> last_graph_alive_;
};

// Applying gradients needs an optimizer, which says how.
template <typename... Arguments> Operation apply_gradients(const Arguments&...) {
  static_assert(apply_gradients_internal::kNever<Arguments...>,
                "apply_gradients is a method of an optimizer: make one, GradientDescentOptimizer optimizer({.learning_rate = 0.1f}), "
                "and call optimizer.apply_gradients(gradients)");
  return {};
}

}  // namespace weft
