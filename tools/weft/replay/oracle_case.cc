// The messages, by field number. `bytes` fields hold TensorFlow's own messages.
//
//   Case := id=1  graph_def=2  (replay=3 | gradient=4 | optimizer=5)  ops=6*  session=7  cond_context=8*  while_context=9*  variable=10*
//   SessionOptions := cpu_devices=1  allow_soft_placement=2  operation_timeout_ms=3
//   Replay := step=1*                    NamedTensor := name=1  tensor=2          Error := code=1  message=2  python_type=3
//   Step := feed=1*  fetch=2*  target=3*  expected=4*  error=5  timeout_ms=6  partial_run=7  partial_setup=8
//   Expected := check=1  tensor=2  rtol=3  atol=4
//   Gradient := ys=1*  xs=2*  grad_ys=3*  stop_gradients=4*  unconnected_zero=5  aggregation_method=6  gate_gradients=7  before=8*  feed=9*
//               expected=10*  build_error=11
//   GradResult := none=1 | dense=2 | slices=3          SlicesResult := indices=1  values=2  dense_shape=3
//   Optimizer := cls=1  args_json=2  grads_and_vars=3*  loss=4  var_list=5*  global_step=6  gate_gradients=7  aggregation_method=8  before=9*
//                steps=10  feed=11*  after=12*  build_error=13
//   GradVar := variable=1  grad=2  values=3  indices=4  dense_shape=5
//   StepVars := value=1*                 VarValue := variable=1  expected=2  created=3
#include "tools/weft/replay/oracle_case.h"

#include "src/wire/message.h"
#include "weft/wire/tensor_proto.h"

