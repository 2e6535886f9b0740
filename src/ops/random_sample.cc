// Draws that depend on an input's values: RandomShuffle, Multinomial, RandomGamma, ParameterizedTruncatedNormal.
#include "src/ops/op_lists.h"
#include "src/ops/random_gamma_gradient.h"
#include "src/ops/random_kernels.h"
#include "weft/kernel/random.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

inline constexpr DTypeSet kSampled = {DType::kHalf, DType::kFloat32, DType::kFloat64};

// --- RandomShuffle -----------------------------------------------------------------------------------------------------------------

absl::StatusOr<Kernel> make_shuffle(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    const Tensor& value = context.input(0);
    const int64_t rows = value.rank() == 0 ? 1 : value.dim(0);
    if (value.num_elements() <= 1 || rows <= 1) {
      context.set_output(0, value);
      return absl::OkStatus();
    }
    const std::vector<int64_t> source = shuffled_indices(rows, state->reserve_words(rows - 1));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, value.shape(), &out));
    const int64_t columns = value.num_elements() / rows;
    dispatch<kAllTypes>(value.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      for (int64_t row = 0; row < rows; ++row)
        std::copy_n(value.data<T>() + source[static_cast<size_t>(row)] * columns, columns, out->data<T>() + row * columns);
    });
    return absl::OkStatus();
  });
}

// --- Multinomial -------------------------------------------------------------------------------------------------------------------

template <typename T, typename Index> Categorical<T> categorical(const Tensor& logits, int64_t samples) {
  return {.logits = logits.flat<T>(), .batch = logits.dim(0), .classes = logits.dim(1), .samples = samples};
}

absl::Status check_multinomial(const Tensor& logits, const Tensor& samples) {
  if (logits.rank() != 2) return invalid_argument("logits should be a matrix, got shape ", logits.shape().to_string());
  if (samples.rank() != 0) return invalid_argument("num_samples should be a scalar, got shape ", samples.shape().to_string());
  if (*samples.data<int32_t>() < 0) return invalid_argument("num_samples should be nonnegative, got ", *samples.data<int32_t>());
  if (logits.dim(1) <= 0) return invalid_argument("num_classes should be positive, got ", logits.dim(1));
  return absl::OkStatus();
}

// `generator` gives the Philox, reserving that many outputs.
template <typename F> absl::Status run_multinomial(KernelContext& context, F generator) {
  const Tensor& logits = context.input(0);
  WEFT_RETURN_IF_ERROR(check_multinomial(logits, context.input(1)));
  const int64_t samples = *context.input(1).data<int32_t>();
  WEFT_ASSIGN_OR_RETURN(const Shape shape, Shape::make({logits.dim(0), samples}));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  absl::Status status;
  dispatch<kSampled>(logits.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    dispatch<kIndexTypes>(out->dtype(), [&](auto index) {
      using Index = typename decltype(index)::type;
      const Categorical<T> draws = categorical<T, Index>(logits, samples);
      const absl::StatusOr<Philox> philox = generator(draws.reserved_outputs());
      status = philox.status();
      if (!philox.ok()) return;
      context.parallel_for(draws.batch, tile_items(20 * (draws.classes + samples)),
                           [&](int64_t begin, int64_t end) { draws.template draw<Index>(*philox, out->flat<Index>(), begin, end); });
    });
  });
  return status;
}

absl::StatusOr<Kernel> make_multinomial(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    return run_multinomial(context, [&](int64_t outputs) -> absl::StatusOr<Philox> { return state->reserve_outputs(outputs); });
  });
}

absl::StatusOr<Kernel> make_stateless_multinomial(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    return run_multinomial(context, [&](int64_t) { return generator_from_seed(context.input(2)); });
  });
}

