// Nodes that order other nodes: no_op, group, tuple, with_dependencies; and assert_op.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "weft/ops/op_builder.h"

namespace weft {

// A node that computes nothing; it runs after its control inputs. TF op NoOp.
Operation no_op(Graph& graph, std::string_view name = "", Loc where = Loc::current());

// One operation that is done when all of `operations` are: a NoOp with control inputs; where they stand on several devices, one NoOp
// for each device and one over those. A failed operation makes a failed group. `name` "" means "group_deps", as in TF.
Operation group(absl::Span<const Operation> operations, std::string_view name = "", Loc where = Loc::current());
Operation group(std::initializer_list<Operation> operations, std::string_view name = "", Loc where = Loc::current());
// The same for a list that may be empty.
Operation group(Graph& graph, absl::Span<const Operation> operations, std::string_view name = "", Loc where = Loc::current());

// The same values, each available only when all of them, and `control_inputs`, have been computed. Empty outputs stay empty. `name`
// "" means "tuple". At least one output must not be empty: InvalidArgument.
std::vector<Output> tuple(absl::Span<const Output> outputs, absl::Span<const Operation> control_inputs = {}, std::string_view name = "",
                          Loc where = Loc::current());

// `value`, available only after `dependencies` have run: an Identity colocated with it, named "control_dependency".
Output with_dependencies(absl::Span<const Operation> dependencies, const Output& value, std::string_view name = "", Loc where = Loc::current());

struct AssertOptions {
  int64_t summarize = 3;  // elements printed of each tensor
  std::string name = {};  // "Assert"
};
// An operation that fails with InvalidArgument "assertion failed: [data…]" when `condition`, a bool scalar, is false. Run it as a
// target or as a control dependency. TF op Assert; unlike tf.Assert, no cond guards the copies of non-integer data: none are made.
Operation assert_op(const Operand& condition, absl::Span<const Operand> data, AssertOptions options = {}, Loc where = Loc::current());

}  // namespace weft
