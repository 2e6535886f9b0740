// The optimizers' formulas, one struct a rule: members are the hyper-parameters of a step, the call updates one element. Order of
// operations is that of TensorFlow's kernels. A rule with a SingleColumn is followed by that one where rows have one element.
#pragma once

#include <algorithm>
#include <cmath>

#include "src/ops/training_op.h"

namespace weft {

template <typename T> T root(T x) { return static_cast<T>(std::sqrt(x)); }
template <typename T> T inverse_root(T x) { return T(1) / static_cast<T>(std::sqrt(x)); }
template <typename T> T power(T x, T y) { return static_cast<T>(std::pow(x, y)); }
template <typename T> T exponential(T x) { return static_cast<T>(std::exp(x)); }
template <typename T> T magnitude(T x) { return static_cast<T>(std::abs(static_cast<std::conditional_t<sizeof(T) == 2, float, T>>(x))); }
template <typename T> T sign_of(T x) { return x > T(0) ? T(1) : (x < T(0) ? T(-1) : T(0)); }
template <typename T> T larger(T a, T b) { return a < b ? b : a; }
template <typename T> T smaller(T a, T b) { return b < a ? b : a; }

// var -= delta·alpha
template <typename T> struct GradientDescentRule {
  static constexpr int kVariables = 1, kCost = 2;
  explicit GradientDescentRule(const RuleInputs<T>& in) : alpha(in.scalars[0]) {}
  void operator()(T& var, T g) const { var -= g * alpha; }
  T alpha;
};

// Forward-backward splitting: a gradient step, then shrinkage by l1 and l2. Duchi and Singer, 2009.
template <typename T> T shrink(T v, T rate, T l1, T l2) {
  if (l1 > T(0)) return sign_of(v) * larger(magnitude(v) - rate * l1, T(0)) / (T(1) + l2 * rate);
  return v / (T(1) + l2 * rate);
}

template <typename T> struct ProximalGradientDescentRule {
  static constexpr int kVariables = 1, kCost = 8;
  explicit ProximalGradientDescentRule(const RuleInputs<T>& in) : alpha(in.scalars[0]), l1(in.scalars[1]), l2(in.scalars[2]) {}
  void operator()(T& var, T g) const {
    var -= g * alpha;
    var = shrink(var, alpha, l1, l2);
  }
  T alpha, l1, l2;
};

// In rows of one element TensorFlow's divisor is a double.
template <typename T> T shrink_by_double(T v, T rate, T l1, T l2) {
  const double divisor = 1.0 + static_cast<double>(l2 * rate);
  if (l1 > T(0)) return static_cast<T>(static_cast<double>(sign_of(v) * larger(magnitude(v) - rate * l1, T(0))) / divisor);
  return static_cast<T>(static_cast<double>(v) / divisor);
}
template <typename T> struct SparseProximalGradientDescentRule : ProximalGradientDescentRule<T> {
  struct SingleColumn : ProximalGradientDescentRule<T> {
    using ProximalGradientDescentRule<T>::ProximalGradientDescentRule;
    void operator()(T& var, T g) const { var = shrink_by_double<T>(var - this->alpha * g, this->alpha, this->l1, this->l2); }
  };
  using ProximalGradientDescentRule<T>::ProximalGradientDescentRule;
};

// Adadelta. Zeiler, 2012.
template <typename T> struct AdadeltaRule {
  static constexpr int kVariables = 3, kCost = 16;
  explicit AdadeltaRule(const RuleInputs<T>& in) : lr(in.scalars[0]), rho(in.scalars[1]), epsilon(in.scalars[2]) {}
  void operator()(T& var, T& accum, T& accum_update, T g) const {
    accum = accum * rho + g * g * (T(1) - rho);
    const T update = root(accum_update + epsilon) * inverse_root(accum + epsilon) * g;
    var -= update * lr;
    accum_update = accum_update * rho + update * update * (T(1) - rho);
  }
  T lr, rho, epsilon;
};

// Adagrad. Duchi, Hazan, Singer, 2011.
template <typename T> struct AdagradRule {
  static constexpr int kVariables = 2, kCost = 10;
  explicit AdagradRule(const RuleInputs<T>& in) : lr(in.scalars[0]), update_slots(in.flag) {}
  void operator()(T& var, T& accum, T g) const {
    if (update_slots) accum += g * g;
    var -= g * lr * inverse_root(accum);
  }
  T lr;
  bool update_slots;
};
template <typename T> struct SparseAdagradRule : AdagradRule<T> {
  struct SingleColumn : AdagradRule<T> {
    using AdagradRule<T>::AdagradRule;
    void operator()(T& var, T& accum, T g) const {
      if (this->update_slots) accum += g * g;
      var -= this->lr * g / root(accum);
    }
  };
  using AdagradRule<T>::AdagradRule;
};

// Adagrad with the divisor √accum + epsilon, as Keras has it.
template <typename T> struct AdagradV2Rule {
  static constexpr int kVariables = 2, kCost = 10;
  explicit AdagradV2Rule(const RuleInputs<T>& in) : lr(in.scalars[0]), epsilon(in.scalars[1]), update_slots(in.flag) {}
  void operator()(T& var, T& accum, T g) const {
    if (update_slots) accum += g * g;
    var -= g * lr / (root(accum) + epsilon);
  }
  T lr, epsilon;
  bool update_slots;
};

template <typename T> struct ProximalAdagradRule {
  static constexpr int kVariables = 2, kCost = 16;
  explicit ProximalAdagradRule(const RuleInputs<T>& in) : lr(in.scalars[0]), l1(in.scalars[1]), l2(in.scalars[2]) {}
  void operator()(T& var, T& accum, T g) const {
    accum += g * g;
    const T rate = lr * inverse_root(accum);
    var -= g * rate;
    var = shrink(var, rate, l1, l2);
  }
  T lr, l1, l2;
};
template <typename T> struct SparseProximalAdagradRule : ProximalAdagradRule<T> {
  struct SingleColumn : ProximalAdagradRule<T> {
    using ProximalAdagradRule<T>::ProximalAdagradRule;
    void operator()(T& var, T& accum, T g) const {
      accum += g * g;
      const T rate = this->lr / root(accum);
      var = shrink_by_double<T>(var - rate * g, rate, this->l1, this->l2);
    }
  };
  using ProximalAdagradRule<T>::ProximalAdagradRule;
};

// Adagrad's dual averaging: the weight follows from the sums of gradients, not from its own last value.
template <typename T> struct AdagradDARule {
  static constexpr int kVariables = 3, kCost = 16;
  explicit AdagradDARule(const RuleInputs<T>& in)
      : lr(in.scalars[0]), l1(in.scalars[1]), l2(in.scalars[2]), steps(static_cast<T>(static_cast<float>(in.global_step))), steps_lr(steps * lr) {}
  void operator()(T& var, T& sum, T& squares, T g) const {
    sum += g;
    squares += g * g;
    const T divisor = l2 * steps_lr + root(squares);
    if (l1 > T(0)) {
      var = lr * T(-1) * sign_of(sum) * larger(magnitude(sum) - steps * l1, T(0)) / divisor;
    } else {
      var = lr * sum * T(-1) / divisor;
    }
  }
  T lr, l1, l2, steps, steps_lr;
};
template <typename T> struct SparseAdagradDARule : AdagradDARule<T> {
  using AdagradDARule<T>::AdagradDARule;
  void operator()(T& var, T& sum, T& squares, T g) const {
    sum += g;
    squares += g * g;
    const T divisor = this->l2 + root(squares) / this->steps_lr;
    if (this->l1 > T(0)) {
      var = T(-1) * sign_of(sum) * larger(magnitude(sum) / this->steps - this->l1, T(0)) / divisor;
    } else {
      var = T(-1) * (sum / this->steps) / divisor;
    }
  }
  // In doubles, and the original form of the formula.
  struct SingleColumn : AdagradDARule<T> {
    explicit SingleColumn(const RuleInputs<T>& in)
        : AdagradDARule<T>(in),
          rate(this->lr),
          steps_l1(static_cast<double>(in.global_step) * this->l1),
          steps_l2_lr(static_cast<double>(in.global_step) * this->l2 * static_cast<double>(this->lr)) {}
    void operator()(T& var, T& sum, T& squares, T gradient) const {
      const double g = gradient;
      sum = static_cast<T>(sum + g);
      squares = static_cast<T>(squares + g * g);
      const double divisor = steps_l2_lr + static_cast<double>(root(squares));
      if (this->l1 > T(0)) {
        var = static_cast<T>(static_cast<double>(sign_of(-sum)) * rate * larger(static_cast<double>(magnitude(sum)) - steps_l1, 0.0) / divisor);
      } else {
        var = static_cast<T>(static_cast<double>(-sum) * rate / divisor);
      }
    }
    double rate, steps_l1, steps_l2_lr;
  };
};

// Follow the regularized leader. McMahan et al., 2013. V2 adds a shrinkage of the weights themselves to the gradient.
template <typename T, bool kShrinks> struct FtrlRuleOf {
  static constexpr int kVariables = 3, kCost = 24;
  explicit FtrlRuleOf(const RuleInputs<T>& in)
      : lr(in.scalars[0]), l1(in.scalars[1]), l2(in.scalars[2]), shrinkage(kShrinks ? in.scalars[3] : T(0)), lr_power(in.scalars[kShrinks ? 4 : 3]) {}
  T scaled(T accum) const { return lr_power == T(-0.5) ? root(accum) : power(accum, -lr_power); }
  T shrunk_gradient(T g, T var) const { return kShrinks ? g + T(2) * shrinkage * var : g; }
  void operator()(T& var, T& accum, T& linear, T g) const {
    const T new_accum = accum + g * g;
    linear += shrunk_gradient(g, var) - (scaled(new_accum) - scaled(accum)) / lr * var;
    const T x = l1 * sign_of(linear) - linear;
    const T y = scaled(new_accum) / lr + T(2) * l2;
    var = magnitude(linear) > l1 ? x / y : T(0);
    accum = new_accum;
  }
  T lr, l1, l2, shrinkage, lr_power;
};
template <typename T, bool kShrinks> struct SparseFtrlRuleOf : FtrlRuleOf<T, kShrinks> {
  using FtrlRuleOf<T, kShrinks>::FtrlRuleOf;
  void operator()(T& var, T& accum, T& linear, T g) const {
    const T new_accum = accum + g * g;
    linear += this->shrunk_gradient(g, var) - (this->scaled(new_accum) - this->scaled(accum)) / this->lr * var;
    const T x = larger(smaller(linear, this->l1), -this->l1) - linear;
    var = x / (this->scaled(new_accum) / this->lr + T(2) * this->l2);
    accum = new_accum;
  }
  struct SingleColumn : FtrlRuleOf<T, kShrinks> {
    using FtrlRuleOf<T, kShrinks>::FtrlRuleOf;
    void operator()(T& var, T& accum, T& linear, T g) const {
      const T new_accum = accum + g * g;
      const T sigma = (power(new_accum, -this->lr_power) - power(accum, -this->lr_power)) / this->lr;
      linear = linear + this->shrunk_gradient(g, var) - sigma * var;
      const T x = larger(smaller(linear, this->l1), -this->l1) - linear;
      var = x / (this->scaled(new_accum) / this->lr + T(2) * this->l2);
      accum = new_accum;
    }
  };
};
template <typename T> using FtrlRule = FtrlRuleOf<T, false>;
template <typename T> using FtrlV2Rule = FtrlRuleOf<T, true>;
template <typename T> using SparseFtrlRule = SparseFtrlRuleOf<T, false>;
template <typename T> using SparseFtrlV2Rule = SparseFtrlRuleOf<T, true>;

// Momentum. Polyak, 1964; with use_nesterov as in Sutskever et al., 2013.
template <typename T> struct MomentumRule {
  static constexpr int kVariables = 2, kCost = 5;
  explicit MomentumRule(const RuleInputs<T>& in) : lr(in.scalars[0]), momentum(in.scalars[1]), nesterov(in.flag) {}
  void operator()(T& var, T& accum, T g) const {
    accum = accum * momentum + g;
    if (nesterov) var -= g * lr + accum * momentum * lr;
    else var -= accum * lr;
  }
  T lr, momentum;
  bool nesterov;
};

template <typename T> struct SparseMomentumRule : MomentumRule<T> {
  using MomentumRule<T>::MomentumRule;
  void operator()(T& var, T& accum, T g) const {
    accum = accum * this->momentum + g;
    if (this->nesterov) var -= g * this->lr + this->lr * this->momentum * accum;
    else var -= accum * this->lr;
  }
};

// Momentum with the learning rate inside the accumulator, as Keras has it.
template <typename T> struct KerasMomentumRule {
  static constexpr int kVariables = 2, kCost = 5;
  explicit KerasMomentumRule(const RuleInputs<T>& in) : lr(in.scalars[0]), momentum(in.scalars[1]), nesterov(in.flag) {}
  void operator()(T& var, T& accum, T g) const {
    accum = accum * momentum - g * lr;
    if (nesterov) var += accum * momentum - g * lr;
    else var += accum;
  }
  T lr, momentum;
  bool nesterov;
};

// RMSProp. Hinton, 2012.
template <typename T> struct RMSPropRule {
  static constexpr int kVariables = 3, kCost = 12;
  explicit RMSPropRule(const RuleInputs<T>& in) : lr(in.scalars[0]), rho(in.scalars[1]), momentum(in.scalars[2]), epsilon(in.scalars[3]) {}
  void operator()(T& var, T& ms, T& mom, T g) const {
    ms += (g * g - ms) * (T(1) - rho);
    mom = mom * momentum + (g * lr) / root(ms + epsilon);
    var -= mom;
  }
  T lr, rho, momentum, epsilon;
};

// RMSProp that divides by the deviation around the gradient's running mean. Graves, 2013.
template <typename T> struct CenteredRMSPropRule {
  static constexpr int kVariables = 4, kCost = 16;
  explicit CenteredRMSPropRule(const RuleInputs<T>& in) : lr(in.scalars[0]), rho(in.scalars[1]), momentum(in.scalars[2]), epsilon(in.scalars[3]) {}
  void operator()(T& var, T& mg, T& ms, T& mom, T g) const {
    ms += (g * g - ms) * (T(1) - rho);
    mg += (g - mg) * (T(1) - rho);
    const T denominator = (ms - mg * mg) + epsilon;
    mom = mom * momentum + (g * lr) / root(denominator);
    var -= mom;
  }
  T lr, rho, momentum, epsilon;
};

// The sparse forms of the two weigh old and new instead of moving by the difference.
template <typename T> struct SparseRMSPropRule : RMSPropRule<T> {
  using RMSPropRule<T>::RMSPropRule;
  void operator()(T& var, T& ms, T& mom, T g) const {
    ms = ms * this->rho + g * g * (T(1) - this->rho);
    mom = mom * this->momentum + inverse_root(ms + this->epsilon) * this->lr * g;
    var -= mom;
  }
};
template <typename T> struct SparseCenteredRMSPropRule : CenteredRMSPropRule<T> {
  using CenteredRMSPropRule<T>::CenteredRMSPropRule;
  void operator()(T& var, T& mg, T& ms, T& mom, T g) const {
    ms = ms * this->rho + g * g * (T(1) - this->rho);
    mg = mg * this->rho + g * (T(1) - this->rho);
    const T denominator = ms + this->epsilon - mg * mg;
    mom = mom * this->momentum + inverse_root(denominator) * this->lr * g;
    var -= mom;
  }
};

// Adam. Kingma and Ba, 2015; with use_nesterov as in Dozat, 2016.
template <typename T> struct AdamRule {
  static constexpr int kVariables = 3, kCost = 14;
  explicit AdamRule(const RuleInputs<T>& in)
      : alpha(in.scalars[2] * root(T(1) - in.scalars[1]) / (T(1) - in.scalars[0])),
        beta1(in.scalars[3]),
        one_minus_beta1(T(1) - beta1),
        one_minus_beta2(T(1) - in.scalars[4]),
        epsilon(in.scalars[5]),
        nesterov(in.flag) {}
  void operator()(T& var, T& m, T& v, T g) const {
    m += (g - m) * one_minus_beta1;
    v += (g * g - v) * one_minus_beta2;
    if (nesterov) var -= ((g * one_minus_beta1 + beta1 * m) * alpha) / (root(v) + epsilon);
    else var -= (m * alpha) / (root(v) + epsilon);
  }
  T alpha, beta1, one_minus_beta1, one_minus_beta2, epsilon;
  bool nesterov;
};

// Adam with the largest second moment so far. Reddi, Kale, Kumar, 2018.
template <typename T> struct AdamWithAmsgradRule {
  static constexpr int kVariables = 4, kCost = 16;
  explicit AdamWithAmsgradRule(const RuleInputs<T>& in) : adam(in) {}
  void operator()(T& var, T& m, T& v, T& vhat, T g) const {
    m += (g - m) * adam.one_minus_beta1;
    v += (g * g - v) * adam.one_minus_beta2;
    vhat = larger(vhat, v);
    var -= (m * adam.alpha) / (root(vhat) + adam.epsilon);
  }
  AdamRule<T> adam;
};

// Adam by the infinity norm. Kingma and Ba, 2015, section 7.1.
template <typename T> struct AdaMaxRule {
  static constexpr int kVariables = 3, kCost = 12;
  explicit AdaMaxRule(const RuleInputs<T>& in)
      : rate(in.scalars[1] / (T(1) - in.scalars[0])), one_minus_beta1(T(1) - in.scalars[2]), beta2(in.scalars[3]), epsilon(in.scalars[4]) {}
  void operator()(T& var, T& m, T& v, T g) const {
    m += (g - m) * one_minus_beta1;
    v = larger(beta2 * v, magnitude(g));
    var -= rate * (m / (v + epsilon));
  }
  T rate, one_minus_beta1, beta2, epsilon;
};

// AddSign and PowerSign. Bello et al., 2017.
template <typename T> struct AddSignRule {
  static constexpr int kVariables = 2, kCost = 10;
  explicit AddSignRule(const RuleInputs<T>& in) : lr(in.scalars[0]), alpha(in.scalars[1]), sign_decay(in.scalars[2]), beta(in.scalars[3]) {}
  void operator()(T& var, T& m, T g) const {
    m = m * beta + g * (T(1) - beta);
    var -= lr * (alpha + sign_decay * (sign_of(g) * sign_of(m))) * g;
  }
  T lr, alpha, sign_decay, beta;
};

template <typename T> struct PowerSignRule {
  static constexpr int kVariables = 2, kCost = 20;
  explicit PowerSignRule(const RuleInputs<T>& in) : lr(in.scalars[0]), logbase(in.scalars[1]), sign_decay(in.scalars[2]), beta(in.scalars[3]) {}
  void operator()(T& var, T& m, T g) const {
    m = m * beta + g * (T(1) - beta);
    var -= lr * exponential(logbase * sign_decay * (sign_of(g) * sign_of(m))) * g;
  }
  T lr, logbase, sign_decay, beta;
};

}  // namespace weft
