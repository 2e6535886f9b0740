// Random numbers of a shape, from one simple distribution: RandomUniform, RandomUniformInt, RandomStandardNormal, TruncatedNormal and
// their stateless forms. Seeded streams are TensorFlow's, number for number, whatever the number of threads.
#include "src/ops/op_lists.h"
#include "src/ops/random_kernels.h"
#include "weft/ops/random_ops.h"

namespace weft {

namespace {

// Elementary operations a number takes: a Philox block is some 60, the transforms come on top.
constexpr int64_t kUniformCost = 20;
constexpr int64_t kNormalCost = 60;

template <typename D> struct Cost { static constexpr int64_t value = kUniformCost; };
template <typename T> struct Cost<Normal<T>> { static constexpr int64_t value = kNormalCost; };
template <typename T> struct Cost<TruncatedNormal<T>> { static constexpr int64_t value = kNormalCost; };

absl::Status allocate_shaped(KernelContext& context, Tensor** out) {
  WEFT_ASSIGN_OR_RETURN(const Shape shape, shape_from_vector(context.input(0)));
  return context.allocate_output(0, shape, out);
}

template <template <typename> typename Distribution> absl::StatusOr<Kernel> make_stateful(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    Tensor* out;
    WEFT_RETURN_IF_ERROR(allocate_shaped(context, &out));
    const Philox philox = state->reserve_outputs(out->num_elements());
    dispatch<kFloatTypes>(out->dtype(), [&](auto tag) {
      using D = Distribution<typename decltype(tag)::type>;
      fill_output(context, D(), philox, *out, Cost<D>::value);
    });
    return absl::OkStatus();
  });
}

template <template <typename> typename Distribution> absl::StatusOr<Kernel> make_stateless(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    Tensor* out;
    WEFT_RETURN_IF_ERROR(allocate_shaped(context, &out));
    WEFT_ASSIGN_OR_RETURN(const Philox philox, generator_from_seed(context.input(1)));
    dispatch<kFloatTypes>(out->dtype(), [&](auto tag) {
      using D = Distribution<typename decltype(tag)::type>;
      fill_output(context, D(), philox, *out, Cost<D>::value);
    });
    return absl::OkStatus();
  });
}

// --- Integers --------------------------------------------------------------------------------------------------------------------

absl::Status check_bound(const Tensor& bound, std::string_view name) {
  if (bound.rank() != 0) return invalid_argument(name, " must be 0-D, got shape ", bound.shape().to_string());
  return absl::OkStatus();
}

// `generator` gives the Philox once the output is known not to be empty.
template <typename F> absl::Status fill_integers(KernelContext& context, const Tensor& minimum, const Tensor& limit, F generator) {
  WEFT_RETURN_IF_ERROR(check_bound(minimum, "minval"));
  WEFT_RETURN_IF_ERROR(check_bound(limit, "maxval"));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(allocate_shaped(context, &out));
  if (out->num_elements() == 0) return absl::OkStatus();
  absl::Status status;
  dispatch<kIndexTypes>(out->dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T low = *minimum.data<T>();
    const T high = *limit.data<T>();
    if (low >= high) {
      status = invalid_argument("Need minval < maxval, got ", low, " >= ", high);
      return;
    }
    const absl::StatusOr<Philox> philox = generator(out->num_elements());
    status = philox.status();
    if (philox.ok()) fill_output(context, Uniform<T>(low, high), *philox, *out, kUniformCost);
  });
  return status;
}

absl::StatusOr<Kernel> make_uniform_int(const KernelInit& init) {
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<PhiloxState> state, node_generator(init));
  return Kernel([state = std::move(state)](KernelContext& context) -> absl::Status {
    return fill_integers(context, context.input(1), context.input(2), [&](int64_t n) -> absl::StatusOr<Philox> { return state->reserve_outputs(n); });
  });
}

absl::StatusOr<Kernel> make_stateless_uniform_int(const KernelInit&) {
  return Kernel([](KernelContext& context) -> absl::Status {
    return fill_integers(context, context.input(2), context.input(3), [&](int64_t) { return generator_from_seed(context.input(1)); });
  });
}

absl::Status uniform_int_shape(ShapeContext& c) {
  const int first = c.num_inputs() - 2;
  for (const int i : {first, first + 1}) WEFT_RETURN_IF_ERROR(c.input_with_rank(i, 0).status());
  return shape_from_input(c);
}

absl::Status stateless_shape(ShapeContext& c) {
  WEFT_ASSIGN_OR_RETURN(const PartialShape seed, c.input_with_rank(1, 1));
  WEFT_RETURN_IF_ERROR(ShapeContext::merge_dims(seed.dim(0), 2).status());
  return shape_from_input(c);
}

