// The optimizers' update kernels against what TensorFlow 1.15.5's made of the same numbers, to the bit.
#include <gtest/gtest.h>

#include "tests/ops/serial_evaluator.h"
#include "weft/graph/op_registry.h"
#include "weft/ops/constant.h"
#include "weft/ops/resource_variable_ops.h"
#include "weft/ops/training_ops.h"

namespace weft {
namespace {

struct GoldenCase {
  const char* op;
  DType dtype;
  bool flag;
  int columns;
  std::vector<double> scalars;
  std::vector<std::vector<double>> initial;
  std::vector<double> gradient;
  std::vector<int> indices;
  std::vector<std::vector<double>> after;
};

const GoldenCase kGolden[] = {
#include "tests/ops/training_golden.inc"
};

Tensor tensor(DType dtype, const std::vector<double>& values, const Shape& shape) {
  Tensor t(dtype, shape);
  dispatch<kFloatTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (size_t i = 0; i < values.size(); ++i) t.data<T>()[i] = static_cast<T>(values[i]);
  });
  return t;
}

Output handle(Graph& graph, DType dtype, const Shape& shape, std::string_view name) {
  return OpBuilder(graph, var_handle_op(), name, Loc::current()).attr("dtype", dtype).attr("shape", PartialShape(shape)).output();
}

struct Update {
  std::vector<Output> variables;  // handles
  std::vector<Operation> initializers;
  std::vector<Output> reads;
  Operation op;
};

Update build(Graph& graph, const GoldenCase& c, const Shape& shape) {
  Update update;
  const OpDef& op = *OpRegistry::standard().find(c.op);
  const Shape gradient_shape = c.indices.empty() ? shape : c.columns == 1 ? Shape{3} : Shape{3, c.columns};
  OpBuilder builder(graph, op, "", Loc::current());
  size_t scalar = 0;
  for (const ArgDef& arg : op.inputs) {
    if (arg.type.fixed == DType::kResource) {
      const size_t v = update.variables.size();
      const Output h = handle(graph, c.dtype, shape, str_cat("v", v));
      const Output value = constant(graph, tensor(c.dtype, c.initial[v], shape));
      update.initializers.push_back(OpBuilder(graph, assign_variable_op(), "", Loc::current()).input(h).input(value).operation());
      update.variables.push_back(h);
      builder.input(h);
    } else if (arg.name == "grad" || arg.name == "delta") {
      builder.input(constant(graph, tensor(c.dtype, c.gradient, gradient_shape)));
    } else if (arg.name == "indices") {
      builder.input(constant(graph, Tensor::from<int32_t>(c.indices)));
    } else if (arg.name == "global_step") {
      builder.input(constant(graph, Tensor::scalar_of<int64_t>(3)));
    } else {
      builder.input(constant(graph, tensor(c.dtype, {c.scalars[scalar++]}, Shape{})));
    }
  }
  for (const AttrDef& attr : op.attrs) {
    if (attr.name == "use_nesterov" || attr.name == "update_slots") builder.attr(attr.name, c.flag);
  }
  update.op = builder.operation();
  for (const Output& h : update.variables)
    update.reads.push_back(OpBuilder(graph, read_variable_op(), "", Loc::current()).input(h).attr("dtype", c.dtype).output());
  return update;
}

TEST(Training, EqualsTensorFlowToTheBit) {
  for (const GoldenCase& c : kGolden) {
    SCOPED_TRACE(str_cat(c.op, " ", dtype_name(c.dtype), " flag ", c.flag, " columns ", c.columns, " lr_power ",
                         c.scalars.empty() ? 0 : c.scalars.back(), " indices ", c.indices.size()));
    const Shape shape = c.indices.empty() ? Shape{3} : c.columns == 1 ? Shape{4} : Shape{4, c.columns};
    Graph graph;
    const Update update = build(graph, c, shape);
    ASSERT_TRUE(graph.status().ok()) << graph.status();
    SerialEvaluator evaluator(graph);
    ASSERT_TRUE(evaluator.run({}, update.initializers).ok());
    for (int step = 0; step < 2; ++step) {
      const auto ran = evaluator.run({}, {update.op});
      ASSERT_TRUE(ran.ok()) << ran.status();
    }
    const auto values = evaluator.run(update.reads);
    ASSERT_TRUE(values.ok()) << values.status();
    for (size_t v = 0; v < values->size(); ++v) {
      EXPECT_TRUE(equal((*values)[v], tensor(c.dtype, c.after[v], shape)))
          << "variable " << v << " is " << (*values)[v] << ", TensorFlow has " << tensor(c.dtype, c.after[v], shape);
    }
  }
}

}  // namespace
}  // namespace weft
