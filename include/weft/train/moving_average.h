// Moving averages of variables: shadow variables that follow them, often better to evaluate with than the last values.
//
//   ExponentialMovingAverage average({.decay = 0.999f, .num_updates = step});
//   Scope after = graph.control_dependencies({train});
//   Operation follow = average.apply(graph.trainable_variables());   // run this instead of train
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "weft/ops/op_builder.h"

namespace weft {

struct ExponentialMovingAverageOptions {
  Operand decay;                            // near 1: 0.999
  std::optional<Operand> num_updates = {};  // a step counter: decay becomes min(decay, (1 + n) / (10 + n)), quick at first
  std::string name = "ExponentialMovingAverage";
};

// average -= (1 - decay)(average - variable), in a variable "<variable>/ExponentialMovingAverage" that starts with the variable's initial
// value. TensorFlow's tf.train.ExponentialMovingAverage.
class ExponentialMovingAverage {
 public:
  explicit ExponentialMovingAverage(ExponentialMovingAverageOptions options) : options_(std::move(options)) {}

  // The operation that moves the averages of `variables` one step towards them; makes those not made before. The variables join the
  // collection moving_average_variables. InvalidArgument for dtypes other than half, bfloat16, float32 and float64.
  Operation apply(absl::Span<const Variable> variables, Loc where = Loc::current());
  // The variable that holds the average; empty when apply() never got `variable`.
  Variable average(const Variable& variable) const;
  // The name under which a checkpoint keeps the average, also before apply().
  std::string average_name(const Variable& variable) const;
  // What a Saver should restore to evaluate with averages: averages' names for the trainable and the averaged variables, their own
  // names for the other variables of `graph`.
  std::map<std::string, Variable> variables_to_restore(Graph& graph) const;
  const std::string& name() const { return options_.name; }

 private:
  struct Average {
    Variable variable;  // held, so that its address stays its own
    Variable average;
  };
  void make_average(const Variable& variable);

  ExponentialMovingAverageOptions options_;
  std::map<const VariableState*, Average> averages_;
};

}  // namespace weft
