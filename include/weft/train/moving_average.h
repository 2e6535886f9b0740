// Moving averages of variables: shadow variables that follow them, often better to evaluate with than the last values.
//
//   ExponentialMovingAverage average({.decay = 0.999f, .num_updates = step});
//   Scope after = graph.control_dependencies({train});
//   Operation follow = average.apply(graph.trainable_variables());   // run this instead of train
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "weft/gradients/gradients.h"
#include "weft/ops/op_builder.h"

namespace weft {

struct ExponentialMovingAverageOptions {
  Operand decay;                            // near 1: 0.999
  std::optional<Operand> num_updates = {};  // a step counter: decay becomes min(decay, (1 + n) / (10 + n)), quick at first
  bool zero_debias = false;                 // averages of tensors are divided by 1 - decay^updates, which takes out their start at zero
  std::string name = "ExponentialMovingAverage";
};

// average -= (1 - decay)(average - value), in a variable "<value>/ExponentialMovingAverage". The average of a variable starts with the
// variable's initial value, that of a tensor with zeros. TensorFlow's tf.train.ExponentialMovingAverage.
class ExponentialMovingAverage {
 public:
  explicit ExponentialMovingAverage(ExponentialMovingAverageOptions options) : options_(std::move(options)) {}

  // The operation that moves the averages of `values`, variables or tensors, one step towards them; makes those not made before.
  // Variables join the collection moving_average_variables. InvalidArgument for dtypes other than half, bfloat16, float32 and float64.
  Operation apply(const OperandList& values, Loc where = Loc::current());
  // The variable that holds the average; empty when apply() never got `value`.
  Variable average(const Operand& value) const;
  // The name under which a checkpoint keeps the average, also before apply().
  std::string average_name(const Operand& value) const;
  // What a Saver should restore to evaluate with averages: averages' names for the trainable and the averaged variables, their own
  // names for the other variables of `graph`.
  std::map<std::string, Variable> variables_to_restore(Graph& graph) const;
  const std::string& name() const { return options_.name; }

 private:
  using Key = std::pair<const void*, int>;  // of a variable its state; of a tensor its node and output
  struct Average {
    Operand primary;  // held, so that a variable's state keeps its address
    Variable average;
    std::weak_ptr<const void> graph_alive;
  };
  static Key key_of(const Operand& value);
  Variable make_average(const Operand& value);
  bool accepts(const Operand& value, Graph& graph, Loc where) const;

  ExponentialMovingAverageOptions options_;
  std::map<Key, Average> averages_;
};

}  // namespace weft
