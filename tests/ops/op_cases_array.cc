// Ops that move, join, cut, gather and scatter elements.
#include "tests/ops/op_cases.h"

namespace weft {

namespace {

CaseInput data(Shape shape) { return spread(std::move(shape), -2.1, 1.9); }

void add_shapes(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Reshape", .inputs = {data({2, 3}), fixed({2}, {3, -1})}, .second_order = true});
  cases.push_back({.op = "Reshape", .inputs = {data({0, 3}), fixed({2}, {3, 0})}});
  for (const double axis : {0., 2., -1.}) cases.push_back({.op = "ExpandDims", .inputs = {data({2, 3}), fixed(axis)}, .second_order = true});
  cases.push_back({.op = "Squeeze", .inputs = {data({1, 3, 1})}, .second_order = true});
  cases.push_back({.op = "Squeeze", .inputs = {data({1, 3, 1})}, .attrs = {{"squeeze_dims", Ints{-1}}}, .second_order = true});
  cases.push_back({.op = "EnsureShape", .inputs = {data({2, 3})}, .attrs = {{"shape", PartialShape{-1, 3}}}, .second_order = true});
  cases.push_back({.op = "IdentityN", .inputs = {data({2}), data({3})}, .attrs = {{"T", std::vector<DType>{DType::kFloat64, DType::kFloat32}}}});
  cases.push_back({.op = "PlaceholderWithDefault", .inputs = {data({2, 3})}, .attrs = {{"shape", PartialShape{-1, 3}}}, .second_order = true});
  for (const std::string_view op : {"Transpose", "ConjugateTranspose"}) {
    cases.push_back({.op = op, .inputs = {data({2, 3}), fixed({2}, {1, 0})}, .second_order = true});
    cases.push_back({.op = op, .inputs = {data({2, 3, 2}), fixed({3}, {2, 0, 1})}, .second_order = true});
    cases.push_back({.op = op, .inputs = {data({2, 1, 3, 2}), fixed({4}, {0, 3, 1, 2})}});
  }
  cases.push_back({.op = "BroadcastTo", .inputs = {data({2, 1}), fixed({3}, {2, 2, 3})}, .second_order = true});
  cases.push_back({.op = "BroadcastTo", .inputs = {data({}), fixed({1}, {3})}});
  cases.push_back({.op = "Fill", .inputs = {fixed({2}, {2, 3}), data({})}, .second_order = true});
  cases.push_back({.op = "Tile", .inputs = {data({2, 3}), fixed({2}, {2, 3})}, .second_order = true});
  cases.push_back({.op = "Tile", .inputs = {data({2, 3}), fixed({2}, {1, 1})}});
  for (const std::string_view op : {"Shape", "Size", "Rank"}) cases.push_back({.op = op, .inputs = {data({2, 3})}});
  cases.push_back({.op = "ShapeN", .inputs = {data({2, 3}), data({4})}});
  cases.push_back({.op = "BroadcastArgs", .inputs = {fixed({2}, {2, 1}), fixed({1}, {3})}});
  cases.push_back({.op = "BroadcastGradientArgs", .inputs = {fixed({2}, {2, 1}), fixed({1}, {3})}});
  cases.push_back({.op = "OneHot", .inputs = {fixed({3}, {0, 2, 5}), fixed(3), data({}), values({}, {1})}, .attrs = {{"axis", 0}}});
  cases.push_back({.op = "OneHot", .inputs = {fixed({2, 2}, {0, 2, 1, 0}), fixed(3), data({}), values({}, {1})}});
}

void add_joining(std::vector<OpCase>& cases) {
  for (const double axis : {0., -1.}) {
    const CaseInput second = data(axis == 0 ? Shape{1, 3} : Shape{2, 2});
    cases.push_back({.op = "ConcatV2", .inputs = {data({2, 3}), second, fixed(axis)}, .attrs = {{"N", 2}}, .second_order = true});
    cases.push_back({.op = "Concat", .inputs = {fixed(axis), data({2, 3}), second}, .second_order = true});
  }
  cases.push_back({.op = "ConcatV2", .inputs = {data({2, 3}), data({0, 3}), fixed(0)}, .attrs = {{"N", 2}}});
  cases.push_back({.op = "ConcatOffset", .inputs = {fixed(1), fixed({2}, {2, 3}), fixed({2}, {2, 1})}});
  for (const int axis : {0, 1, -1}) {
    cases.push_back({.op = "Pack", .inputs = {data({2, 3}), data({2, 3})}, .attrs = {{"axis", axis}}, .second_order = true});
    cases.push_back({.op = "Unpack", .inputs = {data({2, 2})}, .attrs = {{"axis", axis}, {"num", 2}}, .second_order = true});
    cases.push_back({.op = "Split", .inputs = {fixed(axis), data({4, 2})}, .attrs = {{"num_split", 2}}, .second_order = true});
  }
  cases.push_back({.op = "SplitV", .inputs = {data({2, 4}), fixed({3}, {1, 2, -1}), fixed(-1)}, .attrs = {{"num_split", 3}}, .second_order = true});
  cases.push_back({.op = "SplitV", .inputs = {data({4, 2}), fixed({2}, {4, 0}), fixed(0)}, .attrs = {{"num_split", 2}}});
}

void add_cutting(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Slice", .inputs = {data({3, 4}), fixed({2}, {1, 0}), fixed({2}, {2, -1})}, .second_order = true});
  cases.push_back({.op = "Slice", .inputs = {data({3, 4}), fixed({2}, {0, 1}), fixed({2}, {0, 2})}});
  const CaseInput begin = fixed({2}, {0, 1}), end = fixed({2}, {3, 4}), strides = fixed({2}, {2, 1});
  cases.push_back({.op = "StridedSlice", .inputs = {data({3, 4}), begin, end, strides}, .second_order = true});
  cases.push_back(
      {.op = "StridedSlice", .inputs = {data({3, 4}), fixed({2}, {-1, 3}), fixed({2}, {-4, 0}), fixed({2}, {-1, -2})}, .second_order = true});
  cases.push_back(
      {.op = "StridedSlice", .inputs = {data({3, 4}), begin, end, fixed({2}, {1, 1})}, .attrs = {{"begin_mask", 2}, {"shrink_axis_mask", 1}}});
  cases.push_back({.op = "StridedSlice",
                   .inputs = {data({3, 2, 2}), fixed({3}, {0, 0, 1}), fixed({3}, {0, 0, 2}), fixed({3}, {1, 1, 1})},
                   .attrs = {{"ellipsis_mask", 2}, {"new_axis_mask", 1}}});
  cases.push_back({.op = "StridedSliceGrad", .inputs = {fixed({2}, {3, 4}), begin, end, strides, data({2, 3})}, .second_order = true});
  const CaseInput paddings = fixed({2, 2}, {1, 0, 2, 1});
  cases.push_back({.op = "Pad", .inputs = {data({2, 3}), paddings}, .second_order = true});
  cases.push_back({.op = "PadV2", .inputs = {data({2, 3}), paddings, data({})}, .none = {2}, .second_order = true});
  for (const char* mode : {"REFLECT", "SYMMETRIC"}) {
    const CaseInput mirrored = fixed({2, 2}, {1, 0, 2, 1});
    cases.push_back({.op = "MirrorPad", .inputs = {data({2, 3}), mirrored}, .attrs = {{"mode", mode}}, .second_order = true});
    cases.push_back({.op = "MirrorPadGrad", .inputs = {data({3, 6}), mirrored}, .attrs = {{"mode", mode}}, .second_order = true});
  }
  cases.push_back({.op = "Reverse", .inputs = {data({2, 3}), fixed({2}, {0, 1})}, .second_order = true});
  cases.push_back({.op = "ReverseV2", .inputs = {data({2, 3}), fixed({1}, {-1})}, .second_order = true});
  cases.push_back({.op = "ReverseV2", .inputs = {data({2, 3, 2}), fixed({2}, {0, 2})}});
  cases.push_back(
      {.op = "ReverseSequence", .inputs = {data({2, 3, 2}), fixed({2}, {2, 3})}, .attrs = {{"seq_dim", 1}, {"batch_dim", 0}}, .second_order = true});
  cases.push_back({.op = "ReverseSequence", .inputs = {data({3, 2}), fixed({2}, {0, 3})}, .attrs = {{"seq_dim", 0}, {"batch_dim", 1}}});
}

void add_gathering(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Gather", .inputs = {data({3, 2}), fixed({4}, {2, 0, 2, 1})}});
  cases.push_back({.op = "GatherV2", .inputs = {data({3, 2}), fixed({2, 2}, {2, 0, 2, 1}), fixed(0)}});
  // The gradient of its gradient is that of UnsortedSegmentSum, which needs the ranks.
  cases.push_back({.op = "GatherV2", .inputs = {data({3, 2}), fixed({2, 2}, {2, 0, 2, 1}), fixed(0)}, .second_order = true, .known_shapes = true});
  cases.push_back({.op = "GatherV2", .inputs = {data({2, 3, 2}), fixed({2}, {2, 2}), fixed(1)}});
  cases.push_back({.op = "GatherV2", .inputs = {data({2, 3}), fixed(1), fixed(-1)}});
  cases.push_back(
      {.op = "GatherV2", .inputs = {data({2, 3, 2}), fixed({2, 2}, {2, 2, 0, 1}), fixed(1)}, .attrs = {{"batch_dims", 1}}, .known_shapes = true});
  cases.push_back({.op = "GatherNd", .inputs = {data({3, 2}), fixed({2, 2}, {2, 0, 1, 1})}, .second_order = true});
  cases.push_back({.op = "GatherNd", .inputs = {data({3, 2}), fixed({3, 1}, {2, 0, 2})}});
  cases.push_back({.op = "ScatterNd", .inputs = {fixed({3, 1}, {4, 1, 4}), data({3, 2}), fixed({2}, {5, 2})}, .second_order = true});
  cases.push_back({.op = "ScatterNd", .inputs = {fixed({2, 2}, {1, 1, 0, 2}), data({2}), fixed({2}, {2, 3})}});
  for (const std::string_view op : {"ScatterNdNonAliasingAdd", "TensorScatterAdd", "TensorScatterSub", "TensorScatterUpdate"}) {
    cases.push_back({.op = op, .inputs = {data({4, 2}), fixed({2, 1}, {3, 1}), spread({2, 2}, -1.3, 2.4)}, .second_order = true});
    cases.push_back({.op = op, .inputs = {data({3, 2}), fixed({2, 2}, {1, 1, 0, 0}), spread({2}, -1.3, 2.4)}});
  }
  cases.push_back(
      {.op = "DynamicPartition", .inputs = {data({4, 2}), fixed({4}, {1, 0, 1, 2})}, .attrs = {{"num_partitions", 3}}, .second_order = true});
  for (const std::string_view op : {"DynamicStitch", "ParallelDynamicStitch"}) {
    cases.push_back(
        {.op = op, .inputs = {fixed({2}, {2, 0}), fixed({2}, {1, 3}), data({2, 2}), data({2, 2})}, .attrs = {{"N", 2}}, .second_order = true});
    cases.push_back({.op = op, .inputs = {fixed(1), fixed({2}, {2, 0}), data({2}), data({2, 2})}, .attrs = {{"N", 2}}});
  }
  for (const bool sorted : {true, false}) {
    cases.push_back({.op = "TopK", .inputs = {data({2, 4})}, .attrs = {{"k", 2}, {"sorted", sorted}}, .second_order = true});
    cases.push_back({.op = "TopKV2", .inputs = {data({2, 4}), fixed(2)}, .attrs = {{"sorted", sorted}}, .second_order = true});
  }
  for (const bool reverse : {false, true}) cases.push_back({.op = "NthElement", .inputs = {data({2, 4}), fixed(1)}, .attrs = {{"reverse", reverse}}});
  cases.push_back({.op = "InvertPermutation", .inputs = {fixed({4}, {2, 0, 3, 1})}});
  cases.push_back({.op = "ListDiff", .inputs = {values({4}, {1, 2, 3, 4}), values({2}, {2, 4})}});
  const CaseInput repeated = values({5}, {3, 1, 3, 2, 1});
  for (const std::string_view op : {"Unique", "UniqueWithCounts"}) cases.push_back({.op = op, .inputs = {repeated}});
  for (const std::string_view op : {"UniqueV2", "UniqueWithCountsV2"}) cases.push_back({.op = op, .inputs = {repeated, fixed({1}, {0})}});
  cases.push_back({.op = "Where", .inputs = {values({2, 3}, {0, 1, 0, 0, 1, 1})}});
}

void add_diagonals(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Diag", .inputs = {data({3})}, .second_order = true});
  cases.push_back({.op = "Diag", .inputs = {data({2, 2})}});
  cases.push_back({.op = "DiagPart", .inputs = {data({3, 3})}, .second_order = true});
  cases.push_back({.op = "DiagPart", .inputs = {data({2, 2, 2, 2})}});
  cases.push_back({.op = "MatrixDiag", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "MatrixDiagPart", .inputs = {data({2, 3, 3})}, .second_order = true});
  cases.push_back({.op = "MatrixDiagPart", .inputs = {data({2, 3})}});
  cases.push_back({.op = "MatrixSetDiag", .inputs = {data({2, 3, 3}), data({2, 3})}, .second_order = true});
  cases.push_back({.op = "MatrixSetDiag", .inputs = {data({2, 3}), data({2})}});
  cases.push_back({.op = "MatrixBandPart", .inputs = {data({2, 3, 3}), fixed(1), fixed(0)}, .second_order = true});
  cases.push_back({.op = "MatrixBandPart", .inputs = {data({3, 4}), fixed(-1), fixed(1)}});
}

void add_blocks(std::vector<OpCase>& cases) {
  cases.push_back({.op = "SpaceToDepth", .inputs = {data({1, 2, 4, 1})}, .attrs = {{"block_size", 2}}, .second_order = true});
  cases.push_back({.op = "DepthToSpace", .inputs = {data({1, 1, 2, 4})}, .attrs = {{"block_size", 2}}, .second_order = true});
  cases.push_back({.op = "SpaceToBatchND", .inputs = {data({1, 3, 2}), fixed({1}, {2}), fixed({1, 2}, {1, 0})}, .second_order = true});
  cases.push_back({.op = "SpaceToBatchND", .inputs = {data({1, 2, 4, 1}), fixed({2}, {2, 2}), fixed({2, 2}, {0, 0, 2, 0})}});
  cases.push_back({.op = "BatchToSpaceND", .inputs = {data({2, 2, 2}), fixed({1}, {2}), fixed({1, 2}, {1, 0})}, .second_order = true});
  cases.push_back({.op = "BatchToSpaceND", .inputs = {data({4, 1, 2, 1}), fixed({2}, {2, 2}), fixed({2, 2}, {0, 0, 1, 0})}});
  cases.push_back(
      {.op = "SpaceToBatch", .inputs = {data({1, 2, 4, 1}), fixed({2, 2}, {0, 0, 2, 0})}, .attrs = {{"block_size", 2}}, .second_order = true});
  cases.push_back(
      {.op = "BatchToSpace", .inputs = {data({4, 1, 2, 1}), fixed({2, 2}, {0, 0, 1, 0})}, .attrs = {{"block_size", 2}}, .second_order = true});
}

void add_rolls(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Roll", .inputs = {data({2, 3}), fixed({2}, {1, -1}), fixed({2}, {0, 1})}, .second_order = true});
  cases.push_back({.op = "Roll", .inputs = {data({2, 3, 2}), fixed(-4), fixed(1)}, .second_order = true});
}

}  // namespace

std::vector<OpCase> array_cases() {
  std::vector<OpCase> cases;
  add_shapes(cases);
  add_joining(cases);
  add_cutting(cases);
  add_gathering(cases);
  add_diagonals(cases);
  add_blocks(cases);
  add_rolls(cases);
  return cases;
}

}  // namespace weft
