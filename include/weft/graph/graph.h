// Graph: nodes, names, scopes, collections. Append-only; nothing in it computes.
//
// Programs seldom call add_node: the builder functions (weft/ops, weft/build) do. One thread builds a graph. Growth and the planning
// of sessions share a mutex, so sessions of one graph may run while it grows.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "weft/base/location.h"
#include "weft/base/status.h"
#include "weft/graph/attr_value.h"
#include "weft/graph/control_flow_context.h"
#include "weft/graph/function_library.h"
#include "weft/graph/node.h"
#include "weft/graph/op_def.h"
#include "weft/graph/output.h"
#include "weft/graph/variable.h"

namespace weft {

struct GraphOptions {
  std::string name = {};               // for messages that tell two graphs apart
  bool use_resource_variables = true;  // false: VariableV2, Assign, Identity, as TF1's files have them
};

// A node to be added. `op`'s attributes that are neither given nor inferable from the inputs take their defaults.
struct NodeSpec {
  const OpDef* op = nullptr;
  std::string name = {};  // made unique inside the current scope; ending in "/": the scope itself, taken verbatim
  std::vector<Output> inputs = {};
  std::vector<Operation> control_inputs = {};
  AttrMap attrs = {};
  std::string device = {};  // "": the device scope's
  Location location = {};
};

// What a collection holds. Strings are serialised protos kept verbatim.
using CollectionItem = std::variant<Output, Operation, Variable, std::string, int64_t, float>;

// TensorFlow's collection names.
namespace collections {
inline constexpr std::string_view kGlobalVariables = "variables";
inline constexpr std::string_view kTrainableVariables = "trainable_variables";
inline constexpr std::string_view kLocalVariables = "local_variables";
inline constexpr std::string_view kModelVariables = "model_variables";
inline constexpr std::string_view kLosses = "losses";
inline constexpr std::string_view kRegularizationLosses = "regularization_losses";
inline constexpr std::string_view kUpdateOps = "update_ops";
inline constexpr std::string_view kSummaries = "summaries";
inline constexpr std::string_view kTrainOp = "train_op";
inline constexpr std::string_view kGlobalStep = "global_step";
inline constexpr std::string_view kMovingAverageVariables = "moving_average_variables";
inline constexpr std::string_view kTableInitializers = "table_initializer";
inline constexpr std::string_view kQueueRunners = "queue_runners";
inline constexpr std::string_view kSavers = "savers";
}  // namespace collections

// A scope that ends with the C++ block, like Python's `with`. Not copyable; ends once.
class [[nodiscard]] Scope {
 public:
  Scope() = default;
  explicit Scope(std::function<void()> leave, std::string name = {}) : leave_(std::move(leave)), name_(std::move(name)) {}
  Scope(Scope&& o) noexcept : leave_(std::exchange(o.leave_, nullptr)), name_(std::move(o.name_)) {}
  Scope& operator=(Scope&&) = delete;
  ~Scope() {
    if (leave_) leave_();
  }
  // Of a name scope: its full name with "/" at the end ("" at the root), to enter it again or to name a node as the scope.
  const std::string& name() const { return name_; }

 private:
  std::function<void()> leave_;
  std::string name_;
};

class Graph {
 public:
  explicit Graph(GraphOptions options = {}, std::source_location where = std::source_location::current());
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  const std::string& name() const { return options_.name; }
  // "graph 'serving' (main.cc:31)"
  std::string describe() const;
  bool use_resource_variables() const { return options_.use_resource_variables; }

  // --- Nodes -------------------------------------------------------------------------------------------------------------------
  // Checks the spec against its OpDef, makes the name unique, applies the scopes, infers dtypes and shapes, appends. On an error it
  // adds nothing, records the error with the location and returns it.
  absl::StatusOr<Node*> add_node(NodeSpec spec);
  int num_nodes() const { return static_cast<int>(nodes_.size()); }
  Node* node(int id) { return &nodes_[static_cast<size_t>(id)]; }
  const Node* node(int id) const { return &nodes_[static_cast<size_t>(id)]; }
  Node* find_node(std::string_view name) const;  // null when absent
  // NotFound names the nearest existing names; InvalidArgument for a malformed name.
  absl::StatusOr<Operation> get_operation_by_name(std::string_view name) const;
  absl::StatusOr<Output> get_tensor_by_name(std::string_view name) const;  // "loss:0"
  // For importers and loop construction: replaces input `index` of a node (a back edge), or adds a control input.
  absl::Status update_input(Node* node, int index, const Output& value);
  absl::Status add_control_input(Node* node, Operation control);
  void set_attr(Node* node, std::string_view name, AttrValue value);
  // Merges knowledge into an output's shape.
  absl::Status set_shape(const Output& output, const PartialShape& shape);

  // --- Errors ------------------------------------------------------------------------------------------------------------------
  // Errors of building, the first one first. A session refuses to plan while there are any.
  void add_error(absl::Status error, Location where = {});
  absl::Status status() const;  // OK, or the first error
  const std::vector<absl::Status>& errors() const { return errors_; }
  std::vector<absl::Status> take_errors();  // returns and clears them

  // After finalize every change is refused (FailedPrecondition naming both lines).
  void finalize(std::source_location where = std::source_location::current());
  bool finalized() const { return finalized_; }

