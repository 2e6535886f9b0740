// L2Loss: half the sum of the squares of all elements.
#include "src/ops/lane_fold.h"
#include "src/ops/op_lists.h"
#include "src/ops/scratch.h"
#include "weft/ops/operators.h"
#include "weft/ops/softmax_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kL2LossKernelTypes = {DType::kHalf, DType::kFloat32, DType::kFloat64};
constexpr int64_t kTile = 8192;

// Tiles are summed by threads, their sums in order by one.
template <typename T> absl::Status sum_of_squares(const KernelContext& context, const T* t, int64_t n, T* output) {
  using A = Accumulator<T>;
  const int64_t tiles = (n + kTile - 1) / kTile;
  const Scratch<A> sums(tiles);
  if (!sums) return no_scratch_memory("L2Loss");
  context.parallel_for(n, kTile, [&](int64_t begin, int64_t end) {
    sums.data()[begin / kTile] = lane_fold<A>(
        t + begin, end - begin, A(0), [](A x) { return x * x; }, [](A a, A x) { return a + x; });
  });
  *output = static_cast<T>(lane_sum<A>(sums.data(), tiles) * A(0.5));
  return absl::OkStatus();
}

absl::Status run_l2_loss(KernelContext& context, DType dtype) {
  const Tensor& t = context.input(0);
  Tensor* output;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{}, &output));
  absl::Status status;
  dispatch<kL2LossKernelTypes>(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    status = sum_of_squares<T>(context, t.data<T>(), t.num_elements(), output->data<T>());
  });
  return status;
}

}  // namespace

// L2Loss: sum(t^2) / 2.
const OpDef& l2_loss_op() {
  static const OpDef& op =
      *new OpDef{.name = "L2Loss",
                 .inputs = {{"t", type_attr("T")}},
                 .outputs = {{"output", type_attr("T")}},
                 .attrs = {type_attribute("T", kFloatTypes)},
                 .shape = scalar_shape,
                 .kernels = {{.constraints = {{"T", kL2LossKernelTypes}},
                              .make = [](const KernelInit& init) -> absl::StatusOr<Kernel> {
                                return Kernel([dtype = init.type("T")](KernelContext& context) { return run_l2_loss(context, dtype); });
                              }}},
                 .gradient = [](GradientContext& g) { return g.one(g.x() * g.dy()); }};
  return op;
}

OpList l2_loss_ops() { return {&l2_loss_op()}; }

Output l2_loss(const Operand& t, std::string_view name, Loc where) { return OpBuilder(l2_loss_op(), name, where).input(t).output(); }

}  // namespace weft
