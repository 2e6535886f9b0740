// Ops on variables: reading, gathering, assigning, scattering and the optimizers' updates.
#include <set>

#include "tests/ops/op_cases.h"
#include "weft/graph/op_registry.h"

namespace weft {

namespace {

CaseInput data(Shape shape) { return spread(std::move(shape), -2.1, 1.9); }

// An update op's row follows from its signature: every variable and dense gradient is [4, 3], a sparse gradient has two rows.
OpCase training_case(const OpDef& op) {
  const bool sparse = op.name.find("Sparse") != std::string_view::npos;
  OpCase row{.op = op.name, .inputs = {}};
  for (const ArgDef& arg : op.inputs) {
    if (arg.type.fixed == DType::kResource) row.inputs.push_back(spread({4, 3}, 0.1, 0.9));
    else if (arg.name == "indices") row.inputs.push_back(fixed({2}, {2, 0}));
    else if (arg.name == "global_step") row.inputs.push_back(fixed(3));
    else if (arg.name == "grad" || arg.name == "delta") row.inputs.push_back(data(sparse ? Shape{2, 3} : Shape{4, 3}));
    else if (arg.name == "lr_power") row.inputs.push_back(fixed(-0.5));
    else row.inputs.push_back(fixed(0.3));
  }
  return row;
}

void add_training(std::vector<OpCase>& cases) {
  for (const OpDef* op : OpRegistry::standard().all()) {
    if (op->name.starts_with("ResourceApply") || op->name.starts_with("ResourceSparseApply")) cases.push_back(training_case(*op));
  }
}

void add_scatters(std::vector<OpCase>& cases) {
  for (const std::string_view op : {"ResourceScatterAdd", "ResourceScatterSub", "ResourceScatterMul", "ResourceScatterDiv", "ResourceScatterMin",
                                    "ResourceScatterMax", "ResourceScatterUpdate"}) {
    cases.push_back({.op = op, .inputs = {data({4, 3}), fixed({3}, {2, 0, 2}), data({3, 3})}});
    cases.push_back({.op = op, .inputs = {data({4, 3}), fixed({3}, {2, 0, 2}), data({})}});
  }
  for (const std::string_view op : {"ResourceScatterNdAdd", "ResourceScatterNdSub", "ResourceScatterNdUpdate"}) {
    cases.push_back({.op = op, .inputs = {data({4, 3}), fixed({2, 1}, {3, 1}), data({2, 3})}});
    cases.push_back({.op = op, .inputs = {data({4, 3}), fixed({2, 2}, {3, 1, 0, 2}), data({2})}});
  }
}

// ScatterAdd takes what ResourceScatterAdd takes, and so on.
void add_ref_forms(std::vector<OpCase>& cases) {
  constexpr std::string_view kPrefix = "Resource";
  const size_t resource_cases = cases.size();
  for (size_t i = 0; i < resource_cases; ++i) {
    OpCase row = cases[i];
    if (!row.op.starts_with(kPrefix)) continue;
    row.op.remove_prefix(kPrefix.size());
    const OpDef* op = OpRegistry::standard().find(row.op);
    if (op != nullptr && op->inputs[0].type.is_ref) cases.push_back(std::move(row));
  }
  for (const std::string_view op : {"Assign", "AssignAdd", "AssignSub"}) cases.push_back({.op = op, .inputs = {data({2, 3}), data({2, 3})}});
  for (const std::string_view op : {"IsVariableInitialized", "RefIdentity"})
    cases.push_back({.op = op, .inputs = {data({2, 3})}, .differentiable = false});
}

}  // namespace

std::vector<OpCase> state_cases() {
  std::vector<OpCase> cases;
  cases.push_back({.op = "ReadVariableOp", .inputs = {data({2, 3})}});
  cases.push_back({.op = "ResourceGather", .inputs = {data({3, 2}), fixed({4}, {2, 0, 2, 1})}});
  cases.push_back({.op = "ResourceGather", .inputs = {data({3, 2}), fixed({2, 2}, {2, 0, 2, 1})}});
  cases.push_back({.op = "ResourceGatherNd", .inputs = {data({3, 2}), fixed({2, 1}, {2, 0})}});
  cases.push_back({.op = "ResourceGatherNd", .inputs = {data({3, 2}), fixed({2, 2}, {2, 0, 1, 1})}});
  cases.push_back({.op = "VariableShape", .inputs = {data({2, 3})}});
  cases.push_back({.op = "VarIsInitializedOp", .inputs = {data({2, 3})}});
  cases.push_back({.op = "DestroyResourceOp", .inputs = {data({2, 3})}});
  for (const std::string_view op : {"AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp"})
    cases.push_back({.op = op, .inputs = {data({2, 3}), data({2, 3})}});
  add_scatters(cases);
  add_training(cases);
  add_ref_forms(cases);
  return cases;
}

}  // namespace weft
