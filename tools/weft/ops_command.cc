// weft ops: which operations there are, for which dtypes they have kernels, and whether they have a gradient.
#include <iostream>
#include <memory>
#include <regex>
#include <string>

#include "tools/weft/commands.h"
#include "weft/base/strings.h"
#include "weft/graph/op_registry.h"

namespace weft::tool {

namespace {

struct Arguments {
  std::string filter;
  bool names_only = false;
};

struct Column {
  const char* heading;
  DType dtype;
};
constexpr Column kColumns[] = {{"f32", DType::kFloat32},   {"f64", DType::kFloat64},     {"f16", DType::kHalf},   {"bf16", DType::kBFloat16},
                               {"i8", DType::kInt8},       {"i16", DType::kInt16},       {"i32", DType::kInt32},  {"i64", DType::kInt64},
                               {"u8", DType::kUInt8},      {"u16", DType::kUInt16},      {"u32", DType::kUInt32}, {"u64", DType::kUInt64},
                               {"c64", DType::kComplex64}, {"c128", DType::kComplex128}, {"bool", DType::kBool},  {"str", DType::kString}};

// The type attribute that kernels of the op are told apart by: the first that any kernel constrains.
std::string_view main_type_attr(const OpDef& op) {
  for (const AttrDef& attr : op.attrs) {
    if (attr.type != AttrType::kType) continue;
    for (const KernelDef& kernel : op.kernels) {
      for (const auto& constraint : kernel.constraints)
        if (constraint.first == attr.name) return attr.name;
    }
  }
  for (const AttrDef& attr : op.attrs)
    if (attr.type == AttrType::kType) return attr.name;
  return {};
}

// The dtypes of that attribute for which some kernel serves.
DTypeSet kernel_types(const OpDef& op, std::string_view attr) {
  const AttrDef* def = op.find_attr(attr);
  const DTypeSet allowed = def == nullptr || def->allowed.empty() ? kAllTypes : def->allowed;
  DTypeSet types;
  for (const KernelDef& kernel : op.kernels) {
    DTypeSet served = allowed;
    for (const auto& [name, set] : kernel.constraints)
      if (name == attr) served = served & set;
    types = types | served;
  }
  return types;
}

std::string gradient_text(const OpDef& op) {
  if (op.gradient.function() != nullptr) return "yes";
  return op.gradient.not_differentiable() != nullptr ? "none" : "-";
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

int print_ops(const Arguments& arguments) {
  std::regex filter;
  try {
    filter = std::regex(arguments.filter, std::regex::icase);
  } catch (const std::regex_error& error) {
    std::cerr << "weft ops: '" << arguments.filter << "' is no regular expression: " << error.what() << "\n";
    return 2;
  }
  size_t width = 4;
  std::vector<const OpDef*> ops;
  for (const OpDef* op : OpRegistry::standard().all()) {
    if (!std::regex_search(std::string(op->name), filter)) continue;
    ops.push_back(op);
    width = std::max(width, op->name.size() + 1);
  }
  if (arguments.names_only) {
    for (const OpDef* op : ops) std::cout << op->name << "\n";
    return 0;
  }
  std::string heading = padded("op", width) + padded("grad", 6);
  for (const Column& column : kColumns) heading += padded(column.heading, 5);
  std::cout << heading << "\n";
  int with_gradient = 0;
  int with_kernel = 0;
  for (const OpDef* op : ops) {
    const std::string_view attr = main_type_attr(*op);
    const DTypeSet types = kernel_types(*op, attr);
    std::string line = padded(std::string(op->name), width) + padded(gradient_text(*op), 6);
    for (const Column& column : kColumns) {
      const AttrDef* def = op->find_attr(attr);
      const bool possible = def != nullptr && (def->allowed.empty() || def->allowed.contains(column.dtype));
      line += padded(attr.empty() ? (op->kernels.empty() ? "" : "*") : types.contains(column.dtype) ? "x" : possible ? "." : "", 5);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    std::cout << line << "\n";
    with_gradient += op->gradient.function() != nullptr ? 1 : 0;
    with_kernel += op->kernels.empty() ? 0 : 1;
  }
  std::cout << "\n"
            << ops.size() << " ops, " << with_kernel << " with kernels, " << with_gradient << " with a gradient\n"
            << "x: kernel   .: TensorFlow allows the dtype, no kernel here   *: the op has no type attribute\n"
            << "grad: yes, none (no gradient flows through), - (TensorFlow has none: asking for it is an error)\n";
  return 0;
}

}  // namespace

void add_ops_command(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("ops", "List the operations: dtypes with a kernel, gradients");
  command->add_option("filter", arguments->filter, "Only names that match this regular expression");
  command->add_flag("--names", arguments->names_only, "Names only, one a line");
  command->callback([arguments, exit_code] { *exit_code = print_ops(*arguments); });
}

}  // namespace weft::tool