absl::Status stateless_uniform_int_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(stateless_shape(c));
  return uniform_int_shape(c);
}

constexpr NotDifferentiable kNoPath{"its output does not depend on its inputs' values"};

template <template <typename> typename Distribution> OpDef stateful_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"shape", type_attr("T")}},
          .outputs = {{"output", type_attr("dtype")}},
          .attrs = {seed_attribute(), seed2_attribute(), type_attribute("dtype", kFloatTypes), type_attribute("T", kIndexTypes)},
          .is_stateful = true,
          .shape = shape_from_input,
          .kernels = {{.make = make_stateful<Distribution>}},
          .gradient = kNoPath};
}

template <template <typename> typename Distribution> OpDef stateless_op(std::string_view name) {
  return {.name = name,
          .inputs = {{"shape", type_attr("T")}, {"seed", type_attr("Tseed")}},
          .outputs = {{"output", type_attr("dtype")}},
          .attrs = {type_attribute("dtype", kFloatTypes, DType::kFloat32), type_attribute("T", kIndexTypes, DType::kInt32),
                    type_attribute("Tseed", kIndexTypes, DType::kInt64)},
          .shape = stateless_shape,
          .kernels = {{.make = make_stateless<Distribution>}},
          .gradient = kNoPath};
}

}  // namespace

// RandomUniform: uniform on [0, 1).
const OpDef& random_uniform_op() {
  static const OpDef& op = *new OpDef(stateful_op<Uniform>("RandomUniform"));
  return op;
}

// RandomStandardNormal: mean 0, deviation 1.
const OpDef& random_standard_normal_op() {
  static const OpDef& op = *new OpDef(stateful_op<Normal>("RandomStandardNormal"));
  return op;
}

// TruncatedNormal: mean 0, deviation 1, values beyond 2 drawn again.
const OpDef& truncated_normal_op() {
  static const OpDef& op = *new OpDef(stateful_op<TruncatedNormal>("TruncatedNormal"));
  return op;
}

// RandomUniformInt: integers on [minval, maxval).
const OpDef& random_uniform_int_op() {
  static const OpDef& op =
      *new OpDef{.name = "RandomUniformInt",
                 .inputs = {{"shape", type_attr("T")}, {"minval", type_attr("Tout")}, {"maxval", type_attr("Tout")}},
                 .outputs = {{"output", type_attr("Tout")}},
                 .attrs = {seed_attribute(), seed2_attribute(), type_attribute("Tout", kIndexTypes), type_attribute("T", kIndexTypes)},
                 .is_stateful = true,
                 .shape = uniform_int_shape,
                 .kernels = {{.make = make_uniform_int}},
                 .gradient = NoGradientDefined{}};
  return op;
}

// StatelessRandomUniform: uniform on [0, 1), a function of shape and seed.
const OpDef& stateless_random_uniform_op() {
  static const OpDef& op = *new OpDef(stateless_op<Uniform>("StatelessRandomUniform"));
  return op;
}

// StatelessRandomNormal: mean 0, deviation 1, a function of shape and seed.
const OpDef& stateless_random_normal_op() {
  static const OpDef& op = *new OpDef(stateless_op<Normal>("StatelessRandomNormal"));
  return op;
}

// StatelessTruncatedNormal: mean 0, deviation 1 inside 2, a function of shape and seed.
const OpDef& stateless_truncated_normal_op() {
  static const OpDef& op = *new OpDef(stateless_op<TruncatedNormal>("StatelessTruncatedNormal"));
  return op;
}

// StatelessRandomUniformInt: integers on [minval, maxval), a function of the inputs.
const OpDef& stateless_random_uniform_int_op() {
  static const OpDef& op = *new OpDef{
      .name = "StatelessRandomUniformInt",
      .inputs = {{"shape", type_attr("T")}, {"seed", type_attr("Tseed")}, {"minval", type_attr("dtype")}, {"maxval", type_attr("dtype")}},
      .outputs = {{"output", type_attr("dtype")}},
      .attrs = {type_attribute("dtype", kIndexTypes), type_attribute("T", kIndexTypes), type_attribute("Tseed", kIndexTypes, DType::kInt64)},
      .shape = stateless_uniform_int_shape,
      .kernels = {{.make = make_stateless_uniform_int}},
      .gradient = kNoPath};
  return op;
}

OpList random_fill_ops() {
  return {&random_uniform_op(),           &random_standard_normal_op(),  &truncated_normal_op(),           &random_uniform_int_op(),
          &stateless_random_uniform_op(), &stateless_random_normal_op(), &stateless_truncated_normal_op(), &stateless_random_uniform_int_op()};
}

}  // namespace weft