absl::Status multinomial_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape logits, c.input_with_rank(0, 2));
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 0).status());
  if (c.num_inputs() == 3) {
    WEFT_ASSIGN_OR_RETURN(const PartialShape seed, c.input_with_rank(2, 1));
    WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(seed.dim(0), 2).status());
  }
  const std::optional<int64_t> samples = c.constant_scalar(1);
  if (samples.has_value() && *samples < 0) return invalid_argument("num_samples should be nonnegative, got ", *samples);
  c.set_output(0, PartialShape::matrix(logits.dim(0), samples.value_or(kUnknownDim)));
  return absl::OkStatus();
}

// --- RandomGamma -------------------------------------------------------------------------------------------------------------------

absl::StatusOr<Kernel> make_gamma(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    const Tensor& alpha = context.input(1);
    WEFT_ASSIGN_OR_RETURN(Shape shape, shape_from_vector(context.input(0)));
    const int64_t samples = shape.num_elements();
    Dims dims(shape.dims().begin(), shape.dims().end());
    dims.insert(dims.end(), alpha.shape().dims().begin(), alpha.shape().dims().end());
    WEFT_ASSIGN_OR_RETURN(shape, Shape::make(dims));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    if (out->num_elements() == 0) return absl::OkStatus();
    const Philox philox = state->reserve_outputs(out->num_elements());
    dispatch<kSampled>(alpha.dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      context.parallel_for(out->num_elements(), tile_items(200),
                           [&](int64_t begin, int64_t end) { gamma_range<T>(alpha.flat<T>(), samples, philox, out->flat<T>(), begin, end); });
    });
    return absl::OkStatus();
  });
}

absl::Status gamma_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(PartialShape shape, c.input_as_shape(0));
  const PartialShape& alpha = c.input(1);
  if (!shape.known_rank() || !alpha.known_rank()) {
    c.set_output(0, PartialShape::unknown());
    return absl::OkStatus();
  }
  for (const int64_t dim : alpha.dims()) shape.add_dim(dim);
  c.set_output(0, std::move(shape));
  return absl::OkStatus();
}

// --- ParameterizedTruncatedNormal ----------------------------------------------------------------------------------------------------

absl::Status check_parameter(const Tensor& parameter, std::string_view name, int64_t batches) {
  if (parameter.rank() > 1) return invalid_argument("Input ", name, " should be a scalar or vector, got shape: ", parameter.shape().to_string());
  if (parameter.num_elements() != 1 && parameter.num_elements() != batches) {
    return invalid_argument("Input ", name, " should have length 1 or shape[0] = ", batches, ", got shape: ", parameter.shape().to_string());
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_bounded_normal(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_vector(context.input(0)));
    if (shape.rank() == 0) return invalid_argument("Shape tensor must not be empty, got []");
    constexpr std::string_view kNames[] = {"means", "stdevs", "minvals", "maxvals"};
    for (int i = 0; i < 4; ++i) WEFT_RETURN_IF_ERROR(check_parameter(context.input(i + 1), kNames[i], shape.dim(0)));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    if (out->num_elements() == 0) return absl::OkStatus();
    absl::Status status;
    dispatch<kSampled>(out->dtype(), [&](auto tag) {
      using T = typename decltype(tag)::type;
      const BoundedNormal<T> normal{.means = context.input(1).flat<T>(),
                                    .deviations = context.input(2).flat<T>(),
                                    .minima = context.input(3).flat<T>(),
                                    .maxima = context.input(4).flat<T>(),
                                    .batches = shape.dim(0),
                                    .samples = out->num_elements() / shape.dim(0)};
      status = normal.draw(state->reserve_blocks(normal.reserved_blocks()), out->flat<T>());
    });
    return status;
  });
}

absl::Status bounded_normal_shape(ShapeContext& c) {
  for (int i = 1; i < 5; ++i) WEFT_RETURN_IF_ERROR(ShapeContext::with_rank_at_most(c.input(i), 1).status());
  return shape_from_input(c);
}

