// Unique, UniqueWithCounts, their V2 forms along an axis, and ListDiff: hash tables over the elements, or the slices, of a tensor.
// Elements are equal as == says: 0 and -0 are one value, each NaN is its own.
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/ops/op_lists.h"
#include "src/ops/positions.h"
#include "src/ops/storage.h"
#include "weft/ops/partition_ops.h"

namespace weft {

namespace {

constexpr DTypeSet kUniqueTypes = kFloatTypes | kIntTypes | DTypeSet{DType::kBool, DType::kString};

// What is hashed for an element: 16-bit floats as float, whose hash knows that 0 is -0.
template <typename T> decltype(auto) key_of(const T& x) {
  if constexpr (std::is_same_v<T, half> || std::is_same_v<T, bfloat16>) return static_cast<float>(x);
  else return (x);
}
template <typename T> using KeyOf = std::decay_t<decltype(key_of(std::declval<const T&>()))>;

// x seen as [outer, count, inner]: the slices along the middle are compared.
struct SliceView {
  int64_t outer = 1, count = 0, inner = 1;
};

template <typename T> struct SliceHash {
  const T* x;
  SliceView view;
  size_t operator()(int64_t slice) const {
    size_t hash = 0;
    for (int64_t o = 0; o < view.outer; ++o) {
      const T* row = x + (o * view.count + slice) * view.inner;
      for (int64_t i = 0; i < view.inner; ++i) hash = hash * 1099511628211u + absl::Hash<KeyOf<T>>()(key_of(row[i]));
    }
    return hash;
  }
};
template <typename T> struct SliceEqual {
  const T* x;
  SliceView view;
  bool operator()(int64_t a, int64_t b) const {
    for (int64_t o = 0; o < view.outer; ++o) {
      const T* p = x + (o * view.count + a) * view.inner;
      const T* q = x + (o * view.count + b) * view.inner;
      for (int64_t i = 0; i < view.inner; ++i)
        if (!(p[i] == q[i])) return false;
    }
    return true;
  }
};

// For each slice the number of its value; `firsts`: where each value first appears.
struct Classes {
  std::vector<int64_t> number;
  std::vector<int64_t> firsts;
};

template <typename T> Classes classify(const T* x, const SliceView& view) {
  Classes classes;
  classes.number.resize(static_cast<size_t>(view.count));
  const auto note = [&](int64_t slice, auto inserted) {
    if (inserted.second) classes.firsts.push_back(slice);
    classes.number[static_cast<size_t>(slice)] = inserted.first->second;
  };
  if (view.outer == 1 && view.inner == 1) {
    absl::flat_hash_map<KeyOf<T>, int64_t> seen;
    for (int64_t i = 0; i < view.count; ++i) note(i, seen.emplace(key_of(x[i]), static_cast<int64_t>(classes.firsts.size())));
  } else {
    absl::flat_hash_map<int64_t, int64_t, SliceHash<T>, SliceEqual<T>> seen(0, SliceHash<T>{x, view}, SliceEqual<T>{x, view});
    for (int64_t i = 0; i < view.count; ++i) note(i, seen.emplace(i, static_cast<int64_t>(classes.firsts.size())));
  }
  return classes;
}

// Which axis, and with it how x is viewed. Without an axis, or with an empty one, x is a vector.
absl::StatusOr<int> unique_axis(const Tensor& x, const Tensor* axis) {
  if (axis != nullptr && axis->rank() != 1) return invalid_argument("axis expects a 1D vector.");
  if (axis == nullptr || axis->num_elements() == 0) {
    if (x.rank() != 1) return invalid_argument("unique expects a 1D vector.");
    return 0;
  }
  if (axis->num_elements() > 1) return invalid_argument("axis does not support input tensors larger than 1 elements");
  const int64_t value = index_at(*axis, 0);
  const int64_t wrapped = value < 0 ? value + x.rank() : value;
  if (wrapped < 0 || wrapped >= x.rank()) return invalid_argument("axis has to be between [0, ", x.rank(), ")");
  return static_cast<int>(wrapped);
}

template <typename I> void store_counts(const Classes& classes, I* counts) {
  std::fill_n(counts, classes.firsts.size(), I(0));
  for (const int64_t number : classes.number) ++counts[number];
}

absl::Status store_index(KernelContext& context, int output, const std::vector<int64_t>& values) {
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(output, Shape{static_cast<int64_t>(values.size())}, &out));
  if (out->holds<int32_t>()) std::transform(values.begin(), values.end(), out->data<int32_t>(), [](int64_t v) { return static_cast<int32_t>(v); });
  else std::copy(values.begin(), values.end(), out->data<int64_t>());
  return absl::OkStatus();
}

template <typename T> absl::Status unique_kernel(KernelContext& context, bool has_axis, bool with_counts) {
  const Tensor& x = context.input(0);
  WEFT_ASSIGN_OR_RETURN(const int axis, unique_axis(x, has_axis ? &context.input(1) : nullptr));
  const SliceView view{count_of_dims(x.shape(), 0, axis), x.dim(axis), count_of_dims(x.shape(), axis + 1, x.rank())};
  const T* from = x.data<T>();
  const Classes classes = classify(from, view);
  Shape shape = x.shape();
  shape.set_dim(axis, static_cast<int64_t>(classes.firsts.size()));
  Tensor* y;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, shape, &y));
  T* to = y->data<T>();
  for (int64_t o = 0; o < view.outer; ++o) {
    for (const int64_t slice : classes.firsts) to = std::copy_n(from + (o * view.count + slice) * view.inner, view.inner, to);
  }
  WEFT_RETURN_IF_ERROR(store_index(context, 1, classes.number));
  if (!with_counts) return absl::OkStatus();
  std::vector<int64_t> counts(classes.firsts.size());
  store_counts(classes, counts.data());
  return store_index(context, 2, counts);
}

