#include "case.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tensor_proto.h"

namespace weft::oracle {

namespace {

using Reader = protozero::pbf_reader;

NamedTensor read_named_tensor(Reader in) {
  NamedTensor named;
  while (in.next()) {
    if (in.tag() == 1) named.name = in.get_string();
    else if (in.tag() == 2) named.tensor = read_tensor(in.get_view());
    else in.skip();
  }
  return named;
}

Expected read_expected(Reader in) {
  Expected expected;
  while (in.next()) {
    switch (in.tag()) {
      case 1: expected.check = static_cast<Expected::Check>(in.get_enum()); break;
      case 2: expected.tensor = read_tensor(in.get_view()); break;
      case 3: expected.rtol = in.get_double(); break;
      case 4: expected.atol = in.get_double(); break;
      default: in.skip();
    }
  }
  return expected;
}

Error read_error(Reader in) {
  Error error;
  while (in.next()) {
    if (in.tag() == 1) error.code = in.get_int32();
    else if (in.tag() == 2) error.message = in.get_string();
    else in.skip();
  }
  return error;
}

Step read_step(Reader in) {
  Step step;
  while (in.next()) {
    switch (in.tag()) {
      case 1: step.feeds.push_back(read_named_tensor(in.get_message())); break;
      case 2: step.fetches.push_back(in.get_string()); break;
      case 3: step.targets.push_back(in.get_string()); break;
      default: in.skip();
    }
  }
  return step;
}

SlicesResult read_slices(Reader in) {
  SlicesResult slices;
  while (in.next()) {
    if (in.tag() == 1) slices.indices = read_expected(in.get_message());
    else if (in.tag() == 2) slices.values = read_expected(in.get_message());
    else if (in.tag() == 3) slices.dense_shape = read_expected(in.get_message());
    else in.skip();
  }
  return slices;
}

GradientResult read_gradient_result(Reader in) {
  GradientResult result;
  while (in.next()) {
    if (in.tag() == 2) result.dense = read_expected(in.get_message());
    else if (in.tag() == 3) result.slices = read_slices(in.get_message());
    else in.skip();
  }
  return result;
}

GradientCase read_gradient(Reader in) {
  GradientCase g;
  while (in.next()) {
    switch (in.tag()) {
      case 1: g.ys.push_back(in.get_string()); break;
      case 2: g.xs.push_back(in.get_string()); break;
      case 3: g.grad_ys.push_back(in.get_string()); break;
      case 4: g.stop_gradients.push_back(in.get_string()); break;
      case 5: g.unconnected_zero = in.get_bool(); break;
      case 6: g.aggregation_method = in.get_int32(); break;
      case 7: g.gate_gradients = in.get_bool(); break;
      case 8: g.before.push_back(read_step(in.get_message())); break;
      case 9: g.feeds.push_back(read_named_tensor(in.get_message())); break;
      case 10: g.expected.push_back(read_gradient_result(in.get_message())); break;
      case 11: g.build_error = read_error(in.get_message()); break;
      default: in.skip();
    }
  }
  return g;
}

GradientOf read_gradient_of(Reader in) {
  GradientOf pair;
  std::string* const fields[] = {&pair.variable, &pair.gradient, &pair.values, &pair.indices, &pair.dense_shape};
  while (in.next()) {
    if (in.tag() >= 1 && in.tag() <= 5) *fields[in.tag() - 1] = in.get_string();
    else in.skip();
  }
  return pair;
}

VariableValue read_variable_value(Reader in) {
  VariableValue value;
  while (in.next()) {
    if (in.tag() == 1) value.variable = in.get_string();
    else if (in.tag() == 2) value.expected = read_expected(in.get_message());
    else if (in.tag() == 3) value.created = in.get_bool();
    else in.skip();
  }
  return value;
}

std::vector<VariableValue> read_variable_values(Reader in) {
  std::vector<VariableValue> values;
  while (in.next()) {
    if (in.tag() == 1) values.push_back(read_variable_value(in.get_message()));
    else in.skip();
  }
  return values;
}

OptimizerCase read_optimizer(Reader in) {
  OptimizerCase o;
  while (in.next()) {
    switch (in.tag()) {
      case 1: o.type = in.get_string(); break;
      case 2: o.arguments = in.get_string(); break;
      case 3: o.gradients.push_back(read_gradient_of(in.get_message())); break;
      case 4: o.loss = in.get_string(); break;
      case 5: o.var_list.push_back(in.get_string()); break;
      case 6: o.global_step = in.get_string(); break;
      case 7: o.gate_gradients = in.get_int32(); break;
      case 8: o.aggregation_method = in.get_int32(); break;
      case 9: o.before.push_back(read_step(in.get_message())); break;
      case 10: o.steps = in.get_int32(); break;
      case 11: o.feeds.push_back(read_named_tensor(in.get_message())); break;
      case 12: o.after.push_back(read_variable_values(in.get_message())); break;
      case 13: o.build_error = read_error(in.get_message()); break;
      default: in.skip();
    }
  }
  return o;
}

Case read_case(Reader in) {
  Case c;
  while (in.next()) {
    switch (in.tag()) {
      case 1: c.id = in.get_string(); break;
      case 2: c.graph_def = in.get_bytes(); break;
      case 4: c.gradient = read_gradient(in.get_message()); break;
      case 5: c.optimizer = read_optimizer(in.get_message()); break;
      case 10: c.variables.push_back(in.get_bytes()); break;
      default: in.skip();
    }
  }
  return c;
}

}  // namespace

std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string bytes = text.str();
  std::vector<Case> cases;
  uint64_t length = 0;
  for (size_t at = 0; at + 16 <= bytes.size(); at += 16 + length) {
    std::memcpy(&length, bytes.data() + at, sizeof length);
    if (length > bytes.size() - at - 16) return {};
    cases.push_back(read_case(Reader(bytes.data() + at + 12, length)));
  }
  return cases;
}

std::vector<std::string> case_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".tfrecord") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace weft::oracle