  // --- Names and scopes --------------------------------------------------------------------------------------------------------
  // A name nobody has: `name` inside the current scope, then name_1, name_2 …, compared without case as TensorFlow does.
  std::string unique_name(std::string_view name, bool mark = true);
  // Later nodes are named "name/…". "" returns to the root; a name that ends in "/" is entered as it is.
  Scope name_scope(std::string_view name);
  std::string_view current_name_scope() const { return name_scope_; }  // "a/b", or ""
  // Nodes made inside run after `controls`. An empty list changes nothing; clear_control_dependencies drops those in force, and the
  // control-flow context.
  Scope control_dependencies(absl::Span<const Operation> controls);
  Scope control_dependencies(std::initializer_list<Operation> controls) {
    return control_dependencies(absl::Span<const Operation>(controls.begin(), controls.size()));
  }
  Scope clear_control_dependencies();
  // Nodes made inside stand with `op`; with `ignore_existing` only with it, or, when it is empty, with nothing.
  Scope colocate_with(Operation op, bool ignore_existing = false);
  Scope device(std::string_view device);  // "" drops the outer ones
  // Ops of type `first` use the gradient registered under `second` in gradient_overrides.
  Scope gradient_override_map(std::map<std::string, std::string, std::less<>> map);
  void register_gradient(std::string name, GradientFn gradient);  // for gradient_override_map
  const GradientFn* find_registered_gradient(std::string_view name) const;
  // Nodes made inside carry `where` as their location, whatever builder makes them; the outermost such scope wins.
  Scope location_scope(std::source_location where);
  // Gradient and update nodes: `forward` as location, `call` as call_location.
  Scope provenance(NodeRole role, Location forward, Location call);
  Scope control_flow_scope(ControlFlowContext* context);
  ControlFlowContext* control_flow() const { return control_flow_; }
  Scope container(std::string_view name);
  const std::string& current_container() const { return container_; }
  void own(std::shared_ptr<void> object) { owned_.push_back(std::move(object)); }  // kept as long as the graph

  // --- Collections, seed, functions ----------------------------------------------------------------------------------------------
  void add_to_collection(std::string_view name, CollectionItem item);
  const std::vector<CollectionItem>& get_collection(std::string_view name) const;
  template <typename T> std::vector<T> collection(std::string_view name) const {
    std::vector<T> items;
    for (const CollectionItem& item : get_collection(name))
      if (const T* t = std::get_if<T>(&item)) items.push_back(*t);
    return items;
  }
  std::vector<std::string> collection_names() const;
  std::vector<Variable> global_variables() const { return collection<Variable>(collections::kGlobalVariables); }
  std::vector<Variable> trainable_variables() const { return collection<Variable>(collections::kTrainableVariables); }
  // The variable whose handle is `handle` (or whose ref is); empty when there is none.
  Variable variable_of(const Output& handle) const;
  void register_variable(const Variable& variable);

  // TensorFlow's rule: random ops without a seed of their own take (seed, number of nodes so far).
  void set_seed(std::optional<int64_t> seed) { seed_ = seed; }
  std::optional<int64_t> seed() const { return seed_; }
  // The two seed attributes for a random op made now; see reference: tf.get_seed.
  std::pair<int64_t, int64_t> seeds_for(std::optional<int64_t> op_seed) const;

  FunctionLibrary& functions() { return functions_; }
  const FunctionLibrary& functions() const { return functions_; }
  // State that higher modules hang on a graph, variable scopes for instance, by type.
  template <typename T> T& extension() {
    auto& slot = extensions_[extension_key<T>()];
    if (!slot) slot = std::make_shared<T>();
    return *static_cast<T*>(slot.get());
  }

  // Held while nodes are appended; planners hold it while they read.
  std::mutex& mutex() const { return mutex_; }

 private:
  struct NameCount {
    int next = 0;
  };
  struct ControlFrame {
    std::vector<Operation> controls;
    absl::flat_hash_set<const Node*> made;
    bool clears = false;
  };
  struct Provenance {
    NodeRole role = NodeRole::kForward;
    Location forward;
    Location call;
  };

  template <typename T> static const void* extension_key() {
    static const char key = 0;
    return &key;
  }
  size_t first_control_frame() const;
  std::vector<Node*> gather_controls(const NodeSpec& spec);
  void apply_colocation(NodeSpec& spec);
  absl::Status infer_shapes(Node& node);
  absl::Status record(absl::Status error, Location where);

  GraphOptions options_;
  Location location_;
  std::deque<Node> nodes_;  // stable addresses
  absl::flat_hash_map<absl::string_view, Node*> by_name_;  // the nodes' own names
  absl::flat_hash_map<std::string, NameCount> used_names_;  // lower-cased
  std::vector<absl::Status> errors_;
  bool finalized_ = false;
  Location finalized_at_;

  // Scopes in force.
  std::string name_scope_;
  std::vector<ControlFrame> control_frames_;
  std::vector<std::string> colocation_;  // "loc:@x", sorted
  std::string device_;
  bool device_is_colocated_ = false;  // device_ is that of a node colocated with, which device scopes do not change
  std::string container_;
  std::map<std::string, std::string, std::less<>> gradient_overrides_;
  std::optional<Location> location_scope_;
  Provenance provenance_;
  ControlFlowContext* control_flow_ = nullptr;

  std::map<std::string, std::vector<CollectionItem>, std::less<>> collections_;
  absl::flat_hash_map<const Node*, Variable> variables_;
  std::map<std::string, GradientFn, std::less<>> registered_gradients_;
  std::optional<int64_t> seed_;
  FunctionLibrary functions_;
  std::map<const void*, std::shared_ptr<void>> extensions_;
  std::vector<std::shared_ptr<void>> owned_;
  mutable std::mutex mutex_;
};

// The graph as text, a line a node in order: "name = Op[attr=value](input:0, ^control) : float32 [2,3]". For tests and debugging.
std::string to_text(const Graph& graph);

}  // namespace weft
