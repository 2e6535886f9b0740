// Layers: an op together with its variables. TF1's tf.layers.
//
//   Output h = layers::dense(images, 128, {.activation = relu, .name = "hidden"});     // hidden/kernel, hidden/bias, hidden/Relu
//   h = layers::dropout(h, 0.5f, training);
#pragma once

#include <array>
#include <functional>
#include <string>

#include "weft/build/initializers.h"
#include "weft/build/regularizers.h"
#include "weft/ops/op_builder.h"

namespace weft::layers {

// What is applied to a layer's sum: an op's builder function, or any function of an Output. Empty: nothing.
class Activation {
 public:
  Activation() = default;
  Activation(Output (*f)(const Operand&, std::string_view, Loc)) : apply_([f](const Output& x, Loc where) { return f(x, "", where); }) {}  // NOLINT
  template <typename F>
  requires std::is_invocable_r_v<Output, F&, const Output&> Activation(F f) : apply_([f](const Output& x, Loc) { return f(x); }) {}  // NOLINT
  explicit operator bool() const { return apply_ != nullptr; }
  Output operator()(const Output& x, Loc where) const { return apply_(x, where); }

 private:
  std::function<Output(const Output&, Loc)> apply_;
};

struct DenseOptions {
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = {};  // the variable scope's, else glorot_uniform
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  bool trainable = true;
  std::string name = {};  // "dense", made unique. A name given twice shares the variables under a reusing variable scope
};
// activation(inputs . kernel + bias): inputs [..., in], kernel [in, units], bias [units]; result [..., units].
Output dense(const Operand& inputs, int64_t units, DenseOptions options = {}, Loc where = Loc::current());

struct Conv2DLayerOptions {
  std::array<int64_t, 2> strides = {1, 1};
  std::string padding = "VALID";  // or "SAME"
  std::array<int64_t, 2> dilation_rate = {1, 1};
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = {};
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer = {};
  bool trainable = true;
  std::string name = {};  // "conv2d"
};
// Inputs [batch, height, width, in], kernel [kernel_size, in, filters].
Output conv2d(const Operand& inputs, int64_t filters, std::array<int64_t, 2> kernel_size, Conv2DLayerOptions options = {},
              Loc where = Loc::current());

struct PoolingOptions {
  std::string padding = "VALID";
  std::string name = {};
};
// Inputs [batch, height, width, channels].
Output max_pooling2d(const Operand& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides, PoolingOptions options = {},
                     Loc where = Loc::current());
Output average_pooling2d(const Operand& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides, PoolingOptions options = {},
                         Loc where = Loc::current());

struct DropoutLayerOptions {
  std::optional<int64_t> seed = {};
  std::string name = {};  // "dropout"
};
// While training, zeroes each element with probability `rate` and scales the others by 1/(1-rate); else the identity.
// Srivastava et al., JMLR 2014.
Output dropout(const Operand& inputs, float rate, bool training, DropoutLayerOptions options = {}, Loc where = Loc::current());

struct BatchNormalizationOptions {
  double momentum = 0.99;
  float epsilon = 1e-3f;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = zeros_initializer();
  Initializer gamma_initializer = ones_initializer();
  Initializer moving_mean_initializer = zeros_initializer();
  Initializer moving_variance_initializer = ones_initializer();
  bool trainable = true;
  std::string name = {};  // "batch_normalization"
};
// (x - mean) / sqrt(variance + epsilon) * gamma + beta over all but the last dimension. While training, mean and variance are the
// batch's, and updates of the moving averages go to collection "update_ops": run them with the train op. Else the moving averages
// are used. Ioffe and Szegedy, ICML 2015.
Output batch_normalization(const Operand& inputs, bool training, BatchNormalizationOptions options = {}, Loc where = Loc::current());

// [batch, d1, d2, ...] as [batch, d1*d2*...].
Output flatten(const Operand& inputs, std::string_view name = "", Loc where = Loc::current());

}  // namespace weft::layers
