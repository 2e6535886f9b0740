// Initialisers against the values TensorFlow 1.15.5 gives for the same seeds.
#include "weft/build/initializers.h"

#include <gtest/gtest.h>

#include "weft/build/variable_scope.h"
#include "weft/session/session.h"

namespace weft {
namespace {

struct GoldenValues {
  std::string name;
  DType dtype;
  std::string node;
  std::vector<double> values;  // [3, 4]
};

const std::vector<GoldenValues>& golden() {
  static const std::vector<GoldenValues> all = {
#include "initializer_golden.inc"
  };
  return all;
}

Initializer initializer_named(const std::string& name) {
  const std::map<std::string, Initializer> all = {
      {"zeros", zeros_initializer()},
      {"ones", ones_initializer()},
      {"constant", constant_initializer(2.5)},
      {"constant_list", constant_initializer(Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}))},
      {"random_uniform", random_uniform_initializer({.minval = -1.0, .maxval = 3.0, .seed = 5})},
      {"random_normal", random_normal_initializer({.mean = 0.5, .stddev = 2.0, .seed = 5})},
      {"truncated_normal", truncated_normal_initializer({.mean = 0.5, .stddev = 2.0, .seed = 5})},
      {"uniform_unit_scaling", uniform_unit_scaling_initializer({.factor = 1.5, .seed = 5})},
      {"variance_scaling",
       variance_scaling_initializer({.scale = 2.0, .mode = FanMode::kFanOut, .distribution = ScalingDistribution::kUntruncatedNormal, .seed = 5})},
      {"glorot_uniform", glorot_uniform_initializer(5)},
      {"glorot_normal", glorot_normal_initializer(5)},
      {"he_uniform", he_uniform_initializer(5)},
      {"he_normal", he_normal_initializer(5)},
      {"lecun_uniform", lecun_uniform_initializer(5)},
      {"lecun_normal", lecun_normal_initializer(5)},
      {"identity", identity_initializer(1.5)},
      {"identity_plain", identity_initializer()},
      {"graph_seed", glorot_uniform_initializer()},
  };
  const auto it = all.find(name);
  return it == all.end() ? Initializer() : it->second;
}

TEST(Initializers, GiveTensorFlowsValues) {
  for (const GoldenValues& expected : golden()) {
    SCOPED_TRACE(str_cat(expected.name, " ", dtype_name(expected.dtype)));
    const Initializer initializer = initializer_named(expected.name);
    ASSERT_TRUE(initializer);
    Graph graph;
    graph.set_seed(11);
    const Variable v = get_variable(graph, "v", {.shape = {3, 4}, .dtype = expected.dtype, .initializer = initializer});
    ASSERT_TRUE(graph.status().ok()) << graph.status();
    EXPECT_EQ(v.initial_value().op().name(), expected.node);
    const Session session(graph);
    ASSERT_TRUE(session.run(v.initializer()).ok());
    const auto got = session.run(v);
    ASSERT_TRUE(got.ok()) << got.status();
    const bool wide = expected.dtype == DType::kFloat64;
    for (size_t i = 0; i < expected.values.size(); ++i) {
      const double value = wide ? (*got)[0].flat<double>()[i] : static_cast<double>((*got)[0].flat<float>()[i]);
      // Normal values go through another library's logarithms and cosines.
      EXPECT_NEAR(value, expected.values[i], (wide ? 1e-14 : 5e-7) * std::max(0.01, std::abs(expected.values[i]))) << "element " << i;
    }
  }
}

TEST(Initializers, IdentityIsOfMatrices) {
  Graph graph;
  EXPECT_FALSE(get_variable(graph, "v", {.shape = {3}, .initializer = identity_initializer()}));
  EXPECT_NE(message(graph.status()).find("can only be used for 2D matrices, not for shape [3]"), std::string_view::npos);
  graph.take_errors();
  EXPECT_TRUE(get_variable(graph, "square", {.shape = {2, 2}, .initializer = identity_initializer()}));
}

}  // namespace
}  // namespace weft
