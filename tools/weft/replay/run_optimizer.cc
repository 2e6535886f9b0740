// Optimizer cases: an optimizer by its class name and arguments, a few steps, and the variables after each.
#include <map>

#include "tools/weft/replay/comparison.h"
#include "tools/weft/replay/make_optimizer.h"
#include "tools/weft/replay/run_case.h"
#include "weft/formats/variable_def.h"
#include "weft/ops/variable_ops.h"

namespace weft::replay {

namespace {

class Experiment {
 public:
  Experiment(const OracleCase& oracle_case, const OptimizerCase& c, Graph& graph) : case_(oracle_case), c_(c), graph_(graph) {}

  absl::Status build() {
    for (const VariableDef& def : case_.variables) {
      WEFT_ASSIGN_OR_RETURN(const Variable variable, import_variable(graph_, def));
      variables_[std::string(variable.name())] = variable;
      graph_.add_to_collection(collections::kGlobalVariables, variable);
      if (variable.trainable()) graph_.add_to_collection(collections::kTrainableVariables, variable);
    }
    WEFT_ASSIGN_OR_RETURN(optimizer_, make_optimizer(c_.optimizer, c_.arguments, graph_));
    WEFT_RETURN_IF_ERROR(optimizer_->status());
    WEFT_RETURN_IF_ERROR(c_.loss.empty() ? apply() : minimize());
    WEFT_RETURN_IF_ERROR(optimizer_->status());
    return graph_.status();
  }

  Outcome run(const ReplayOptions& options) const {
    const Session session(graph_, {.threads = options.threads, .engine = options.engine});
    if (Outcome outcome = run_before(session, c_.before, options); !outcome.failure.empty()) return outcome;
    std::vector<Fetch> initializers;
    for (const Variable& made : optimizer_->variables()) initializers.emplace_back(made.initializer());
    if (!initializers.empty()) {
      const auto done = session.run({.targets = initializers});
      if (!done.ok()) return failed(done.status(), "initializers of the optimizer's variables");
    }
    for (int step = 0; step < c_.steps; ++step) {
      const auto done = session.run({.feeds = feeds_of(c_.feeds), .targets = {train_}});
      if (!done.ok()) return failed(done.status(), str_cat("training step ", step));
      if (Outcome outcome = compare(session, static_cast<size_t>(step)); !outcome.failure.empty()) return outcome;
    }
    return {};
  }

 private:
  absl::StatusOr<Variable> variable(const std::string& name) const {
    const auto found = variables_.find(name);
    if (found != variables_.end()) return found->second;
    for (const Variable& made : optimizer_->variables())
      if (made.name() == name) return made;
    return not_found("there is no variable '", name, "'");
  }

  absl::StatusOr<Variable> global_step() const { return c_.global_step.empty() ? Variable() : variable(c_.global_step); }

  absl::StatusOr<Gradient> gradient(const GradientOfVariable& pair) const {
    if (!pair.gradient.empty()) return graph_.get_tensor_by_name(pair.gradient);
    if (pair.values.empty()) return Gradient();
    IndexedSlices slices;
    WEFT_ASSIGN_OR_RETURN(slices.values, graph_.get_tensor_by_name(pair.values));
    WEFT_ASSIGN_OR_RETURN(slices.indices, graph_.get_tensor_by_name(pair.indices));
    if (!pair.dense_shape.empty()) { WEFT_ASSIGN_OR_RETURN(slices.dense_shape, graph_.get_tensor_by_name(pair.dense_shape)); }
    return slices;
  }

  absl::Status apply() {
    std::vector<GradientAndVariable> pairs;
    for (const GradientOfVariable& pair : c_.gradients) {
      GradientAndVariable& made = pairs.emplace_back();
      WEFT_ASSIGN_OR_RETURN(made.gradient, gradient(pair));
      WEFT_ASSIGN_OR_RETURN(made.variable, variable(pair.variable));
    }
    WEFT_ASSIGN_OR_RETURN(const Variable step, global_step());
    train_ = optimizer_->apply_gradients(pairs, {.global_step = step});
    return absl::OkStatus();
  }

  absl::Status minimize() {
    MinimizeOptions options;
    WEFT_ASSIGN_OR_RETURN(const Output loss, graph_.get_tensor_by_name(c_.loss));
    WEFT_ASSIGN_OR_RETURN(options.global_step, global_step());
    for (const std::string& name : c_.var_list) {
      WEFT_ASSIGN_OR_RETURN(Variable v, variable(name));
      options.var_list.push_back(std::move(v));
    }
    options.gate_gradients = static_cast<GateGradients>(c_.gate_gradients);
    options.aggregation_method = static_cast<AggregationMethod>(c_.aggregation_method);
    train_ = optimizer_->minimize(loss, std::move(options));
    return absl::OkStatus();
  }

  Outcome compare(const Session& session, size_t step) const {
    if (step >= c_.after.size()) return {};
    for (const ExpectedVariable& expected : c_.after[step]) {
      const auto v = variable(expected.variable);
      if (!v.ok()) return failed(v.status(), str_cat("after step ", step));
      const auto value = session.run(v->snapshot() ? v->snapshot() : v->value());
      if (!value.ok()) return failed(value.status(), str_cat("variable '", expected.variable, "' after step ", step));
      const std::string text = difference((*value)[0], expected.expected);
      if (!text.empty()) return {str_cat("variable '", expected.variable, "' after step ", step, ": ", text)};
    }
    return {};
  }

  const OracleCase& case_;
  const OptimizerCase& c_;
  Graph& graph_;
  std::map<std::string, Variable> variables_;
  std::unique_ptr<Optimizer> optimizer_;
  Operation train_;
};

}  // namespace

Outcome run_optimizer(const OracleCase& oracle_case, const OptimizerCase& c, Graph& graph, const ReplayOptions& options) {
  Experiment experiment(oracle_case, c, graph);
  const absl::Status status = experiment.build();
  if (c.build_error.code != 0) return {difference(status, c.build_error), status.code() == absl::StatusCode::kUnimplemented};
  if (!status.ok()) return failed(status, "the optimizer");
  return experiment.run(options);
}

}  // namespace weft::replay
