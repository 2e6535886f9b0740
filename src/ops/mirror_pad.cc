// MirrorPad and MirrorPadGrad.
//
// Padding one dimension after the other needs no thought about corners: first x goes into the middle of y, then for each dimension the
// bands before and after it are copied, mirrored, from what already stands there. The gradient runs the same way: for each dimension the
// bands are added, mirrored, onto the elements they were copied from.
#include "src/ops/mirror_pad.h"

#include "src/ops/index_values.h"
#include "src/ops/op_lists.h"
#include "src/ops/paddings.h"
#include "src/ops/strided_copy.h"

namespace weft {

namespace {

// 1: the border itself is not mirrored.
int64_t border(const KernelInit& init) { return init.get<std::string>("mode") == "REFLECT" ? 1 : 0; }

absl::Status check_bands(const Shape& x, const Paddings& paddings, int64_t border) {
  for (int i = 0; i < x.rank(); ++i) {
    const auto [before, after] = paddings[static_cast<size_t>(i)];
    if (before > x.dim(i) - border || after > x.dim(i) - border) {
      return invalid_argument("paddings must be ", border == 1 ? "less than" : "no greater than", " the dimension size: ", before, ", ", after,
                              border == 1 ? " not less than " : " greater than ", x.dim(i));
    }
  }
  return absl::OkStatus();
}

// The bands of dimension `axis` of a padded tensor as a box: `to` runs over the band, `from` over the elements it mirrors. The other
// dimensions are as `sizes` and `offset` say.
StridedBox band(const Dims& strides, const Dims& sizes, int64_t offset, size_t axis, int64_t first, int64_t mirrored, int64_t count) {
  StridedBox box;
  box.sizes = sizes;
  box.sizes[axis] = count;
  box.from = strides;
  box.from[axis] = -strides[axis];
  box.to = strides;
  box.to_offset = offset + first * strides[axis];
  box.from_offset = offset + mirrored * strides[axis];
  return box;
}

// Calls f for both bands of `axis`, x of size `dim` standing between them.
template <typename F> void for_each_band(const Dims& strides, const Dims& sizes, int64_t offset, size_t axis, std::pair<int64_t, int64_t> padding,
                                         int64_t dim, int64_t border, F f) {
  const auto [before, after] = padding;
  if (before > 0) f(band(strides, sizes, offset, axis, 0, 2 * before - 1 + border, before));
  if (after > 0) f(band(strides, sizes, offset, axis, before + dim, before + dim - 1 - border, after));
}

absl::StatusOr<Kernel> make_mirror_pad(const KernelInit& init) {
  return Kernel([border = border(init)](KernelContext& context) -> absl::Status {
    const Tensor& x = context.input(0);
    WEFT_ASSIGN_OR_RETURN(const Paddings paddings, read_paddings(context.input(1), x.rank()));
    WEFT_RETURN_IF_ERROR(check_bands(x.shape(), paddings, border));
    WEFT_ASSIGN_OR_RETURN(const Shape shape, padded_shape(x.shape(), paddings, 1));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    StridedBox middle;
    middle.sizes = Dims(x.shape().dims().begin(), x.shape().dims().end());
    middle.from = row_major_strides(middle.sizes);
    middle.to = row_major_strides(shape.dims());
    for (size_t i = 0; i < paddings.size(); ++i) middle.to_offset += paddings[i].first * middle.to[i];
    strided_copy(context, x.dtype(), x.raw_data(), out->raw_data(), middle);
    Dims filled = middle.sizes;
    int64_t offset = middle.to_offset;
    for (size_t axis = 0; axis < paddings.size(); ++axis) {
      offset -= paddings[axis].first * middle.to[axis];
      for_each_band(middle.to, filled, offset, axis, paddings[axis], middle.sizes[axis], border,
                    [&](const StridedBox& box) { strided_copy(context, x.dtype(), out->raw_data(), out->raw_data(), box); });
      filled[axis] = shape.dim(static_cast<int>(axis));
    }
    return absl::OkStatus();
  });
}

// data[box.from] += data[box.to], element by element. No two of the elements named are the same.
template <typename T> void add_band(T* data, const StridedBox& box) {
  const size_t rank = box.sizes.size();
  Dims index(rank, 0);
  int64_t count = 1;
  for (const int64_t size : box.sizes) count *= size;
  int64_t from = box.from_offset;
  int64_t to = box.to_offset;
  for (int64_t n = 0; n < count; ++n) {
    data[from] = static_cast<T>(data[from] + data[to]);
    for (size_t i = rank; i-- > 0;) {
      from += box.from[i];
      to += box.to[i];
      if (++index[i] < box.sizes[i]) break;
      from -= box.from[i] * box.sizes[i];
      to -= box.to[i] * box.sizes[i];
      index[i] = 0;
    }
  }
}

constexpr DTypeSet kAddableTypes = kRealNumberTypes | kComplexTypes;

absl::StatusOr<Kernel> make_mirror_pad_grad(const KernelInit& init) {
  return Kernel([border = border(init)](KernelContext& context) -> absl::Status {
    const Tensor& dy = context.input(0);
    WEFT_ASSIGN_OR_RETURN(const Paddings paddings, read_paddings(context.input(1), dy.rank()));
    WEFT_ASSIGN_OR_RETURN(const Shape shape, padded_shape(dy.shape(), paddings, -1));
    WEFT_RETURN_IF_ERROR(check_bands(shape, paddings, border));
    Tensor* out;
    WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &out));
    Tensor sums = dy.clone();
    if (!sums.valid()) return resource_exhausted("no memory for a copy of shape ", dy.shape().to_string());
    const Dims strides = row_major_strides(dy.shape().dims());
    Dims left(dy.shape().dims().begin(), dy.shape().dims().end());
    int64_t offset = 0;
    for (size_t axis = 0; axis < paddings.size(); ++axis) {
      const int64_t dim = shape.dim(static_cast<int>(axis));
      for_each_band(strides, left, offset, axis, paddings[axis], dim, border, [&](const StridedBox& box) {
        dispatch<kAddableTypes>(dy.dtype(), [&](auto tag) {
          using T = typename decltype(tag)::type;
          add_band(sums.data<T>(), box);
        });
      });
      left[axis] = dim;
      offset += paddings[axis].first * strides[axis];
    }
    StridedBox middle;
    middle.sizes = left;
    middle.from = strides;
    middle.to = row_major_strides(left);
    middle.from_offset = offset;
    strided_copy(context, dy.dtype(), sums.raw_data(), out->raw_data(), middle);
    return absl::OkStatus();
  });
}

