// Compares what weft computed with what TensorFlow did.
#pragma once

#include <string>

#include "tools/weft/replay/oracle_case.h"

namespace weft::replay {

// "" when `got` is what the check asks for; else what differs, with the first element that does.
std::string difference(const Tensor& got, const Expected& want);

// "" when `got` is the error that was to come. The message is not compared.
std::string difference(const absl::Status& got, const ExpectedError& want);

}  // namespace weft::replay
