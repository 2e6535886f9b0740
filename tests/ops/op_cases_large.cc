// Rows for ops whose work grows with sizes that are inputs: the small rows, enlarged, stay in one tile.
#include "tests/ops/op_cases.h"

namespace weft {

namespace {

CaseInput data(Shape shape) { return spread(std::move(shape), -2.1, 1.9); }

void add_fills(std::vector<OpCase>& cases) {
  cases.push_back({.op = "AccumulateNV2", .inputs = {data({400, 500}), data({400, 500})}, .attrs = {{"shape", PartialShape{-1, -1}}}});
  cases.push_back({.op = "BroadcastTo", .inputs = {data({2, 1}), fixed({3}, {3, 2, 40000})}});
  cases.push_back({.op = "Fill", .inputs = {fixed({2}, {400, 500}), data({})}});
  cases.push_back({.op = "OneHot", .inputs = {spread({50000}, 0, 3), fixed(4), data({}), values({}, {1})}});
}

void add_copies(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Slice", .inputs = {data({300, 1000}), fixed({2}, {0, 1}), fixed({2}, {300, 998})}});
  cases.push_back({.op = "StridedSliceGrad",
                   .inputs = {fixed({2}, {300, 1000}), fixed({2}, {0, 1}), fixed({2}, {300, 999}), fixed({2}, {1, 1}), data({300, 998})}});
  cases.push_back({.op = "ScatterNd", .inputs = {fixed({3, 1}, {4, 1, 4}), data({3, 100000}), fixed({2}, {5, 100000})}});
}

void add_windows(std::vector<OpCase>& cases) {
  const std::vector<CaseAttr> dilation = {{"strides", Ints{1, 1, 1, 1}}, {"rates", Ints{1, 1, 1, 1}}, {"padding", "VALID"}};
  const CaseInput images = data({600, 3, 4, 2}), pooled = data({600, 2, 3, 2}), filter = spread({2, 2, 2}, -1.31, 1.73);
  cases.push_back({.op = "Dilation2DBackpropInput", .inputs = {images, filter, pooled}, .attrs = dilation});
  cases.push_back({.op = "AvgPoolGrad",
                   .inputs = {fixed({4}, {6000, 3, 4, 2}), data({6000, 2, 3, 2})},
                   .attrs = {{"ksize", Ints{1, 2, 2, 1}}, {"strides", Ints{1, 1, 1, 1}}, {"padding", "VALID"}}});
  cases.push_back({.op = "Conv2DBackpropInput",
                   .inputs = {fixed({4}, {600, 3, 4, 2}), spread({2, 2, 2, 2}, -1.3, 1.7), pooled},
                   .attrs = {{"strides", Ints{1, 1, 1, 1}}, {"padding", "VALID"}}});
}

void add_random(std::vector<OpCase>& cases) {
  const std::vector<CaseAttr> seeds = {{"seed", 7}, {"seed2", 11}};
  const CaseInput shape = fixed({2}, {400, 500});
  for (const std::string_view op : {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"})
    cases.push_back({.op = op, .inputs = {shape}, .attrs = seeds});
  for (const std::string_view op : {"StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"})
    cases.push_back({.op = op, .inputs = {shape, fixed({2}, {5, 9})}});
  cases.push_back({.op = "RandomUniformInt", .inputs = {shape, fixed(-3), fixed(1000)}, .attrs = seeds});
  cases.push_back({.op = "StatelessRandomUniformInt", .inputs = {shape, fixed({2}, {5, 9}), fixed(-3), fixed(1000)}});
  cases.push_back({.op = "RandomGamma", .inputs = {fixed({1}, {20000}), spread({3}, 0.3, 2.5)}, .attrs = seeds});
}

}  // namespace

std::vector<OpCase> large_cases() {
  std::vector<OpCase> cases;
  add_fills(cases);
  add_copies(cases);
  add_windows(cases);
  add_random(cases);
  for (OpCase& row : cases) row.large = true;
  return cases;
}

}  // namespace weft
