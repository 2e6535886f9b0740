#include "weft/session/callable.h"

#include <utility>

#include "src/session/session_state.h"
#include "weft/runtime/program.h"

namespace weft {

Callable::Callable() : status_(failed_precondition("This Callable was not made by a session.")) {}

absl::Status Callable::run(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options) const {
  if (!status_.ok()) [[unlikely]]
    return status_;
  if (!fetch_of_.empty()) return run_with_nodes(feeds, fetches, options);
  return program_->run(feeds, fetches, options);
}

// Some results are nodes, which have no value.
absl::Status Callable::run_with_nodes(absl::Span<const Tensor> feeds, std::span<Tensor> fetches, const RunOptions& options) const {
  if (fetches.size() != fetch_of_.size()) {
    return invalid_argument("This callable gives ", fetch_of_.size(), " fetches and was given room for ", fetches.size());
  }
  std::vector<Tensor> values(program_->plan().fetch_slots().size());
  for (size_t i = 0; i < fetches.size(); ++i) {
    if (fetch_of_[i] >= 0) values[static_cast<size_t>(fetch_of_[i])] = std::move(fetches[i]);
    fetches[i] = Tensor();
  }
  absl::Status status = program_->run(feeds, values, options);
  for (size_t i = 0; i < fetches.size(); ++i) {
    if (fetch_of_[i] >= 0) fetches[i] = std::move(values[static_cast<size_t>(fetch_of_[i])]);
  }
  return status;
}

absl::StatusOr<std::vector<Tensor>> Callable::run(absl::Span<const Tensor> feeds, const RunOptions& options) const {
  std::vector<Tensor> fetches(num_fetches_);
  WEFT_RETURN_IF_ERROR(run(feeds, std::span<Tensor>(fetches), options));
  return fetches;
}

const std::vector<Diagnostic>& Callable::diagnostics() const {
  static const auto& none = *new std::vector<Diagnostic>;
  return program_ != nullptr ? program_->plan().diagnostics() : none;
}

int Callable::num_nodes() const { return program_ != nullptr ? program_->plan().num_nodes() : 0; }
int64_t Callable::nodes_run() const { return program_ != nullptr ? program_->nodes_run() : 0; }

}  // namespace weft
