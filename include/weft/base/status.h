// Status and StatusOr: how weft reports every error. Nothing in the library throws or aborts on what a user can feed, load or build.
//
//   WEFT_RETURN_IF_ERROR(check(x));                  // returns the error to the caller
//   WEFT_ASSIGN_OR_RETURN(Tensor t, load(path));     // binds the value or returns the error
//   return invalid_argument("expected rank 2, got ", rank);
//
// The codes are TensorFlow's, which are Abseil's. Debian's Abseil has its own string_view type; the functions below take std types.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "weft/base/strings.h"

namespace weft {

#define WEFT_STATUS_CONCAT_INNER(a, b) a##b
#define WEFT_STATUS_CONCAT(a, b) WEFT_STATUS_CONCAT_INNER(a, b)

// Evaluates `expr`, an absl::Status, and returns it from the enclosing function unless it is OK.
#define WEFT_RETURN_IF_ERROR(expr)                                                \
  do {                                                                            \
    if (absl::Status weft_status = (expr); !weft_status.ok()) return weft_status; \
  } while (false)

// Evaluates `expr`, an absl::StatusOr<T>; on success moves the value into `lhs`, else returns the status.
#define WEFT_ASSIGN_OR_RETURN(lhs, expr) WEFT_ASSIGN_OR_RETURN_INNER(WEFT_STATUS_CONCAT(weft_statusor_, __LINE__), lhs, expr)
#define WEFT_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                \
  if (!tmp.ok()) return std::move(tmp).status();    \
  lhs = *std::move(tmp)

namespace status_internal {
// absl::StrCat of arguments that may be std::string_view.
template <typename... Parts> absl::Status make(absl::StatusCode code, const Parts&... parts) {
  return absl::Status(code, absl::StrCat(to_absl(parts)...));
}
}  // namespace status_internal

// Each makes an error from the concatenation of its arguments (strings and numbers).
template <typename... P> absl::Status cancelled(const P&... p) { return status_internal::make(absl::StatusCode::kCancelled, p...); }
template <typename... P> absl::Status invalid_argument(const P&... p) { return status_internal::make(absl::StatusCode::kInvalidArgument, p...); }
template <typename... P> absl::Status deadline_exceeded(const P&... p) { return status_internal::make(absl::StatusCode::kDeadlineExceeded, p...); }
template <typename... P> absl::Status not_found(const P&... p) { return status_internal::make(absl::StatusCode::kNotFound, p...); }
template <typename... P> absl::Status already_exists(const P&... p) { return status_internal::make(absl::StatusCode::kAlreadyExists, p...); }
template <typename... P> absl::Status resource_exhausted(const P&... p) { return status_internal::make(absl::StatusCode::kResourceExhausted, p...); }
template <typename... P> absl::Status failed_precondition(const P&... p) {
  return status_internal::make(absl::StatusCode::kFailedPrecondition, p...);
}
template <typename... P> absl::Status aborted(const P&... p) { return status_internal::make(absl::StatusCode::kAborted, p...); }
template <typename... P> absl::Status out_of_range(const P&... p) { return status_internal::make(absl::StatusCode::kOutOfRange, p...); }
template <typename... P> absl::Status unimplemented(const P&... p) { return status_internal::make(absl::StatusCode::kUnimplemented, p...); }
template <typename... P> absl::Status internal(const P&... p) { return status_internal::make(absl::StatusCode::kInternal, p...); }
template <typename... P> absl::Status data_loss(const P&... p) { return status_internal::make(absl::StatusCode::kDataLoss, p...); }

// The message of `status` as a std::string_view.
inline std::string_view message(const absl::Status& status) { return {status.message().data(), status.message().size()}; }

// The same error with `prefix` before its message; OK stays OK.
absl::Status annotate(const absl::Status& status, std::string_view prefix);

}  // namespace weft
