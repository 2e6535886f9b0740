// ArgMax, ArgMin: where along an axis the extreme lies. Of equal elements the first counts; NaN are passed over.
#include <limits>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/reducers.h"
#include "src/ops/reduction_definitions.h"

namespace weft {

namespace {

constexpr DTypeSet kOrdered = kFloatTypes | kIntTypes;

// The value every element is compared with first: as TensorFlow, the lowest (highest) finite one.
template <typename C> constexpr C weakest(bool max) { return max ? std::numeric_limits<C>::lowest() : std::numeric_limits<C>::max(); }

// x is [outer, size, inner]; results [begin, end) of [outer, inner].
template <bool kMax, typename T, typename I> void find_extremes(const T* x, int64_t size, int64_t inner, I* out, int64_t begin, int64_t end) {
  using C = AccumulatorOf<T>;
  for (int64_t r = begin; r < end; ++r) {
    const T* at = x + r / inner * size * inner + r % inner;
    C best = weakest<C>(kMax);
    I where = 0;
    for (int64_t i = 0; i < size; ++i, at += inner) {
      const C value = static_cast<C>(*at);
      if (kMax ? value > best : value < best) {
        best = value;
        where = static_cast<I>(i);
      }
    }
    out[r] = where;
  }
}

template <bool kMax, typename T> absl::Status arg_reduce(KernelContext& context) {
  const Tensor& x = context.input(0);
  const Tensor& dimension = context.input(1);
  if (!dimension.shape().is_scalar()) return invalid_argument("dim must be a scalar, but received tensor of shape: ", dimension.shape().to_string());
  const int64_t given = index_at(dimension, 0);
  if (given < -x.rank() || given >= x.rank()) {
    return invalid_argument("Expected dimension in the range [", -x.rank(), ", ", x.rank(), "), but got ", given);
  }
  const int axis = static_cast<int>(given < 0 ? given + x.rank() : given);
  const int64_t size = x.dim(axis);
  if (size == 0) return invalid_argument("Reduction axis ", given, " is empty in shape ", x.shape().to_string());
  Shape shape = x.shape();
  shape.remove_dim(axis);
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
  const int64_t inner = count_of_dims(x.shape(), axis + 1, x.rank());
  const auto run = [&](auto* to) {
    context.parallel_for(shape.num_elements(), tile_items(size),
                         [&](int64_t begin, int64_t end) { find_extremes<kMax>(x.data<T>(), size, inner, to, begin, end); });
  };
  if (out->holds<int32_t>()) run(out->data<int32_t>());
  else run(out->data<int64_t>());
  return absl::OkStatus();
}

template <bool kMax> absl::StatusOr<Kernel> make_arg_reduction(const KernelInit& init) {
  Kernel kernel;
  dispatch<kOrdered>(init.type("T"), [&](auto tag) { kernel = Kernel(arg_reduce<kMax, typename decltype(tag)::type>); });
  return kernel;
}

absl::Status arg_shape(ShapeContext& c) {
  const PartialShape& x = c.input(0);
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 0).status());
  if (!x.known_rank()) return unknown_shape(c);
  if (x.rank() <= 1) {
    c.set_output(0, PartialShape::scalar());
    return absl::OkStatus();
  }
  const std::optional<int64_t> axis = c.constant_scalar(1);
  if (!axis.has_value()) {
    c.set_output(0, PartialShape::unknown_of_rank(x.rank() - 1));
    return absl::OkStatus();
  }
  const int64_t wrapped = *axis < 0 ? *axis + x.rank() : *axis;
  if (wrapped < 0 || wrapped >= x.rank()) {
    return invalid_argument("Dimension (", *axis, ") must be in the range [", -x.rank(), ", ", x.rank(), "), where ", x.rank(),
                            " is the number of dimensions in the input.");
  }
  Dims dims(x.dims().begin(), x.dims().end());
  dims.erase(dims.begin() + wrapped);
  c.set_output(0, PartialShape(dims));
  return absl::OkStatus();
}

OpDef arg_op(std::string_view name, KernelFactory make) {
  return {.name = name,
          .inputs = {{"input", type_attr("T")}, {"dimension", type_attr("Tidx")}},
          .outputs = {{"output", type_attr("output_type")}},
          .attrs = {type_attribute("T", kNumberTypes), type_attribute("Tidx", kIndexTypes, DType::kInt32),
                    type_attribute("output_type", kIndexTypes, DType::kInt64)},
          .shape = arg_shape,
          .kernels = {{.constraints = {{"T", kOrdered}}, .make = std::move(make)}},
          .gradient = [](GradientContext& g) { return g.none(); }};
}

}  // namespace

// ArgMax: the position of the largest element along `dimension`.
const OpDef& arg_max_op() {
  static const OpDef& op = *new OpDef(arg_op("ArgMax", make_arg_reduction<true>));
  return op;
}

// ArgMin: the position of the smallest element along `dimension`.
const OpDef& arg_min_op() {
  static const OpDef& op = *new OpDef(arg_op("ArgMin", make_arg_reduction<false>));
  return op;
}

OpList arg_reduction_ops() { return {&arg_max_op(), &arg_min_op()}; }

}  // namespace weft
