// All of train: the optimizers, schedules of their learning rates, moving averages.
#pragma once

// IWYU pragma: begin_exports
#include "weft/train/adadelta.h"
#include "weft/train/adagrad.h"
#include "weft/train/adagrad_da.h"
#include "weft/train/adam.h"
#include "weft/train/ftrl.h"
#include "weft/train/gradient_descent.h"
#include "weft/train/learning_rate_decay.h"
#include "weft/train/momentum.h"
#include "weft/train/moving_average.h"
#include "weft/train/optimizer.h"
#include "weft/train/proximal_adagrad.h"
#include "weft/train/proximal_gradient_descent.h"
#include "weft/train/rms_prop.h"
// IWYU pragma: end_exports
