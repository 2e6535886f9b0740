#include "src/ops/summarize_value.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "weft/base/strings.h"

namespace weft {

namespace {

// The shortest of two precisions that reads back as the same number: 0.1, 0.333333343.
std::string number_text(double value, bool is_float) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", is_float ? 6 : 15, value);
  const bool exact = is_float ? std::strtof(text, nullptr) == static_cast<float>(value) : std::strtod(text, nullptr) == value;
  if (!exact && value == value) std::snprintf(text, sizeof text, "%.*g", is_float ? 9 : 17, value);
  return text;
}

template <typename T> std::string element_text(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) return absl::CEscape(value);
  else if constexpr (std::is_same_v<T, bool>) return value ? "1" : "0";
  else if constexpr (std::is_same_v<T, double>) return number_text(value, false);
  else if constexpr (kFloatTypes.contains(dtype_of<T>)) return number_text(static_cast<double>(static_cast<float>(value)), true);
  else if constexpr (kIntTypes.contains(dtype_of<T>)) return str_cat(+value);
  else return "?";
}

template <typename T> class Summary {
 public:
  Summary(const Tensor& tensor, int64_t limit) : tensor_(tensor), limit_(limit) {}
  std::string text() {
    if (tensor_.rank() == 0) append_element();
    else append_dimension(0);
    if (tensor_.num_elements() > limit_) text_ += "...";
    return text_;
  }

 private:
  void append_element() {
    if (next_ < limit_) text_ += element_text(tensor_.data<T>()[next_++]);
  }
  void append_dimension(int dim) {
    if (next_ >= limit_) return;
    if (dim + 1 == tensor_.rank()) {
      for (int64_t i = 0; i < tensor_.dim(dim); ++i) {
        if (next_ >= limit_) {
          if (dim != 0) text_ += "...";
          return;
        }
        if (i > 0) text_ += ' ';
        append_element();
      }
      return;
    }
    for (int64_t i = 0; i < tensor_.dim(dim) && next_ < limit_; ++i) {
      text_ += '[';
      append_dimension(dim + 1);
      text_ += ']';
    }
  }

  const Tensor& tensor_;
  int64_t limit_;
  int64_t next_ = 0;
  std::string text_;
};

}  // namespace

std::string summarize_value(const Tensor& tensor, int64_t limit) {
  const int64_t count = tensor.num_elements();
  std::string text;
  if (!dispatch<kRealNumberTypes | DTypeSet{DType::kBool, DType::kString}>(tensor.dtype(), [&](auto tag) {
        text = Summary<typename decltype(tag)::type>(tensor, limit < 0 ? count : std::min(limit, count)).text();
      })) {
    for (int64_t i = 0; i < count && (limit < 0 || i < limit); ++i) text += i > 0 ? " ?" : "?";
  }
  return text;
}

}  // namespace weft
