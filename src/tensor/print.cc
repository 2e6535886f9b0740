// A tensor's text is NumPy's (array2string with its defaults): every element becomes a word of equal width, words are laid out in nested
// brackets and lines of at most 75 characters.
//
//   [[1.  2.5]      fixed notation: shortest digits, at most 8 after the point
//    [3.  4. ]]     scientific when max >= 1e8, min < 1e-4 or max/min > 1000
//
// Above the threshold an axis longer than six shows its first and last three rows, and only what is shown decides widths and notation.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "src/tensor/float_text.h"
#include "weft/base/strings.h"
#include "weft/tensor/tensor.h"

namespace weft {
namespace {

constexpr int kEdgeItems = 3;
constexpr int kLineWidth = 75;
constexpr int kMaxFraction = 8;

std::string pad_left(const std::string& text, size_t width) { return text.size() < width ? std::string(width - text.size(), ' ') + text : text; }

// How the floats of one array are written: notation and widths that suit all of them.
template <typename T> class FloatFormat {
 public:
  // `plus`: positive numbers get a sign, as imaginary parts do.
  FloatFormat(const std::vector<T>& values, bool plus) : plus_(plus) {
    choose_notation(values);
    size_t special = 0;
    for (const T value : values) {
      const double x = static_cast<double>(value);
      if (std::isfinite(x)) {
        measure(value);
      } else {
        special = std::max(special, special_text(x).size());
      }
    }
    if (scientific_) fraction_width_ = static_cast<size_t>(precision_) + exponent_digits_ + 2;
    if (special > fraction_width_ + 1) integer_width_ = std::max(integer_width_, special - fraction_width_ - 1);
  }

  std::string operator()(T value) const {
    const double x = static_cast<double>(value);
    if (!std::isfinite(x)) return pad_left(special_text(x), integer_width_ + fraction_width_ + 1);
    NumberText number = scientific_ ? rounded_scientific(x, precision_) : shortest_positional(value, kMaxFraction);
    const std::string text = pad_left(signed_integer(number), integer_width_) + "." + number.fraction;
    if (scientific_) {
      const size_t digits = number.exponent.size() - 1;
      return text + "e" + number.exponent.substr(0, 1) + std::string(exponent_digits_ - std::min(digits, exponent_digits_), '0') +
             number.exponent.substr(1);
    }
    return text + std::string(fraction_width_ - number.fraction.size(), ' ');
  }

 private:
  void choose_notation(const std::vector<T>& values) {
    T largest = T(0.0f);
    T smallest = T(0.0f);
    bool any = false;
    for (const T value : values) {
      const T magnitude = value < T(0.0f) ? -value : value;
      if (!std::isfinite(static_cast<double>(value)) || magnitude == T(0.0f)) continue;
      largest = any && magnitude < largest ? largest : magnitude;
      smallest = any && smallest < magnitude ? smallest : magnitude;
      any = true;
    }
    if (!any) return;
    const T ratio = largest / smallest;  // in T: may overflow to infinity
    scientific_ = static_cast<double>(largest) >= 1e8 || static_cast<double>(smallest) < 1e-4 || static_cast<double>(ratio) > 1000.0;
  }

  void measure(T value) {
    const NumberText number = scientific_ ? shortest_scientific(value, kMaxFraction) : shortest_positional(value, kMaxFraction);
    integer_width_ = std::max(integer_width_, signed_integer(number).size());
    fraction_width_ = std::max(fraction_width_, number.fraction.size());
    precision_ = std::max(precision_, static_cast<int>(number.fraction.size()));
    if (scientific_) exponent_digits_ = std::max(exponent_digits_, number.exponent.size() - 1);
  }

  std::string signed_integer(const NumberText& number) const { return plus_ && number.integer[0] != '-' ? "+" + number.integer : number.integer; }

  std::string special_text(double x) const {
    if (std::isnan(x)) return plus_ ? "+nan" : "nan";
    return x < 0 ? "-inf" : plus_ ? "+inf" : "inf";
  }

  bool plus_;
  bool scientific_ = false;
  int precision_ = 0;
  size_t integer_width_ = 0;
  size_t fraction_width_ = 0;  // in scientific notation all that follows the point
  size_t exponent_digits_ = 0;
};

template <typename T> std::vector<std::string> float_words(const std::vector<T>& values) {
  std::vector<std::string> words;
  const FloatFormat<T> format(values, false);
  for (const T value : values) words.push_back(format(value));
  return words;
}

template <typename T> std::vector<std::string> complex_words(const std::vector<std::complex<T>>& values) {
  std::vector<T> real;
  std::vector<T> imaginary;
  for (const auto& value : values) {
    real.push_back(value.real());
    imaginary.push_back(value.imag());
  }
  const FloatFormat<T> real_format(real, false);
  const FloatFormat<T> imaginary_format(imaginary, true);
  std::vector<std::string> words;
  for (size_t i = 0; i < values.size(); ++i) {
    std::string text = imaginary_format(imaginary[i]);
    text.insert(text.find_last_not_of(' ') + 1, "j");
    words.push_back(real_format(real[i]) + text);
  }
  return words;
}

// repr of Python's bytes.
std::string bytes_text(const std::string& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char quote = bytes.find('\'') != std::string::npos && bytes.find('"') == std::string::npos ? '"' : '\'';
  std::string text = std::string("b") + quote;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      text += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += "\\x";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    } else {
      text += c;
    }
  }
  return text + quote;
}

