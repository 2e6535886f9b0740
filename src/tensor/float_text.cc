// Shortest digits of float and double come from std::to_chars. The 16-bit types try 1, 2, ... digits until the text reads back: at
// most five are needed.
#include "src/tensor/float_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace weft {
namespace {

constexpr size_t kTextSize = 2048;  // a double in positional text with kAllDigits stays below

template <typename... Format> std::string to_chars_text(Format... format) {
  std::array<char, kTextSize> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), format...).ptr;
  return std::string(text.data(), end);
}

NumberText split(const std::string& text) {
  NumberText number;
  const size_t e = text.find('e');
  const size_t point = text.find('.');
  const std::string mantissa = text.substr(0, e);
  if (e != std::string::npos) number.exponent = text.substr(e + 1);
  number.integer = mantissa.substr(0, point);
  if (point != std::string::npos) number.fraction = mantissa.substr(point + 1);
  return number;
}

void trim_zeros(std::string& fraction) { fraction.erase(fraction.find_last_not_of('0') + 1); }

template <typename T> bool reads_back(const std::string& text, T x) {
  double read = 0;
  std::from_chars(text.data(), text.data() + text.size(), read);
  return T(static_cast<float>(read)).bits == x.bits;
}

// Shortest d.ddde±xx that reads back as x.
template <typename T> std::string shortest_digits(T x) {
  if constexpr (sizeof(T) > 2) {
    return to_chars_text(x, std::chars_format::scientific);
  } else {
    const double value = static_cast<double>(x);
    for (int digits = 0;; ++digits) {
      const std::string nearest = to_chars_text(value, std::chars_format::scientific, digits);
      if (digits == 8 || reads_back(nearest, x)) return nearest;
      // Above a power of two the numbers lie less dense: the next decimal up may read back though the nearest, below, does not.
      const double unit = std::pow(10.0, std::stoi(nearest.substr(nearest.find('e') + 1)) - digits);
      const std::string up = to_chars_text(value + std::copysign(unit / 2, value), std::chars_format::scientific, digits);
      if (reads_back(up, x)) return up;
    }
  }
}

bool negative(const NumberText& number) { return number.integer[0] == '-'; }

}  // namespace

template <typename T> NumberText shortest_scientific(T x, int max_fraction) {
  NumberText number = split(shortest_digits(x));
  if (static_cast<int>(number.fraction.size()) > max_fraction) number = rounded_scientific(static_cast<double>(x), max_fraction);
  trim_zeros(number.fraction);
  return number;
}

template <typename T> NumberText shortest_positional(T x, int max_fraction) {
  NumberText number = split(shortest_digits(x));
  const int exponent = std::stoi(number.exponent);
  const std::string sign = negative(number) ? "-" : "";
  std::string digits = number.integer.substr(sign.size()) + number.fraction;
  trim_zeros(digits);
  // `point` digits stand before the decimal point.
  int point = exponent + 1;
  if (static_cast<int>(digits.size()) - point > max_fraction) {
    number = split(to_chars_text(static_cast<double>(x), std::chars_format::fixed, max_fraction));
    trim_zeros(number.fraction);
    return number;
  }
  if (digits.empty()) point = 0;
  if (point <= 0) {
    digits.insert(0, static_cast<size_t>(1 - point), '0');
    point = 1;
  }
  const auto whole = static_cast<size_t>(point);
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  NumberText positional{sign + digits.substr(0, whole), digits.substr(whole), ""};
  trim_zeros(positional.fraction);
  return positional;
}

NumberText rounded_scientific(double x, int fraction) { return split(to_chars_text(x, std::chars_format::scientific, fraction)); }

namespace {

// One number as numpy writes scalars; `whole` is what a number without a fraction ends in ("" or ".0"), `plus` the sign of positive ones.
template <typename T> std::string scalar_part(T x, const char* whole, const char* plus) {
  const double value = static_cast<double>(x);
  if (std::isnan(value)) return std::string(plus) + "nan";
  const std::string sign = std::signbit(value) ? "" : plus;
  if (std::isinf(value)) return sign + (value < 0 ? "-inf" : "inf");
  const double magnitude = std::fabs(value);
  const bool positional = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  const NumberText number = positional ? shortest_positional(x, kAllDigits) : shortest_scientific(x, kAllDigits);
  std::string text = sign + number.integer;
  if (!number.fraction.empty()) text += "." + number.fraction;
  return positional ? (number.fraction.empty() ? text + whole : text) : text + "e" + number.exponent;
}

}  // namespace

template <typename T> std::string scalar_text(T x) { return scalar_part(x, ".0", ""); }

template <typename T> std::string complex_scalar_text(T real, T imaginary) {
  if (real == T(0) && !std::signbit(real)) return scalar_part(imaginary, "", "") + "j";
  return "(" + scalar_part(real, "", "") + scalar_part(imaginary, "", "+") + "j)";
}

#define WEFT_FLOAT_TEXT(T)                              \
  template NumberText shortest_positional<T>(T x, int); \
  template NumberText shortest_scientific<T>(T x, int); \
  template std::string scalar_text<T>(T x);
WEFT_FLOAT_TEXT(half)
WEFT_FLOAT_TEXT(bfloat16)
WEFT_FLOAT_TEXT(float)
WEFT_FLOAT_TEXT(double)
#undef WEFT_FLOAT_TEXT
    template std::string complex_scalar_text<float>(float, float);
template std::string complex_scalar_text<double>(double, double);

}  // namespace weft
