// Cumsum, Cumprod: running sums and products along an axis.
#include <algorithm>

#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/reducers.h"
#include "src/ops/reduction_definitions.h"
#include "weft/ops/math_ops.h"
#include "weft/ops/operators.h"
#include "weft/ops/reduction_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kScanned = kFloatTypes | kIntTypes | kComplexTypes;

struct ScanDirection {
  bool exclusive;
  bool reverse;
};

// Columns [begin, end) of x, which is [outer, size, inner]; columns are numbered over [outer, inner].
template <typename R, typename T>
void scan_columns(const T* x, T* y, int64_t size, int64_t inner, ScanDirection direction, int64_t begin, int64_t end) {
  using Acc = AccumulatorOf<T>;
  for (int64_t column = begin; column < end; ++column) {
    const int64_t first = column / inner * size * inner + column % inner;
    const int64_t step = direction.reverse ? -inner : inner;
    int64_t at = direction.reverse ? first + (size - 1) * inner : first;
    Acc running = R::template identity<Acc>();
    for (int64_t i = 0; i < size; ++i, at += step) {
      const Acc next = R::combine(running, R::template load<Acc>(x[at]));
      y[at] = static_cast<T>(direction.exclusive ? running : next);
      running = next;
    }
  }
}

template <typename R, typename T> absl::Status scan(KernelContext& context, ScanDirection direction) {
  const Tensor& x = context.input(0);
  const Tensor& axis_input = context.input(1);
  if (!axis_input.shape().is_scalar()) return invalid_argument("ScanOp: axis must be a scalar, not ", axis_input.shape().to_string());
  const int64_t given = index_at(axis_input, 0);
  if (given < -x.rank() || given >= x.rank()) {
    return invalid_argument("ScanOp: Expected scan axis in the range [", -x.rank(), ", ", x.rank(), "), but got ", given);
  }
  const int axis = static_cast<int>(given < 0 ? given + x.rank() : given);
  Tensor* y;
  WEFT_RETURN_IF_ERROR(context.forward_or_allocate({0}, 0, x.shape(), &y));
  if (x.num_elements() == 0) return absl::OkStatus();
  const int64_t size = x.dim(axis), inner = count_of_dims(x.shape(), axis + 1, x.rank());
  const T* from = x.data<T>();
  T* to = y->data<T>();
  context.parallel_for(x.num_elements() / size, tile_items(size),
                       [&](int64_t begin, int64_t end) { scan_columns<R>(from, to, size, inner, direction, begin, end); });
  return absl::OkStatus();
}

template <typename R> absl::StatusOr<Kernel> make_scan(const KernelInit& init) {
  const ScanDirection direction{init.get<bool>("exclusive"), init.get<bool>("reverse")};
  Kernel kernel;
  dispatch<kScanned>(init.type("T"), [&](auto tag) {
    using T = typename decltype(tag)::type;
    kernel = Kernel([direction](KernelContext& context) { return scan<R, T>(context, direction); });
  });
  return kernel;
}

CumulativeOptions mirrored(GradientContext& g) { return {.exclusive = g.get<bool>("exclusive"), .reverse = !g.get<bool>("reverse")}; }

Gradients cumsum_gradient(GradientContext& g) { return g.first(cumsum(g.dy(), g.x(1), mirrored(g))); }

// TensorFlow's formula; NaN where x is 0.
Gradients cumprod_gradient(GradientContext& g) {
  const Output product = cumprod(g.x(0), g.x(1), {.exclusive = g.get<bool>("exclusive"), .reverse = g.get<bool>("reverse")});
  return g.first(cumsum(product * g.dy(), g.x(1), mirrored(g)) / g.x(0));
}

OpDef cumulative_op(std::string_view name, KernelFactory make, GradientRule gradient) {
  return {.name = name,
          .inputs = {{"x", type_attr("T")}, {"axis", type_attr("Tidx")}},
          .outputs = {{"out", type_attr("T")}},
          .attrs = {bool_attribute("exclusive", false), bool_attribute("reverse", false), type_attribute("T", kNumberTypes),
                    type_attribute("Tidx", kIndexTypes, DType::kInt32)},
          .shape = unchanged_shape,
          .kernels = {{.constraints = {{"T", kScanned}}, .make = std::move(make)}},
          .gradient = std::move(gradient)};
}

}  // namespace

// Cumsum: out[i] = x[0] + … + x[i]; exclusive: without x[i]; reverse: from the end. Gradient: the same the other way.
const OpDef& cumsum_op() {
  static const OpDef& op = *new OpDef(cumulative_op("Cumsum", make_scan<SumReducer>, cumsum_gradient));
  return op;
}

// Cumprod: out[i] = x[0] … x[i].
const OpDef& cumprod_op() {
  static const OpDef& op = *new OpDef(cumulative_op("Cumprod", make_scan<ProdReducer>, cumprod_gradient));
  return op;
}

OpList cumulative_ops() { return {&cumsum_op(), &cumprod_op()}; }

}  // namespace weft
