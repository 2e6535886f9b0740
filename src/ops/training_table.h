// The table of the optimizers' update ops: names, variables, inputs and attributes as TensorFlow has them.
#pragma once

#include "src/ops/training_op.h"

namespace weft::training {

inline AttrDef use_nesterov() { return bool_attribute("use_nesterov", false); }
inline AttrDef update_slots() { return bool_attribute("update_slots", true); }

// With a dense and a sparse form.
inline TrainingOp proximal_gradient_descent() {
  return {.name = "ApplyProximalGradientDescent", .variables = {"var"}, .inputs = {"alpha", "l1", "l2", "delta"}};
}
inline TrainingOp adadelta() {
  return {.name = "ApplyAdadelta", .variables = {"var", "accum", "accum_update"}, .inputs = {"lr", "rho", "epsilon", "grad"}};
}
inline TrainingOp adagrad() { return {.name = "ApplyAdagrad", .variables = {"var", "accum"}, .inputs = {"lr", "grad"}, .flag = update_slots()}; }
inline TrainingOp adagrad_v2() {
  return {.name = "ApplyAdagradV2", .variables = {"var", "accum"}, .inputs = {"lr", "epsilon", "grad"}, .flag = update_slots()};
}
inline TrainingOp proximal_adagrad() { return {.name = "ApplyProximalAdagrad", .variables = {"var", "accum"}, .inputs = {"lr", "l1", "l2", "grad"}}; }
inline TrainingOp adagrad_da() {
  return {.name = "ApplyAdagradDA",
          .variables = {"var", "gradient_accumulator", "gradient_squared_accumulator"},
          .inputs = {"grad", "lr", "l1", "l2", "global_step"}};
}
inline TrainingOp ftrl() { return {.name = "ApplyFtrl", .variables = {"var", "accum", "linear"}, .inputs = {"grad", "lr", "l1", "l2", "lr_power"}}; }
inline TrainingOp ftrl_v2() {
  return {.name = "ApplyFtrlV2", .variables = {"var", "accum", "linear"}, .inputs = {"grad", "lr", "l1", "l2", "l2_shrinkage", "lr_power"}};
}
inline TrainingOp momentum() {
  return {.name = "ApplyMomentum", .variables = {"var", "accum"}, .inputs = {"lr", "grad", "momentum"}, .flag = use_nesterov()};
}
inline TrainingOp keras_momentum() {
  return {.name = "ApplyKerasMomentum", .variables = {"var", "accum"}, .inputs = {"lr", "grad", "momentum"}, .flag = use_nesterov()};
}
inline TrainingOp rms_prop() {
  return {.name = "ApplyRMSProp", .variables = {"var", "ms", "mom"}, .inputs = {"lr", "rho", "momentum", "epsilon", "grad"}};
}
inline TrainingOp centered_rms_prop() {
  return {.name = "ApplyCenteredRMSProp", .variables = {"var", "mg", "ms", "mom"}, .inputs = {"lr", "rho", "momentum", "epsilon", "grad"}};
}

// Dense only.
inline TrainingOp gradient_descent() { return {.name = "ApplyGradientDescent", .variables = {"var"}, .inputs = {"alpha", "delta"}}; }
inline TrainingOp adam() {
  return {.name = "ApplyAdam",
          .variables = {"var", "m", "v"},
          .inputs = {"beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon", "grad"},
          .flag = use_nesterov()};
}
inline TrainingOp adam_with_amsgrad() {
  return {.name = "ApplyAdamWithAmsgrad",
          .variables = {"var", "m", "v", "vhat"},
          .inputs = {"beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon", "grad"}};
}
inline TrainingOp ada_max() {
  return {.name = "ApplyAdaMax", .variables = {"var", "m", "v"}, .inputs = {"beta1_power", "lr", "beta1", "beta2", "epsilon", "grad"}};
}
inline TrainingOp add_sign() { return {.name = "ApplyAddSign", .variables = {"var", "m"}, .inputs = {"lr", "alpha", "sign_decay", "beta", "grad"}}; }
inline TrainingOp power_sign() {
  return {.name = "ApplyPowerSign", .variables = {"var", "m"}, .inputs = {"lr", "logbase", "sign_decay", "beta", "grad"}};
}

}  // namespace weft::training