template <bool kHasAxis, bool kWithCounts> absl::StatusOr<Kernel> make_unique(const KernelInit& init) {
  Kernel kernel;
  dispatch<kUniqueTypes>(init.type("T"), [&](auto tag) {
    using T = typename decltype(tag)::type;
    kernel = Kernel([](KernelContext& context) { return unique_kernel<T>(context, kHasAxis, kWithCounts); });
  });
  return kernel;
}

absl::Status unique_shape(ShapeContext& c) {
  c.set_output(0, PartialShape({kUnknownDim}));
  c.set_output(1, c.input(0));
  if (c.num_outputs() == 3) c.set_output(2, PartialShape({kUnknownDim}));
  return absl::OkStatus();
}

absl::Status unique_v2_shape(ShapeContext& c) {
  PartialShape y;
  if (c.input(0).known_rank()) y = PartialShape::unknown_of_rank(c.input(0).rank());
  c.set_output(0, y);
  c.set_output(1, PartialShape({kUnknownDim}));
  if (c.num_outputs() == 3) c.set_output(2, PartialShape({kUnknownDim}));
  return absl::OkStatus();
}

OpDef unique_definition(std::string_view name, bool has_axis, bool with_counts, KernelFactory make) {
  OpDef op{.name = name,
           .inputs = {{"x", type_attr("T")}},
           .outputs = {{"y", type_attr("T")}, {"idx", type_attr("out_idx")}},
           .attrs = {type_attribute("T")},
           .shape = has_axis ? unique_v2_shape : unique_shape,
           .kernels = {{.constraints = {{"T", kUniqueTypes}}, .make = std::move(make)}},
           .gradient = NoGradientDefined{}};
  if (has_axis) {
    op.inputs.push_back({"axis", type_attr("Taxis")});
    op.attrs.push_back(type_attribute("Taxis", kIndexTypes, DType::kInt64));
  }
  if (with_counts) op.outputs.push_back({"count", type_attr("out_idx")});
  op.attrs.push_back(type_attribute("out_idx", kIndexTypes, DType::kInt32));
  return op;
}

