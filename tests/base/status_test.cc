#include "weft/base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace weft {
namespace {

absl::StatusOr<int> half_of(int x) {
  if (x % 2 != 0) return invalid_argument("odd: ", x);
  return x / 2;
}

absl::StatusOr<int> quarter_of(int x) {
  WEFT_ASSIGN_OR_RETURN(const int h, half_of(x));
  WEFT_ASSIGN_OR_RETURN(const int q, half_of(h));
  return q;
}

absl::Status all_even(int a, int b) {
  WEFT_RETURN_IF_ERROR(half_of(a).status());
  WEFT_RETURN_IF_ERROR(half_of(b).status());
  return absl::OkStatus();
}

TEST(Status, MacrosPassErrorsOn) {
  EXPECT_EQ(*quarter_of(8), 2);
  EXPECT_EQ(message(quarter_of(6).status()), "odd: 3");
  EXPECT_TRUE(all_even(2, 4).ok());
  EXPECT_EQ(message(all_even(2, 5)), "odd: 5");
}

TEST(Status, AssignMovesOnlyOnceAndTakesMoveOnlyTypes) {
  const auto make = []() -> absl::StatusOr<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto use = [&]() -> absl::StatusOr<int> {
    WEFT_ASSIGN_OR_RETURN(auto p, make());
    return *p;
  };
  EXPECT_EQ(*use(), 7);
}

TEST(Status, EachFunctionHasItsCode) {
  using absl::StatusCode;
  const std::pair<absl::Status, StatusCode> cases[] = {
      {cancelled("x"), StatusCode::kCancelled},
      {invalid_argument("x"), StatusCode::kInvalidArgument},
      {deadline_exceeded("x"), StatusCode::kDeadlineExceeded},
      {not_found("x"), StatusCode::kNotFound},
      {already_exists("x"), StatusCode::kAlreadyExists},
      {resource_exhausted("x"), StatusCode::kResourceExhausted},
      {failed_precondition("x"), StatusCode::kFailedPrecondition},
      {aborted("x"), StatusCode::kAborted},
      {out_of_range("x"), StatusCode::kOutOfRange},
      {unimplemented("x"), StatusCode::kUnimplemented},
      {internal("x"), StatusCode::kInternal},
      {data_loss("x"), StatusCode::kDataLoss},
  };
  for (const auto& [status, code] : cases) EXPECT_EQ(status, absl::Status(code, "x"));
}

TEST(Status, PartsMayBeStringsNumbersAndTruthValues) {
  EXPECT_EQ(message(internal("a", std::string("b"), std::string_view("c"), 1, -2.5, true, false)), "abc1-2.5truefalse");
}

TEST(Status, AnnotateKeepsCodeAndOk) {
  EXPECT_TRUE(annotate(absl::OkStatus(), "ignored").ok());
  EXPECT_EQ(annotate(not_found("w"), "reading: "), absl::Status(absl::StatusCode::kNotFound, "reading: w"));
}

}  // namespace
}  // namespace weft
