// Products, sums over many inputs, reductions, segments, ranges.
#include "tests/ops/op_cases.h"

namespace weft {

namespace {

CaseInput data(Shape shape) { return spread(std::move(shape), -2.1, 1.9); }

void add_products(std::vector<OpCase>& cases) {
  for (const bool a : {false, true}) {
    for (const bool b : {false, true}) {
      cases.push_back({.op = "MatMul",
                       .inputs = {data(a ? Shape{3, 2} : Shape{2, 3}), data(b ? Shape{4, 3} : Shape{3, 4})},
                       .attrs = {{"transpose_a", a}, {"transpose_b", b}},
                       .second_order = true});
      const CaseInput x = data(a ? Shape{2, 3, 2} : Shape{2, 2, 3}), y = data(b ? Shape{2, 2, 3} : Shape{2, 3, 2});
      for (const std::string_view op : {"BatchMatMul", "BatchMatMulV2"}) {
        cases.push_back({.op = op, .inputs = {x, y}, .attrs = {{"adj_x", a}, {"adj_y", b}}, .second_order = true});
      }
      // Batch dimensions that broadcast.
      cases.push_back(
          {.op = "BatchMatMulV2", .inputs = {x, data(b ? Shape{2, 3} : Shape{3, 2})}, .attrs = {{"adj_x", a}, {"adj_y", b}}, .second_order = true});
      cases.push_back({.op = "BatchMatMulV2",
                       .inputs = {data(a ? Shape{1, 3, 2} : Shape{1, 2, 3}), data(b ? Shape{3, 1, 2, 3} : Shape{3, 1, 3, 2})},
                       .attrs = {{"adj_x", a}, {"adj_y", b}}});
    }
  }
  cases.push_back({.op = "MatMul", .inputs = {data({0, 3}), data({3, 4})}});
  cases.push_back({.op = "MatMul", .inputs = {data({2, 0}), data({0, 4})}});
}

void add_sums(std::vector<OpCase>& cases) {
  cases.push_back({.op = "AddN", .inputs = {data({2, 3})}, .second_order = true});
  cases.push_back({.op = "AddN", .inputs = {data({2, 3}), data({2, 3}), data({2, 3})}, .second_order = true});
  cases.push_back({.op = "AccumulateNV2", .inputs = {data({2, 3}), data({2, 3})}, .attrs = {{"shape", PartialShape{2, 3}}}});
  for (const bool exclusive : {false, true}) {
    for (const bool reverse : {false, true}) {
      for (const double axis : {0., -1.}) {
        cases.push_back(
            {.op = "Cumsum", .inputs = {data({2, 3}), fixed(axis)}, .attrs = {{"exclusive", exclusive}, {"reverse", reverse}}, .second_order = true});
        // TensorFlow's formula for Cumprod is meant for real numbers: nothing is conjugated.
        cases.push_back(
            {.op = "Cumprod", .inputs = {data({2, 3}), fixed(axis)}, .attrs = {{"exclusive", exclusive}, {"reverse", reverse}}, .complex = false});
      }
    }
  }
}

void add_reductions(std::vector<OpCase>& cases) {
  for (const std::string_view op : {"Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm", "All", "Any"}) {
    const bool twice = op != "Prod";
    for (const bool keep : {false, true}) {
      cases.push_back({.op = op, .inputs = {data({2, 3}), fixed({1}, {0})}, .attrs = {{"keep_dims", keep}}, .second_order = twice});
      cases.push_back({.op = op, .inputs = {data({2, 3}), fixed(-1)}, .attrs = {{"keep_dims", keep}}, .second_order = twice});
      cases.push_back({.op = op, .inputs = {data({2, 2, 3}), fixed({2}, {0, -1})}, .attrs = {{"keep_dims", keep}}});
      cases.push_back({.op = op, .inputs = {data({2, 2, 3}), fixed({3}, {0, 1, 2})}, .attrs = {{"keep_dims", keep}}});
      cases.push_back({.op = op, .inputs = {data({2, 3}), fixed({0}, {})}, .attrs = {{"keep_dims", keep}}});
    }
    cases.push_back({.op = op, .inputs = {data({}), fixed({0}, {})}});
    cases.push_back({.op = op, .inputs = {data({0, 3}), fixed({1}, {0})}});
  }
  cases.push_back({.op = "Prod", .inputs = {values({2, 3}, {0, 2, 3, 1, 0, 0}), fixed(1)}});
  for (const std::string_view op : {"ArgMax", "ArgMin"}) {
    for (const double axis : {0., 1., -1.}) cases.push_back({.op = op, .inputs = {data({2, 3}), fixed(axis)}, .none = {0}});
  }
}

void add_segments(std::vector<OpCase>& cases) {
  for (const std::string_view op : {"SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd"}) {
    cases.push_back({.op = op, .inputs = {data({4, 2}), fixed({4}, {0, 0, 1, 3})}});
    cases.push_back({.op = op, .inputs = {data({3}), fixed({3}, {0, 0, 0})}});
  }
  // TensorFlow's gradients of these need the ranks. In an empty group Max and Min hold the largest numbers there are, which leaves nothing
  // of a difference.
  for (const std::string_view op : {"UnsortedSegmentSum", "UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd"}) {
    const bool sum = op == "UnsortedSegmentSum";
    const auto add = [&](CaseInput data, CaseInput ids, double groups) {
      cases.push_back(
          {.op = op, .inputs = {std::move(data), std::move(ids), fixed(groups)}, .second_order = sum, .known_shapes = true, .complex = sum});
    };
    add(data({4, 2}), fixed({4}, {1, 0, 1, 0}), 2);
    add(data({2, 2}), fixed({2, 2}, {1, 0, 1, 1}), 2);
    add(data({4, 2}), fixed({4}, {1, -1, 0, 1}), 2);
    cases.push_back({.op = op, .inputs = {data({4, 2}), fixed({4}, {2, 0, 2, 0}), fixed(3)}, .differentiable = false});
  }
  cases.push_back({.op = "UnsortedSegmentSum", .inputs = {data({4, 2}), fixed({4}, {2, 0, 2, 0}), fixed(3)}, .known_shapes = true});
  cases.push_back({.op = "UnsortedSegmentProd",
                   .inputs = {values({5}, {0, 2, 3, 0, 0}), fixed({5}, {0, 0, 1, 2, 2}), fixed(4)},
                   .known_shapes = true,
                   .complex = false});
}

void add_without_gradient(std::vector<OpCase>& cases) {
  cases.push_back({.op = "Range", .inputs = {fixed(1), fixed(6), fixed(2)}});
  cases.push_back({.op = "LinSpace", .inputs = {fixed(1), fixed(6), fixed(4)}});
  cases.push_back({.op = "Bincount", .inputs = {values({5}, {0, 2, 2, 5, 1}), fixed(4), data({5})}});
  cases.push_back({.op = "Bincount", .inputs = {values({5}, {0, 2, 2, 5, 1}), fixed(4), values({0}, {})}});
  cases.push_back({.op = "RandomGammaGrad", .inputs = {spread({2, 3}, 0.3, 2.5), spread({3}, 0.2, 3.1)}});
  cases.push_back({.op = "InTopK", .inputs = {spread({2, 3}, 0, 1), fixed({2}, {0, 2})}, .attrs = {{"k", 2}}});
  cases.push_back({.op = "InTopKV2", .inputs = {spread({2, 3}, 0, 1), fixed({2}, {0, 2}), fixed(2)}});
}

}  // namespace

std::vector<OpCase> math_cases() {
  std::vector<OpCase> cases;
  add_products(cases);
  add_sums(cases);
  add_reductions(cases);
  add_segments(cases);
  add_without_gradient(cases);
  return cases;
}

}  // namespace weft