template <typename T> absl::Status list_diff_kernel(KernelContext& context) {
  const Tensor& x = context.input(0);
  const Tensor& y = context.input(1);
  if (x.rank() != 1) return invalid_argument("x should be a 1D vector.");
  if (y.rank() != 1) return invalid_argument("y should be a 1D vector.");
  absl::flat_hash_set<KeyOf<T>> dropped;
  for (const T& element : y.flat<T>()) dropped.insert(key_of(element));
  std::vector<int64_t> kept;
  const auto elements = x.flat<T>();
  for (size_t i = 0; i < elements.size(); ++i)
    if (!dropped.contains(key_of(elements[i]))) kept.push_back(static_cast<int64_t>(i));
  Tensor* out;
  WEFT_RETURN_IF_ERROR(context.allocate_output(0, Shape{static_cast<int64_t>(kept.size())}, &out));
  for (size_t i = 0; i < kept.size(); ++i) out->data<T>()[i] = elements[static_cast<size_t>(kept[i])];
  return store_index(context, 1, kept);
}

absl::StatusOr<Kernel> make_list_diff(const KernelInit& init) {
  Kernel kernel;
  dispatch<kUniqueTypes>(init.type("T"), [&](auto tag) { kernel = Kernel(list_diff_kernel<typename decltype(tag)::type>); });
  return kernel;
}

absl::Status list_diff_shape(ShapeContext& c) {
  WEFT_RETURN_IF_ERROR(c.input_with_rank(0, 1).status());
  WEFT_RETURN_IF_ERROR(c.input_with_rank(1, 1).status());
  c.set_output(0, PartialShape({kUnknownDim}));
  c.set_output(1, PartialShape({kUnknownDim}));
  return absl::OkStatus();
}

}  // namespace

// Unique: y = the different elements of vector x in order of first appearance, x[i] = y[idx[i]].
const OpDef& unique_op() {
  static const OpDef& op = *new OpDef(unique_definition("Unique", false, false, make_unique<false, false>));
  return op;
}
// UniqueWithCounts: the same, and how often each element occurs.
const OpDef& unique_with_counts_op() {
  static const OpDef& op = *new OpDef(unique_definition("UniqueWithCounts", false, true, make_unique<false, true>));
  return op;
}
// UniqueV2, UniqueWithCountsV2: the different slices along `axis`, a vector of one element, or none for a vector x.
const OpDef& unique_v2_op() {
  static const OpDef& op = *new OpDef(unique_definition("UniqueV2", true, false, make_unique<true, false>));
  return op;
}
const OpDef& unique_with_counts_v2_op() {
  static const OpDef& op = *new OpDef(unique_definition("UniqueWithCountsV2", true, true, make_unique<true, true>));
  return op;
}
// ListDiff: out = the elements of x that are not in y, idx = their positions.
const OpDef& list_diff_op() {
  static const OpDef& op = *new OpDef{.name = "ListDiff",
                                      .inputs = {{"x", type_attr("T")}, {"y", type_attr("T")}},
                                      .outputs = {{"out", type_attr("T")}, {"idx", type_attr("out_idx")}},
                                      .attrs = {type_attribute("T"), type_attribute("out_idx", kIndexTypes, DType::kInt32)},
                                      .shape = list_diff_shape,
                                      .kernels = {{.constraints = {{"T", kUniqueTypes}}, .make = make_list_diff}},
                                      .gradient = NoGradientDefined{}};
  return op;
}

OpList unique_ops() { return {&unique_op(), &unique_with_counts_op(), &unique_v2_op(), &unique_with_counts_v2_op(), &list_diff_op()}; }

UniqueResult unique(const Operand& x, UniqueOptions options, Loc where) {
  const std::vector<Output> out = OpBuilder(unique_op(), options.name, where).input(x).attr("out_idx", options.out_idx).outputs();
  return {out[0], out[1], {}};
}

UniqueResult unique_with_counts(const Operand& x, UniqueOptions options, Loc where) {
  const std::vector<Output> out = OpBuilder(unique_with_counts_op(), options.name, where).input(x).attr("out_idx", options.out_idx).outputs();
  return {out[0], out[1], out[2]};
}

SetDifference setdiff1d(const Operand& x, const Operand& y, UniqueOptions options, Loc where) {
  const std::vector<Output> out = OpBuilder(list_diff_op(), options.name, where).input(x).input(y).attr("out_idx", options.out_idx).outputs();
  return {out[0], out[1]};
}

}  // namespace weft
