// Random ops, with seeds: a seeded op gives the same numbers in every session.
#include "tests/ops/op_cases.h"

namespace weft {

std::vector<OpCase> random_cases() {
  const std::vector<CaseAttr> seeds = {{"seed", 7}, {"seed2", 11}};
  const CaseInput shape = fixed({2}, {40, 30});
  std::vector<OpCase> cases;
  for (const std::string_view op : {"RandomUniform", "RandomStandardNormal", "TruncatedNormal"})
    cases.push_back({.op = op, .inputs = {shape}, .attrs = seeds});
  for (const std::string_view op : {"StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"}) {
    cases.push_back({.op = op, .inputs = {shape, fixed({2}, {5, 9})}});
  }
  cases.push_back({.op = "RandomUniformInt", .inputs = {shape, fixed(-3), fixed(1000)}, .attrs = seeds});
  cases.push_back({.op = "StatelessRandomUniformInt", .inputs = {shape, fixed({2}, {5, 9}), fixed(-3), fixed(1000)}});
  cases.push_back({.op = "RandomShuffle", .inputs = {spread({6, 2}, -2.1, 1.9)}, .attrs = seeds});
  cases.push_back({.op = "Multinomial", .inputs = {spread({2, 3}, -2.1, 1.9), fixed(50)}, .attrs = seeds});
  cases.push_back({.op = "StatelessMultinomial", .inputs = {spread({2, 3}, -2.1, 1.9), fixed(50), fixed({2}, {5, 9})}});
  cases.push_back({.op = "RandomGamma", .inputs = {fixed({1}, {50}), spread({3}, 0.3, 2.5)}, .attrs = seeds});
  cases.push_back({.op = "ParameterizedTruncatedNormal", .inputs = {shape, fixed(0.5), fixed(2), fixed(-1), fixed(3)}, .attrs = seeds});
  const std::vector<CaseAttr> sampling = {{"num_true", 2}, {"num_sampled", 5}, {"unique", true}, {"range_max", 20}, {"seed", 7}, {"seed2", 11}};
  for (const std::string_view op : {"UniformCandidateSampler", "LogUniformCandidateSampler"}) {
    cases.push_back({.op = op, .inputs = {fixed({3, 2}, {1, 2, 3, 4, 5, 6})}, .attrs = sampling});
  }
  cases.push_back({.op = "ComputeAccidentalHits",
                   .inputs = {fixed({3, 2}, {1, 2, 3, 4, 5, 6}), fixed({4}, {4, 9, 1, 6})},
                   .attrs = {{"num_true", 2}, {"seed", 7}, {"seed2", 11}}});
  return cases;
}

}  // namespace weft
