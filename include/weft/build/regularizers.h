// Regularisers: functions of a variable whose value is added to the losses.
#pragma once

#include <functional>

#include "weft/ops/op_builder.h"

namespace weft {

using Regularizer = std::function<Output(const Variable& weights, Loc where)>;

Regularizer l1_regularizer(double scale);  // scale * sum |w|
Regularizer l2_regularizer(double scale);  // scale * sum w^2 / 2
Regularizer l1_l2_regularizer(double l1, double l2);

}  // namespace weft
