// OpBuilder: how every builder function makes its node. It converts operands inside the op's own name scope, infers attributes from
// them and adds the node; programs use it for ops of their own.
//
//   Output matmul(Operand a, Operand b, MatMulOptions options, Loc where) {
//     return OpBuilder(matmul_op(), options.name, where).input(a).input(b).attr("transpose_a", options.transpose_a)….output();
//   }
#pragma once

#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "weft/graph/graph.h"
#include "weft/graph/operand.h"

namespace weft {

using Loc = std::source_location;

class OpBuilder {
 public:
  // `name` "" means the op's type. The graph is that of the first operand that has one; give it for ops without inputs.
  OpBuilder(const OpDef& op, std::string_view name, Loc where);
  OpBuilder(Graph& graph, const OpDef& op, std::string_view name, Loc where);

  OpBuilder& input(const Operand& operand);                   // the next argument
  OpBuilder& input(const Operand& operand, DType dtype);      // a literal becomes `dtype`, whatever the attributes say
  OpBuilder& input_list(absl::Span<const Operand> operands);  // the next argument, a list
  OpBuilder& input_list(absl::Span<const Output> outputs);
  OpBuilder& attr(std::string_view name, AttrValue value);
  OpBuilder& control_input(Operation operation);

  // Adds the node. A failed operand makes a failed result quietly; an error is recorded in the graph with the location.
  Operation operation();
  Output output();                // output 0
  std::vector<Output> outputs();  // all; as many failed ones as the op declares (1 for lists) when building failed

 private:
  struct Argument {
    absl::InlinedVector<Operand, 1> operands;
    DType forced = DType::kInvalid;
  };
  Graph* find_graph() const;
  DType literal_dtype(const ArgDef& arg, const Operand& operand, const Argument& argument, const AttrMap& bound) const;

  Graph* graph_ = nullptr;
  const OpDef* op_;
  std::string name_;
  Loc where_;
  absl::InlinedVector<Argument, 3> arguments_;
  AttrMap attrs_;
  std::vector<Operation> controls_;
};

// `operand` as an Output of `graph` (null: its own): a Variable is read, a literal becomes a Const of `dtype` (kInvalid: its natural
// one) named `name` in the current scope. Failed when the literal does not fit the dtype.
Output convert(const Operand& operand, Graph* graph, DType dtype = DType::kInvalid, std::string_view name = "Const", Loc where = Loc::current());

// The graph of the first operand that has one; null when all are literals.
Graph* graph_of(std::initializer_list<const Operand*> operands);

}  // namespace weft