template <typename T> std::string plain_text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "True" : "False";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return bytes_text(value);
  } else if constexpr (std::is_same_v<T, ResourceHandle>) {
    return str_cat("<", value.type_name.empty() ? "resource" : value.type_name, " ", value.name, ">");
  } else if constexpr (std::is_same_v<T, Variant>) {
    return str_cat("<", value.type_name.empty() ? "variant" : value.type_name, ">");
  } else if constexpr (kQuantizedTypes.contains(dtype_of<T>)) {
    return plain_text(value.value);
  } else {
    return std::to_string(value);
  }
}

// The elements as words. Numbers and truth values are aligned to the right; other things stand as they are.
template <typename T> std::vector<std::string> words_of(const std::vector<T>& values) {
  if constexpr (kFloatTypes.contains(dtype_of<T>)) {
    return float_words(values);
  } else if constexpr (kComplexTypes.contains(dtype_of<T>)) {
    return complex_words(values);
  } else {
    std::vector<std::string> words;
    size_t width = 0;
    for (const auto& value : values) {
      words.push_back(plain_text<T>(value));
      width = std::max(width, words.back().size());
    }
    if constexpr (std::is_same_v<T, bool>) width = 5;
    if constexpr (is_plain(dtype_of<T>)) {
      for (std::string& word : words) word = pad_left(word, width);
    }
    return words;
  }
}

template <typename T> std::string text_of_scalar(const T& value) {
  if constexpr (kFloatTypes.contains(dtype_of<T>)) {
    return scalar_text(value);
  } else if constexpr (kComplexTypes.contains(dtype_of<T>)) {
    return complex_scalar_text(value.real(), value.imag());
  } else {
    return plain_text(value);
  }
}

// Walks the elements that are shown, in order: once to collect them, once to lay out their words.
class Layout {
 public:
  Layout(const Shape& shape, bool summarize) : shape_(shape), summarize_(summarize) { collect(0, 0); }

  // Positions in the flat tensor of the elements shown.
  const std::vector<int64_t>& shown() const { return shown_; }

  std::string text(const std::vector<std::string>& words) {
    words_ = &words;
    next_ = 0;
    text_.clear();
    write(0);
    return std::move(text_);
  }

 private:
  bool summarized(int axis) const { return summarize_ && shape_.dim(axis) > 2 * kEdgeItems; }

  void collect(int axis, int64_t offset) {
    if (axis == shape_.rank()) {
      shown_.push_back(offset);
      return;
    }
    const int64_t size = shape_.dim(axis);
    for (int64_t i = 0; i < size; ++i) {
      if (summarized(axis) && i == kEdgeItems) i = size - kEdgeItems;
      collect(axis + 1, offset * size + i);
    }
  }

  void write(int axis) {
    text_ += '[';
    if (axis + 1 == shape_.rank()) {
      write_row(axis);
    } else {
      write_rows(axis);
    }
    text_ += ']';
  }

  void write_rows(int axis) {
    const auto separate = [&] { text_.append(static_cast<size_t>(shape_.rank() - axis - 1), '\n').append(indent(axis), ' '); };
    const bool summary = summarized(axis);
    const int64_t count = summary ? 2 * kEdgeItems : shape_.dim(axis);
    for (int64_t i = 0; i < count; ++i) {
      if (i > 0) separate();
      if (summary && i == kEdgeItems) {
        text_ += "...";
        separate();
      }
      write(axis + 1);
    }
  }

  void write_row(int axis) {
    const bool summary = summarized(axis);
    const int64_t count = summary ? 2 * kEdgeItems : shape_.dim(axis);
    column_ = indent(axis);
    for (int64_t i = 0; i < count; ++i) {
      if (i > 0) add_separator();
      if (summary && i == kEdgeItems) {
        add_word("...", axis);
        add_separator();
      }
      add_word((*words_)[next_++], axis);
    }
  }

  void add_separator() {
    text_ += ' ';
    ++column_;
  }

  void add_word(const std::string& word, int axis) {
    const int width = kLineWidth - shape_.rank();  // room for the closing brackets
    if (column_ > indent(axis) && static_cast<int>(column_ + word.size()) > width) {
      text_.erase(text_.find_last_not_of(' ') + 1);
      text_.append("\n").append(indent(axis), ' ');
      column_ = indent(axis);
    }
    text_ += word;
    column_ += word.size();
  }

  static size_t indent(int axis) { return static_cast<size_t>(axis) + 1; }

  const Shape& shape_;
  const bool summarize_;
  std::vector<int64_t> shown_;
  const std::vector<std::string>* words_ = nullptr;
  size_t next_ = 0;
  size_t column_ = 0;
  std::string text_;
};

}  // namespace

std::string Tensor::to_string(int64_t summarize_above) const {
  std::string text = "<no tensor>";
  dispatch<kAllTypes>(dtype_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (rank() == 0) {
      text = text_of_scalar(data<T>()[0]);
      return;
    }
    if (num_elements() == 0) {
      text = "[]";
      return;
    }
    Layout layout(shape_, summarize_above > 0 && num_elements() > summarize_above);
    std::vector<T> values;
    for (const int64_t position : layout.shown()) values.push_back(data<T>()[position]);
    text = layout.text(words_of(values));
  });
  return text;
}

}  // namespace weft
