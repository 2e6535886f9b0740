// OpDef: everything weft knows of one operation type, in one value: signature, attributes, shapes, kernels, gradient.
//
//   const OpDef& softplus_op() {
//     static const OpDef& op = *new OpDef{
//         .name = "Softplus",
//         .inputs = {{"features", type_attr("T")}},
//         .outputs = {{"activations", type_attr("T")}},
//         .attrs = {type_attribute("T", kFloatTypes, DType::kFloat32)},
//         .shape = unchanged_shape,
//         .kernels = unary_kernels<SoftplusFn, kFloatTypes>(),
//         .gradient = [](GradientContext& g) { return g.one(softplus_grad(g.dy(), g.x())); }};
//     return op;
//   }
//
// Names, argument order, attributes and defaults are TensorFlow 1.15's: they are its file format.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "weft/base/status.h"
#include "weft/graph/attr_value.h"
#include "weft/graph/gradient_context.h"
#include "weft/graph/shape_context.h"
#include "weft/kernel/kernel_context.h"

namespace weft {

class Node;

// The type of an argument: a fixed dtype, the value of a type attribute, N tensors of one type, or a list of types.
struct ArgType {
  DType fixed = DType::kInvalid;
  std::string_view type_attr = {};
  std::string_view number_attr = {};
  std::string_view type_list_attr = {};
  bool is_ref = false;

  constexpr ArgType() = default;
  constexpr ArgType(DType dtype) : fixed(dtype) {}  // NOLINT
  constexpr ArgType ref() const {
    ArgType t = *this;
    t.is_ref = true;
    return t;
  }
};
constexpr ArgType type_attr(std::string_view attr) {
  ArgType t;
  t.type_attr = attr;
  return t;
}
constexpr ArgType list_of(std::string_view number_attr, ArgType element) {
  element.number_attr = number_attr;
  return element;
}
constexpr ArgType type_list(std::string_view attr) {
  ArgType t;
  t.type_list_attr = attr;
  return t;
}

struct ArgDef {
  std::string_view name;
  ArgType type;
  bool is_list() const { return !type.number_attr.empty() || !type.type_list_attr.empty(); }
};

struct AttrDef {
  std::string_view name = {};
  AttrType type = AttrType::kType;
  DTypeSet allowed = {};                               // kType, kListType: empty allows all
  std::vector<std::string_view> allowed_strings = {};  // kString: empty allows all
  AttrValue default_value = {};                        // monostate: none, so it must be given or inferred
  std::optional<int64_t> minimum = {};                 // of an int, or of a list's length
};
inline AttrDef type_attribute(std::string_view name, DTypeSet allowed = {}, DType default_value = DType::kInvalid) {
  return {.name = name, .allowed = allowed, .default_value = default_value == DType::kInvalid ? AttrValue() : AttrValue(default_value)};
}
inline AttrDef attribute(std::string_view name, AttrType type, AttrValue default_value = {}) {
  return {.name = name, .type = type, .default_value = std::move(default_value)};
}
inline AttrDef int_attribute(std::string_view name, std::optional<int64_t> default_value = {}, std::optional<int64_t> minimum = {}) {
  return {.name = name, .type = AttrType::kInt, .default_value = default_value ? AttrValue(*default_value) : AttrValue(), .minimum = minimum};
}
inline AttrDef bool_attribute(std::string_view name, bool default_value) { return attribute(name, AttrType::kBool, default_value); }
inline AttrDef float_attribute(std::string_view name, float default_value) { return attribute(name, AttrType::kFloat, default_value); }
inline AttrDef string_attribute(std::string_view name, std::string default_value, std::vector<std::string_view> allowed = {}) {
  return {.name = name, .type = AttrType::kString, .allowed_strings = std::move(allowed), .default_value = std::move(default_value)};
}

// What a kernel factory may look at. The node outlives neither the plan nor the closure: copy what the closure needs.
class KernelInit {
 public:
  KernelInit(const Node& node, ResourceManager& resources) : node_(&node), resources_(&resources) {}