namespace weft::replay {

namespace {

using protozero::pbf_reader;

absl::StatusOr<NamedTensor> read_named_tensor(pbf_reader message, bool with_value) {
  NamedTensor named;
  while (message.next()) {
    if (message.tag() == 1) {
      named.name = message.get_string();
    } else if (message.tag() == 2 && with_value) {
      WEFT_ASSIGN_OR_RETURN(named.value, parse_tensor_proto(view_of(message.get_view())));
    } else {
      message.skip();
    }
  }
  return named;
}

// A tensor of zeros; a scalar when the shape is not known.
absl::StatusOr<Tensor> parse_type_and_shape(std::string_view bytes) {
  DType dtype = DType::kInvalid;
  PartialShape shape;
  WEFT_RETURN_IF_ERROR(read_message(bytes, "TensorProto", [&](pbf_reader message) -> absl::Status {
    while (message.next()) {
      if (message.tag() == 1) {
        dtype = static_cast<DType>(message.get_enum());
      } else if (message.tag() == 2) {
        WEFT_ASSIGN_OR_RETURN(shape, parse_shape_proto(view_of(message.get_view())));
      } else {
        message.skip();
      }
    }
    return absl::OkStatus();
  }));
  if (!is_valid(dtype)) return invalid_argument("a TensorProto without a dtype");
  return Tensor::make(dtype, shape.fully_defined() ? shape.to_shape() : Shape{});
}

absl::StatusOr<Expected> read_expected(pbf_reader message) {
  Expected expected;
  std::string_view tensor;
  while (message.next()) {
    switch (message.tag()) {
      case 1: expected.check = static_cast<Check>(message.get_enum()); break;
      case 2: tensor = view_of(message.get_view()); break;
      case 3: expected.rtol = message.get_double(); break;
      case 4: expected.atol = message.get_double(); break;
      default: message.skip();
    }
  }
  const bool has_values = expected.check == Check::kExact || expected.check == Check::kClose;
  WEFT_ASSIGN_OR_RETURN(expected.tensor, has_values ? parse_tensor_proto(tensor) : parse_type_and_shape(tensor));
  return expected;
}

ExpectedError read_error(pbf_reader message) {
  ExpectedError error;
  while (message.next()) {
    if (message.tag() == 1) error.code = message.get_int32();
    else if (message.tag() == 2) error.message = message.get_string();
    else message.skip();
  }
  return error;
}

// Appends what `parsed` holds to `list`, or returns its error.
template <typename T> absl::Status append(absl::StatusOr<T> parsed, std::vector<T>& list) {
  if (!parsed.ok()) return parsed.status();
  list.push_back(*std::move(parsed));
  return absl::OkStatus();
}

// The feeds of the first step of a partial run have names only.
bool declares_partial_run(pbf_reader message) {
  while (message.next()) {
    if (message.tag() == 8) return message.get_bool();
    message.skip();
  }
  return false;
}

absl::StatusOr<Step> read_step(pbf_reader message) {
  Step step;
  const bool values = !declares_partial_run(message);
  while (message.next()) {
    switch (message.tag()) {
      case 1: WEFT_RETURN_IF_ERROR(append(read_named_tensor(message.get_message(), values), step.feeds)); break;
      case 2: step.fetches.push_back(message.get_string()); break;
      case 3: step.targets.push_back(message.get_string()); break;
      case 4: WEFT_RETURN_IF_ERROR(append(read_expected(message.get_message()), step.expected)); break;
      case 5: step.error = read_error(message.get_message()); break;
      case 6: step.timeout_ms = message.get_int64(); break;
      case 7: step.partial_run = message.get_int32(); break;
      case 8: step.partial_setup = message.get_bool(); break;
      default: message.skip();
    }
  }
  return step;
}

absl::Status read_replay(pbf_reader message, ReplayCase& replay) {
  while (message.next()) {
    if (message.tag() == 1) WEFT_RETURN_IF_ERROR(append(read_step(message.get_message()), replay.steps));
    else message.skip();
  }
  return absl::OkStatus();
}

absl::StatusOr<ExpectedSlices> read_slices(pbf_reader message) {
  ExpectedSlices slices;
  while (message.next()) {
    if (message.tag() == 1) {
      WEFT_ASSIGN_OR_RETURN(slices.indices, read_expected(message.get_message()));
    } else if (message.tag() == 2) {
      WEFT_ASSIGN_OR_RETURN(slices.values, read_expected(message.get_message()));
    } else if (message.tag() == 3) {
      WEFT_ASSIGN_OR_RETURN(slices.dense_shape, read_expected(message.get_message()));
      slices.has_dense_shape = true;
    } else {
      message.skip();
    }
  }
  return slices;
}

absl::StatusOr<ExpectedGradient> read_gradient_result(pbf_reader message) {
  ExpectedGradient result;
  while (message.next()) {
    if (message.tag() == 2) {
      WEFT_ASSIGN_OR_RETURN(result, read_expected(message.get_message()));
    } else if (message.tag() == 3) {
      WEFT_ASSIGN_OR_RETURN(result, read_slices(message.get_message()));
    } else {
      message.skip();
    }
  }
  return result;
}

absl::Status read_gradient(pbf_reader message, GradientCase& gradient) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: gradient.ys.push_back(message.get_string()); break;
      case 2: gradient.xs.push_back(message.get_string()); break;
      case 3: gradient.grad_ys.push_back(message.get_string()); break;
      case 4: gradient.stop_gradients.push_back(message.get_string()); break;
      case 5: gradient.unconnected_zero = message.get_bool(); break;
      case 6: gradient.aggregation_method = message.get_int32(); break;
      case 7: gradient.gate_gradients = message.get_bool(); break;
      case 8: WEFT_RETURN_IF_ERROR(append(read_step(message.get_message()), gradient.before)); break;
      case 9: WEFT_RETURN_IF_ERROR(append(read_named_tensor(message.get_message(), true), gradient.feeds)); break;
      case 10: WEFT_RETURN_IF_ERROR(append(read_gradient_result(message.get_message()), gradient.expected)); break;
      case 11: gradient.build_error = read_error(message.get_message()); break;
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

GradientOfVariable read_gradient_of_variable(pbf_reader message) {
  GradientOfVariable pair;
  std::string* const fields[] = {&pair.variable, &pair.gradient, &pair.values, &pair.indices, &pair.dense_shape};
  while (message.next()) {
    if (message.tag() >= 1 && message.tag() <= 5) *fields[message.tag() - 1] = message.get_string();
    else message.skip();
  }
  return pair;
}

absl::StatusOr<ExpectedVariable> read_variable_value(pbf_reader message) {
  ExpectedVariable value;
  while (message.next()) {
    if (message.tag() == 1) {
      value.variable = message.get_string();
    } else if (message.tag() == 2) {
      WEFT_ASSIGN_OR_RETURN(value.expected, read_expected(message.get_message()));
    } else if (message.tag() == 3) {
      value.created = message.get_bool();
    } else {
      message.skip();
    }
  }
  return value;
}

absl::StatusOr<std::vector<ExpectedVariable>> read_variable_values(pbf_reader message) {
  std::vector<ExpectedVariable> values;
  while (message.next()) {
    if (message.tag() == 1) WEFT_RETURN_IF_ERROR(append(read_variable_value(message.get_message()), values));
    else message.skip();
  }
  return values;
}

absl::Status read_optimizer(pbf_reader message, OptimizerCase& optimizer) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: optimizer.optimizer = message.get_string(); break;
      case 2: optimizer.arguments = message.get_string(); break;
      case 3: optimizer.gradients.push_back(read_gradient_of_variable(message.get_message())); break;
      case 4: optimizer.loss = message.get_string(); break;
      case 5: optimizer.var_list.push_back(message.get_string()); break;
      case 6: optimizer.global_step = message.get_string(); break;
      case 7: optimizer.gate_gradients = message.get_int32(); break;
      case 8: optimizer.aggregation_method = message.get_int32(); break;
      case 9: WEFT_RETURN_IF_ERROR(append(read_step(message.get_message()), optimizer.before)); break;
      case 10: optimizer.steps = message.get_int32(); break;
      case 11: WEFT_RETURN_IF_ERROR(append(read_named_tensor(message.get_message(), true), optimizer.feeds)); break;
      case 12: WEFT_RETURN_IF_ERROR(append(read_variable_values(message.get_message()), optimizer.after)); break;
      case 13: optimizer.build_error = read_error(message.get_message()); break;
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

void read_session(pbf_reader message, OracleCase& result) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: result.cpu_devices = message.get_int32(); break;
      case 2: result.allow_soft_placement = message.get_bool(); break;
      case 3: result.operation_timeout_ms = message.get_int64(); break;
      default: message.skip();
    }
  }
}

