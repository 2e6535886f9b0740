#pragma once

#include "weft/ops/op_builder.h"

namespace weft {

// `mode` is "REFLECT" or "SYMMETRIC". See pad() for what they mean.
Output mirror_pad(const Operand& tensor, const Operand& paddings, std::string_view mode, std::string_view name, Loc where);

}  // namespace weft