AttrDef logits_type() { return type_attribute("T", kRealNumberTypes); }
AttrDef class_type() { return type_attribute("output_dtype", kIndexTypes, DType::kInt64); }

}  // namespace

// RandomShuffle: the rows of `value` in random order.
const OpDef& random_shuffle_op() {
  static const OpDef& op = *new OpDef{.name = "RandomShuffle",
                                      .inputs = {{"value", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {seed_attribute(), seed2_attribute(), type_attribute("T")},
                                      .is_stateful = true,
                                      .shape = unchanged_shape,
                                      .kernels = {{.make = make_shuffle}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

// Multinomial: class numbers drawn with probability softmax(logits), `num_samples` for each row of logits.
const OpDef& multinomial_op() {
  static const OpDef& op = *new OpDef{.name = "Multinomial",
                                      .inputs = {{"logits", type_attr("T")}, {"num_samples", DType::kInt32}},
                                      .outputs = {{"output", type_attr("output_dtype")}},
                                      .attrs = {seed_attribute(), seed2_attribute(), logits_type(), class_type()},
                                      .is_stateful = true,
                                      .shape = multinomial_shape,
                                      .kernels = {{.constraints = {{"T", kSampled}}, .make = make_multinomial}},
                                      .gradient = NotDifferentiable{"class numbers do not change smoothly with the logits"}};
  return op;
}

// StatelessMultinomial: Multinomial as a function of its inputs.
const OpDef& stateless_multinomial_op() {
  static const OpDef& op = *new OpDef{.name = "StatelessMultinomial",
                                      .inputs = {{"logits", type_attr("T")}, {"num_samples", DType::kInt32}, {"seed", type_attr("Tseed")}},
                                      .outputs = {{"output", type_attr("output_dtype")}},
                                      .attrs = {logits_type(), type_attribute("Tseed", kIndexTypes, DType::kInt64), class_type()},
                                      .shape = multinomial_shape,
                                      .kernels = {{.constraints = {{"T", kSampled}}, .make = make_stateless_multinomial}},
                                      .gradient = NotDifferentiable{"class numbers do not change smoothly with the logits"}};
  return op;
}

// RandomGamma: `shape` draws from the gamma distribution of each alpha, scale 1.
const OpDef& random_gamma_op() {
  static const OpDef& op = *new OpDef{.name = "RandomGamma",
                                      .inputs = {{"shape", type_attr("S")}, {"alpha", type_attr("T")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = {seed_attribute(), seed2_attribute(), type_attribute("S", kIndexTypes), type_attribute("T", kSampled)},
                                      .is_stateful = true,
                                      .shape = gamma_shape,
                                      .kernels = {{.make = make_gamma}},
                                      .gradient = random_gamma_gradient};
  return op;
}

// ParameterizedTruncatedNormal: normal numbers of given means and deviations between given bounds, each a scalar or one a row.
const OpDef& parameterized_truncated_normal_op() {
  static const OpDef& op =
      *new OpDef{.name = "ParameterizedTruncatedNormal",
                 .inputs = {{"shape", type_attr("T")},
                            {"means", type_attr("dtype")},
                            {"stdevs", type_attr("dtype")},
                            {"minvals", type_attr("dtype")},
                            {"maxvals", type_attr("dtype")}},
                 .outputs = {{"output", type_attr("dtype")}},
                 .attrs = {seed_attribute(), seed2_attribute(), type_attribute("dtype", kFloatTypes), type_attribute("T", kIndexTypes)},
                 .is_stateful = true,
                 .shape = bounded_normal_shape,
                 .kernels = {{.constraints = {{"dtype", kSampled}}, .make = make_bounded_normal}},
                 .gradient = NotDifferentiable{"TensorFlow defines none"}};
  return op;
}

OpList random_sample_ops() {
  return {&random_shuffle_op(), &multinomial_op(), &stateless_multinomial_op(), &random_gamma_op(), &parameterized_truncated_normal_op()};
}

}  // namespace weft
