#include "weft/tensor/shape.h"

#include <gtest/gtest.h>

#include <limits>

namespace weft {
namespace {

constexpr int64_t kHuge = int64_t{1} << 40;

TEST(Shape, Basics) {
  EXPECT_EQ(Shape().num_elements(), 1);
  EXPECT_TRUE(Shape().is_scalar());
  EXPECT_EQ(Shape().to_string(), "[]");
  Shape s = {2, 3};
  EXPECT_EQ(s.to_string(), "[2,3]");
  EXPECT_EQ(s.num_elements(), 6);
  s.add_dim(4);
  EXPECT_EQ(s.num_elements(), 24);
  s.set_dim(0, 5);
  s.insert_dim(1, 7);
  EXPECT_EQ(s, Shape({5, 7, 3, 4}));
  s.remove_dim(3);
  EXPECT_EQ(s.num_elements(), 105);
  EXPECT_EQ(Shape({3, 0, 2}).num_elements(), 0);
}

std::string error_of(std::initializer_list<int64_t> dims) { return std::string(message(Shape::make(dims).status())); }

TEST(Shape, MakeRefusesWhatNoTensorCanHave) {
  EXPECT_EQ(*Shape::make({2, 3}), Shape({2, 3}));
  EXPECT_EQ(error_of({2, -3}), "Dimension -3 must be >= 0");
  EXPECT_EQ(error_of({kHuge, kHuge}), "Shape [1099511627776,1099511627776] would have more than 2**63 - 1 elements");
  EXPECT_TRUE(Shape::make({0, kHuge, kHuge}).ok());
  EXPECT_FALSE(Shape::make({kHuge, kHuge, 0}).ok());
  EXPECT_TRUE(Shape::make(std::vector<int64_t>(254, 1)).ok());
  EXPECT_FALSE(Shape::make(std::vector<int64_t>(255, 1)).ok());
}

TEST(Shape, CountingNeverOverflows) {
  EXPECT_EQ(Shape({kHuge, kHuge}).num_elements(), Shape::kTooManyElements);
  EXPECT_EQ(Shape({kHuge, kHuge, 0}).num_elements(), Shape::kTooManyElements);
  EXPECT_EQ(Shape({-1, 0}).num_elements(), Shape::kTooManyElements);
  EXPECT_EQ(Shape({-2, -3}).num_elements(), Shape::kTooManyElements);
}

TEST(PartialShape, Basics) {
  EXPECT_FALSE(PartialShape().known_rank());
  EXPECT_EQ(PartialShape().rank(), -1);
  EXPECT_EQ(PartialShape().to_string(), "<unknown>");
  EXPECT_EQ(PartialShape({-1, 64}).to_string(), "[?,64]");
  EXPECT_EQ(PartialShape::scalar().to_string(), "[]");
  EXPECT_TRUE(PartialShape::scalar().fully_defined());
  EXPECT_EQ(PartialShape::scalar().num_elements(), 1);
  EXPECT_EQ(PartialShape::unknown_of_rank(2).to_string(), "[?,?]");
  EXPECT_EQ(PartialShape({2, -1}).num_elements(), -1);
  EXPECT_EQ(PartialShape().num_elements(), -1);
  EXPECT_EQ(PartialShape(Shape{2, 3}).to_shape(), Shape({2, 3}));
  EXPECT_FALSE(PartialShape::scalar() == PartialShape());
}

TEST(PartialShape, Compatibility) {
  const PartialShape a = {-1, 3};
  EXPECT_TRUE(a.is_compatible_with(PartialShape()));
  EXPECT_TRUE(a.is_compatible_with(PartialShape({2, -1})));
  EXPECT_FALSE(a.is_compatible_with(PartialShape({2, 4})));
  EXPECT_FALSE(a.is_compatible_with(PartialShape({3})));
  EXPECT_TRUE(a.is_compatible_with(Shape({9, 3})));
  EXPECT_FALSE(a.is_compatible_with(Shape({9, 4})));
  EXPECT_FALSE(a.is_compatible_with(Shape()));
  EXPECT_TRUE(PartialShape().is_compatible_with(Shape({9, 4})));
}

TEST(PartialShape, MergeTakesWhatIsKnownOfEither) {
  const PartialShape a = {-1, 3, -1};
  const PartialShape b = {2, -1, -1};
  EXPECT_EQ(*a.merge(b), PartialShape({2, 3, -1}));
  EXPECT_EQ(*a.merge(PartialShape()), a);
  EXPECT_EQ(*PartialShape().merge(a), a);
}

// The messages are TensorFlow's.
TEST(PartialShape, MergeTellsWhatContradicts) {
  const auto error = [](const PartialShape& a, const PartialShape& b) { return std::string(message(a.merge(b).status())); };
  EXPECT_EQ(error({-1, 3}, {-1, 4}), "Dimension 1 in both shapes must be equal, but are 3 and 4. Shapes are [?,3] and [?,4].");
  EXPECT_EQ(error({-1, 3}, {3}), "Shapes must be equal rank, but are 2 and 1");
}

}  // namespace
}  // namespace weft
