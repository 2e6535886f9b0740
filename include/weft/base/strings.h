// The one adaptor between std::string_view and Debian's absl::string_view, and small text functions that errors need.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace weft {

// Passes every value through, but makes a std::string_view one that Abseil's functions take.
template <typename T> decltype(auto) to_absl(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return absl::string_view(value.data(), value.size());
  } else if constexpr (std::is_same_v<T, bool>) {
    return absl::string_view(value ? "true" : "false");
  } else {
    return (value);
  }
}

// Concatenates strings, string views and numbers.
template <typename... Parts> std::string str_cat(const Parts&... parts) { return absl::StrCat(to_absl(parts)...); }

template <typename... Parts> void str_append(std::string& out, const Parts&... parts) { absl::StrAppend(&out, to_absl(parts)...); }

// Levenshtein distance of two strings.
int edit_distance(std::string_view a, std::string_view b);

// Up to `limit` of `candidates` that a user who typed `name` may have meant, best first.
std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> candidates, int limit = 3);

// `text` as valid JSON string contents, quotes included.
std::string json_quote(std::string_view text);

}  // namespace weft