std::vector<AttrDef> mirror_pad_attrs() {
  return {type_attribute("T"),
          type_attribute("Tpaddings", kIndexTypes, DType::kInt32),
          {.name = "mode", .type = AttrType::kString, .allowed_strings = {"REFLECT", "SYMMETRIC"}}};
}

const OpDef& mirror_pad_grad_op();
const OpDef& mirror_pad_op();

// The same padding of another tensor.
Output repeated(const OpDef& op, GradientContext& g) {
  return OpBuilder(op, "", Loc::current()).input(g.dy()).input(g.x(1)).attr("mode", g.get<std::string>("mode")).output();
}

// MirrorPad: x and around it its own elements, mirrored at its border.
const OpDef& mirror_pad_op() {
  static const OpDef& op = *new OpDef{.name = "MirrorPad",
                                      .inputs = {{"input", type_attr("T")}, {"paddings", type_attr("Tpaddings")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = mirror_pad_attrs(),
                                      .shape = pad_shape,
                                      .kernels = {{.make = make_mirror_pad}},
                                      .gradient = [](GradientContext& g) { return g.first(repeated(mirror_pad_grad_op(), g)); }};
  return op;
}

// MirrorPadGrad: each element and the sum of its mirror images, the padding gone.
const OpDef& mirror_pad_grad_op() {
  static const OpDef& op = *new OpDef{.name = "MirrorPadGrad",
                                      .inputs = {{"input", type_attr("T")}, {"paddings", type_attr("Tpaddings")}},
                                      .outputs = {{"output", type_attr("T")}},
                                      .attrs = mirror_pad_attrs(),
                                      .shape = unpad_shape,
                                      .kernels = {{.constraints = {{"T", kAddableTypes}}, .make = make_mirror_pad_grad}},
                                      .gradient = [](GradientContext& g) { return g.first(repeated(mirror_pad_op(), g)); }};
  return op;
}

}  // namespace

OpList mirror_pad_ops() { return {&mirror_pad_op(), &mirror_pad_grad_op()}; }

Output mirror_pad(const Operand& tensor, const Operand& paddings, std::string_view mode, std::string_view name, Loc where) {
  return OpBuilder(mirror_pad_op(), name, where).input(tensor).input(paddings).attr("mode", std::string(mode)).output();
}

}  // namespace weft