  const Node& node() const { return *node_; }
  std::string_view name() const;
  int num_inputs() const;
  int num_outputs() const;
  DType input_dtype(int i) const;
  DType output_dtype(int i) const;
  const AttrMap& attrs() const;
  template <typename T> T get(std::string_view attr) const { return attrs().get<T>(attr); }
  DType type(std::string_view attr) const { return get<DType>(attr); }
  // The session's resources: what a node keeps from step to step, a random generator say, is found here under the node's name.
  ResourceManager& resources() const { return *resources_; }
  // State of this node in this session, made on first use; the same object for every plan that holds the node.
  template <typename T, typename F> absl::StatusOr<std::shared_ptr<T>> node_state(F make) const {
    return resources_->lookup_or_create<T>("\x01node", name(), [&]() -> absl::StatusOr<std::shared_ptr<T>> { return make(); });
  }

 private:
  const Node* node_;
  ResourceManager* resources_;
};

using KernelFactory = std::function<absl::StatusOr<Kernel>(const KernelInit&)>;

// A factory and the attribute values it serves. An empty constraint list serves all.
struct KernelDef {
  std::vector<std::pair<std::string_view, DTypeSet>> constraints = {};
  KernelFactory make;
};
using KernelTable = std::vector<KernelDef>;

using ShapeFn = absl::Status (*)(ShapeContext&);
using GradientFn = std::function<Gradients(GradientContext&)>;

// No gradient flows through the op: its inputs count as constants (TF's NotDifferentiable). `why` appears in the reasons users read.
struct NotDifferentiable {
  std::string_view why;
};
// TensorFlow has no gradient for the op: asking for one is an error (TF's LookupError).
struct NoGradientDefined {};

class GradientRule {
 public:
  template <typename F>
  requires std::is_invocable_r_v<Gradients, F&, GradientContext&> GradientRule(F f) : rule_(GradientFn(std::move(f))) {}  // NOLINT
  GradientRule(NotDifferentiable n) : rule_(n) {}                                                                         // NOLINT
  GradientRule(NoGradientDefined n) : rule_(n) {}                                                                         // NOLINT
  const GradientFn* function() const { return std::get_if<GradientFn>(&rule_); }
  const NotDifferentiable* not_differentiable() const { return std::get_if<NotDifferentiable>(&rule_); }
  bool defined() const { return !std::holds_alternative<NoGradientDefined>(rule_); }

 private:
  std::variant<GradientFn, NotDifferentiable, NoGradientDefined> rule_;
};

// The part an op plays for the engines; ordinary ops are kNone.
enum class ControlRole : uint8_t { kNone, kSwitch, kMerge, kEnter, kExit, kNextIteration, kLoopCond, kControlTrigger };

// What an op does to the variable its first input names, for ordering accesses within a step.
enum class VariableAccess : uint8_t { kNone, kRead, kWrite, kReadWrite };

struct OpDef {
  std::string_view name;
  std::vector<ArgDef> inputs = {};
  std::vector<ArgDef> outputs = {};
  std::vector<AttrDef> attrs = {};
  bool is_stateful = false;  // never folded, merged or dropped when its value is needed
  bool is_commutative = false;
  bool is_aggregate = false;
  bool allows_uninitialized_input = false;
  bool is_placeholder = false;  // has no value of its own: must be fed
  bool keeps_input = false;     // may hold on to an input's memory after the step
  ControlRole control = ControlRole::kNone;
  VariableAccess variable_access = VariableAccess::kNone;
  ShapeFn shape;                           // no default: leaving it out does not compile in tools/ builds
  PartialValueFn partial_value = nullptr;  // an integer vector output as far as it is known while building (Shape, Pack, …)
  KernelTable kernels = {};
  GradientRule gradient;  // no default: leaving it out does not compile

  const AttrDef* find_attr(std::string_view attr) const;
  const KernelDef* find_kernel(const AttrMap& attrs) const;  // the first whose constraints hold; null when there is none
};

}  // namespace weft
