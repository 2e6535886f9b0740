// Decimal text of floating-point numbers, the pieces of which NumPy's formats are made.
#pragma once

#include <string>
#include <vector>

#include "weft/tensor/dtype.h"

namespace weft {

// The parts of "-12.5" or "1.5e-07": integer with its sign, fraction without the point, exponent with its sign ("" in positional text).
struct NumberText {
  std::string integer;
  std::string fraction;
  std::string exponent;
};

// The fewest digits that read back as x in type T, in positional text. Fractions longer than `max_fraction` are rounded to that many
// digits and lose trailing zeros. T is half, bfloat16, float or double; x is finite.
template <typename T> NumberText shortest_positional(T x, int max_fraction);
// The same as d.ddde±xx; the exponent has two digits at least.
template <typename T> NumberText shortest_scientific(T x, int max_fraction);
// Exactly `fraction` digits, correctly rounded.
NumberText rounded_scientific(double x, int fraction);

inline constexpr int kAllDigits = 2000;  // for max_fraction

// str(numpy.float32(x)): "1.0", "1e-05", "nan".
template <typename T> std::string scalar_text(T x);
// str(numpy.complex64(x)): "(1+2j)", "2j".
template <typename T> std::string complex_scalar_text(T real, T imaginary);

}  // namespace weft
