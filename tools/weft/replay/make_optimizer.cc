#include "tools/weft/replay/make_optimizer.h"

#include <nlohmann/json.hpp>
#include <set>

#include "weft/train/adadelta.h"
#include "weft/train/adagrad.h"
#include "weft/train/adagrad_da.h"
#include "weft/train/adam.h"
#include "weft/train/ftrl.h"
#include "weft/train/gradient_descent.h"
#include "weft/train/momentum.h"
#include "weft/train/proximal_adagrad.h"
#include "weft/train/proximal_gradient_descent.h"
#include "weft/train/rms_prop.h"

namespace weft::replay {

namespace {

using Json = nlohmann::json;

// Takes arguments out of a JSON object by name; status() then says what was wrong or left.
class Arguments {
 public:
  Arguments(const std::string& text, Graph& graph) : json_(Json::parse(text, nullptr, /*allow_exceptions=*/false)), graph_(graph) {
    if (!json_.is_object()) status_ = invalid_argument("the arguments are no JSON object: ", text);
  }

  void take(const char* name, Operand& field) {
    with(name, [&](const Json& value) { field = operand(value); });
  }
  void take(const char* name, float& field) {
    with(name, [&](const Json& value) { field = value.is_number() ? value.get<float>() : bad(value); });
  }
  void take(const char* name, bool& field) {
    with(name, [&](const Json& value) { field = value.is_boolean() ? value.get<bool>() : bad(value) != 0; });
  }
  void take(const char* name, std::string& field) {
    with(name, [&](const Json& value) {
      if (value.is_string()) field = value.get<std::string>();
    });
  }

  absl::Status status() const {
    if (!status_.ok()) return status_;
    for (const auto& item : json_.items())
      if (!taken_.contains(item.key())) return unimplemented("the argument '", item.key(), "' is not implemented");
    return absl::OkStatus();
  }

 private:
  template <typename F> void with(const char* name, F use) {
    taken_.insert(name);
    if (json_.is_object() && json_.contains(name) && !json_[name].is_null()) use(json_[name]);
  }
  float bad(const Json& value) {
    status_ = invalid_argument("an argument has the value ", value.dump());
    return 0;
  }
  // Whether `value` is {"kind": "name"}; the file may hold anything there, and a wrong kind of value throws when it is read.
  static bool names(const Json& value, const char* kind) { return value.is_object() && value.contains(kind) && value[kind].is_string(); }
  Operand operand(const Json& value) {
    if (value.is_number()) return Operand(value.get<float>());
    if (names(value, "tensor")) {
      const auto tensor = graph_.get_tensor_by_name(value["tensor"].get<std::string>());
      if (tensor.ok()) return *tensor;
      status_ = tensor.status();
    } else if (names(value, "variable")) {
      const auto handle = graph_.get_tensor_by_name(value["variable"].get<std::string>() + ":0");
      const Variable variable = handle.ok() ? graph_.variable_of(*handle) : Variable();
      if (variable) return variable;
      status_ = not_found("no variable ", value.dump());
    } else {
      bad(value);
    }
    return Operand(0.0f);
  }

  Json json_;
  Graph& graph_;
  std::set<std::string> taken_;
  absl::Status status_;
};

// Each class: its options, and their names in Python.
template <typename Class, typename Options, typename Fields>
absl::StatusOr<std::unique_ptr<Optimizer>> make(Arguments arguments, Options options, Fields fields) {
  fields(arguments, options);
  arguments.take("use_locking", options.use_locking);
  arguments.take("name", options.name);
  WEFT_RETURN_IF_ERROR(arguments.status());
  return std::make_unique<Class>(std::move(options));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Optimizer>> make_optimizer(const std::string& class_name, const std::string& text, Graph& graph) {
  Arguments arguments(text, graph);
  if (class_name == "GradientDescentOptimizer") {
    return make<GradientDescentOptimizer>(arguments, GradientDescentOptions{.learning_rate = 0.0f},
                                          [](Arguments& a, auto& o) { a.take("learning_rate", o.learning_rate); });
  }
  if (class_name == "MomentumOptimizer") {
    return make<MomentumOptimizer>(arguments, MomentumOptions{.learning_rate = 0.0f, .momentum = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("momentum", o.momentum);
      a.take("use_nesterov", o.use_nesterov);
    });
  }
  if (class_name == "AdamOptimizer") {
    return make<AdamOptimizer>(arguments, AdamOptions{}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("beta1", o.beta1);
      a.take("beta2", o.beta2);
      a.take("epsilon", o.epsilon);
    });
  }
  if (class_name == "AdagradOptimizer") {
    return make<AdagradOptimizer>(arguments, AdagradOptions{.learning_rate = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("initial_accumulator_value", o.initial_accumulator_value);
    });
  }
  if (class_name == "AdagradDAOptimizer") {
    return make<AdagradDAOptimizer>(arguments, AdagradDAOptions{.learning_rate = 0.0f, .global_step = int64_t{0}}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("global_step", o.global_step);
      a.take("initial_gradient_squared_accumulator_value", o.initial_gradient_squared_accumulator_value);
      a.take("l1_regularization_strength", o.l1_regularization_strength);
      a.take("l2_regularization_strength", o.l2_regularization_strength);
    });
  }
  if (class_name == "AdadeltaOptimizer") {
    return make<AdadeltaOptimizer>(arguments, AdadeltaOptions{}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("rho", o.rho);
      a.take("epsilon", o.epsilon);
    });
  }
  if (class_name == "RMSPropOptimizer") {
    return make<RMSPropOptimizer>(arguments, RMSPropOptions{.learning_rate = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("decay", o.decay);
      a.take("momentum", o.momentum);
      a.take("epsilon", o.epsilon);
      a.take("centered", o.centered);
    });
  }
  if (class_name == "FtrlOptimizer") {
    return make<FtrlOptimizer>(arguments, FtrlOptions{.learning_rate = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("learning_rate_power", o.learning_rate_power);
      a.take("initial_accumulator_value", o.initial_accumulator_value);
      a.take("l1_regularization_strength", o.l1_regularization_strength);
      a.take("l2_regularization_strength", o.l2_regularization_strength);
      a.take("accum_name", o.accum_name);
      a.take("linear_name", o.linear_name);
      a.take("l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength);
    });
  }
  if (class_name == "ProximalAdagradOptimizer") {
    return make<ProximalAdagradOptimizer>(arguments, ProximalAdagradOptions{.learning_rate = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("initial_accumulator_value", o.initial_accumulator_value);
      a.take("l1_regularization_strength", o.l1_regularization_strength);
      a.take("l2_regularization_strength", o.l2_regularization_strength);
    });
  }
  if (class_name == "ProximalGradientDescentOptimizer") {
    return make<ProximalGradientDescentOptimizer>(arguments, ProximalGradientDescentOptions{.learning_rate = 0.0f}, [](Arguments& a, auto& o) {
      a.take("learning_rate", o.learning_rate);
      a.take("l1_regularization_strength", o.l1_regularization_strength);
      a.take("l2_regularization_strength", o.l2_regularization_strength);
    });
  }
  return unimplemented("the optimizer ", class_name, " is not implemented");
}

}  // namespace weft::replay