absl::Status read_case(pbf_reader message, OracleCase& result) {
  while (message.next()) {
    switch (message.tag()) {
      case 1: result.id = message.get_string(); break;
      case 2: result.graph_def = message.get_bytes(); break;
      case 3: WEFT_RETURN_IF_ERROR(read_replay(message.get_message(), result.kind.emplace<ReplayCase>())); break;
      case 4: WEFT_RETURN_IF_ERROR(read_gradient(message.get_message(), result.kind.emplace<GradientCase>())); break;
      case 5: WEFT_RETURN_IF_ERROR(read_optimizer(message.get_message(), result.kind.emplace<OptimizerCase>())); break;
      case 6: result.ops.push_back(message.get_string()); break;
      case 7: read_session(message.get_message(), result); break;
      case 8: result.cond_contexts.push_back(message.get_bytes()); break;
      case 9: result.while_contexts.push_back(message.get_bytes()); break;
      case 10: WEFT_RETURN_IF_ERROR(append(parse_variable_def(view_of(message.get_view())), result.variables)); break;
      default: message.skip();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OracleCase> parse_case(std::string_view bytes) {
  OracleCase result;
  const absl::Status status = read_message(bytes, "oracle case", [&](pbf_reader message) { return read_case(message, result); });
  if (!status.ok()) return annotate(status, result.id.empty() ? "" : str_cat(result.id, ": "));
  return result;
}

}  // namespace weft::replay
