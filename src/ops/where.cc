// Where: the positions of the true (nonzero) elements, counted first, then written.
#include "src/ops/gather_definitions.h"
#include "src/ops/op_lists.h"
#include "weft/ops/gather_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kWhereTypes = kFloatTypes | kIntTypes | kComplexTypes | DTypeSet{DType::kBool};

template <typename T> absl::Status where_kernel(KernelContext& context) {
  const Tensor& x = context.input(0);
  const T* elements = x.data<T>();
  const int64_t n = x.num_elements();
  const int rank = x.rank();
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) count += elements[i] != T(0) ? 1 : 0;
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{count, rank}, &out));
  int64_t* to = out->data<int64_t>();
  Dims position(static_cast<size_t>(rank), 0);
  for (int64_t i = 0; i < n; ++i) {
    if (elements[i] != T(0)) to = std::copy(position.begin(), position.end(), to);
    for (int d = rank - 1; d >= 0 && ++position[static_cast<size_t>(d)] == x.dim(d); --d) position[static_cast<size_t>(d)] = 0;
  }
  return absl::OkStatus();
}

absl::StatusOr<Kernel> make_where(const KernelInit& init) {
  Kernel kernel;
  dispatch<kWhereTypes>(init.type("T"), [&](auto tag) { kernel = Kernel(where_kernel<typename decltype(tag)::type>); });
  return kernel;
}

absl::Status where_shape(ShapeContext& c) {
  c.set_output(0, PartialShape::matrix(kUnknownDim, c.input(0).known_rank() ? c.input(0).rank() : kUnknownDim));
  return absl::OkStatus();
}

}  // namespace

// Where: int64 [number of true elements, rank], in row-major order.
const OpDef& where_op() {
  static const OpDef& op = *new OpDef{.name = "Where",
                                      .inputs = {{"input", type_attr("T")}},
                                      .outputs = {{"index", DType::kInt64}},
                                      .attrs = {type_attribute("T", kNumberTypes | DTypeSet{DType::kBool}, DType::kBool)},
                                      .shape = where_shape,
                                      .kernels = {{.constraints = {{"T", kWhereTypes}}, .make = make_where}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList where_ops() { return {&where_op()}; }

Output where(const Operand& condition, std::string_view name, Loc where) { return OpBuilder(where_op(), name, where).input(condition).output(); }

}  // namespace weft
