#include "make_optimizer.h"

#include "graph_def.h"
#include "tests/train/json.h"
#include "weft/train/optimizers.h"

namespace weft::oracle {

namespace {

// Takes arguments by name out of the JSON object into option fields; what stays untaken is an argument weft does not know.
class Arguments {
 public:
  Arguments(Graph& graph, const std::string& json) : graph_(graph), left_(testing::JsonReader::read(json).members) {}

  template <typename T> Arguments& take(const std::string& name, T& field) {
    const auto it = left_.find(name);
    if (it != left_.end()) {
      read(it->second, field);
      left_.erase(it);
    }
    return *this;
  }
  absl::Status status() const {
    if (!left_.empty()) return invalid_argument("no argument '", left_.begin()->first, "'");
    return status_;
  }

 private:
  void read(const testing::Json& json, float& field) { field = std::stof(json.text); }
  void read(const testing::Json& json, bool& field) { field = json.text == "true"; }
  void read(const testing::Json& json, std::string& field) { field = json.text; }
  void read(const testing::Json& json, Operand& field) {
    if (const auto tensor = json.members.find("tensor"); tensor != json.members.end()) {
      const auto output = graph_.get_tensor_by_name(tensor->second.text);
      if (output.ok()) field = *output;
      else status_ = output.status();
    } else if (const auto variable = json.members.find("variable"); variable != json.members.end()) {
      field = variable_named(graph_, variable->second.text);
    } else {
      field = std::stod(json.text);
    }
  }

  Graph& graph_;
  std::map<std::string, testing::Json> left_;
  absl::Status status_;
};

using Made = absl::StatusOr<std::unique_ptr<Optimizer>>;

// `options` holds the defaults, where there are any; `take` names the options of one class.
template <typename OptimizerType, typename Options, typename Take> Made make(Arguments arguments, Options options, Take take) {
  arguments.take("learning_rate", options.learning_rate).take("use_locking", options.use_locking).take("name", options.name);
  take(arguments, options);
  WEFT_RETURN_IF_ERROR(arguments.status());
  return Made(std::make_unique<OptimizerType>(std::move(options)));
}

template <typename Options> void take_l1_l2(Arguments& arguments, Options& o) {
  arguments.take("l1_regularization_strength", o.l1_regularization_strength).take("l2_regularization_strength", o.l2_regularization_strength);
}

Made adaptive(Arguments a, const std::string& type) {
  if (type == "AdamOptimizer")
    return make<AdamOptimizer>(
        a, AdamOptions{}, [](Arguments& args, AdamOptions& o) { args.take("beta1", o.beta1).take("beta2", o.beta2).take("epsilon", o.epsilon); });
  if (type == "AdadeltaOptimizer")
    return make<AdadeltaOptimizer>(a, AdadeltaOptions{},
                                   [](Arguments& args, AdadeltaOptions& o) { args.take("rho", o.rho).take("epsilon", o.epsilon); });
  if (type == "RMSPropOptimizer")
    return make<RMSPropOptimizer>(a, RMSPropOptions{.learning_rate = 0.0f}, [](Arguments& args, RMSPropOptions& o) {
      args.take("decay", o.decay).take("momentum", o.momentum).take("epsilon", o.epsilon).take("centered", o.centered);
    });
  if (type == "AdagradOptimizer")
    return make<AdagradOptimizer>(a, AdagradOptions{.learning_rate = 0.0f},
                                  [](Arguments& args, AdagradOptions& o) { args.take("initial_accumulator_value", o.initial_accumulator_value); });
  if (type == "AdagradDAOptimizer")
    return make<AdagradDAOptimizer>(a, AdagradDAOptions{.learning_rate = 0.0f, .global_step = 0}, [](Arguments& args, AdagradDAOptions& o) {
      args.take("global_step", o.global_step).take("initial_gradient_squared_accumulator_value", o.initial_gradient_squared_accumulator_value);
      take_l1_l2(args, o);
    });
  return invalid_argument("no optimizer '", type, "'");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> make_optimizer(Graph& graph, const std::string& type, const std::string& arguments) {
  const Arguments a(graph, arguments);
  if (type == "GradientDescentOptimizer")
    return make<GradientDescentOptimizer>(a, GradientDescentOptions{.learning_rate = 0.0f}, [](Arguments&, GradientDescentOptions&) {});
  if (type == "MomentumOptimizer")
    return make<MomentumOptimizer>(a, MomentumOptions{.learning_rate = 0.0f, .momentum = 0.0f}, [](Arguments& args, MomentumOptions& o) {
      args.take("momentum", o.momentum).take("use_nesterov", o.use_nesterov);
    });
  if (type == "FtrlOptimizer")
    return make<FtrlOptimizer>(a, FtrlOptions{.learning_rate = 0.0f}, [](Arguments& args, FtrlOptions& o) {
      args.take("learning_rate_power", o.learning_rate_power).take("initial_accumulator_value", o.initial_accumulator_value);
      args.take("l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength);
      take_l1_l2(args, o);
    });
  if (type == "ProximalAdagradOptimizer")
    return make<ProximalAdagradOptimizer>(a, ProximalAdagradOptions{.learning_rate = 0.0f}, [](Arguments& args, ProximalAdagradOptions& o) {
      args.take("initial_accumulator_value", o.initial_accumulator_value);
      take_l1_l2(args, o);
    });
  if (type == "ProximalGradientDescentOptimizer")
    return make<ProximalGradientDescentOptimizer>(a, ProximalGradientDescentOptions{.learning_rate = 0.0f},
                                                  take_l1_l2<ProximalGradientDescentOptions>);
  return adaptive(a, type);
}

}  // namespace weft::oracle
