#include "weft/base/strings.h"

#include <algorithm>
#include <numeric>

namespace weft {

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> candidates, int limit) {
  std::vector<std::pair<int, const std::string*>> scored;
  for (const std::string& candidate : candidates) {
    const int distance = edit_distance(name, candidate);
    const int allowed = 1 + static_cast<int>(std::max(name.size(), candidate.size())) / 3;
    const bool contains = !name.empty() && (candidate.find(name) != std::string::npos || name.find(candidate) != std::string_view::npos);
    if (distance <= allowed || contains) scored.push_back({distance, &candidate});
  }
  std::stable_sort(scored.begin(), scored.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  std::vector<std::string> nearest;
  for (const auto& [distance, candidate] : scored) {
    if (static_cast<int>(nearest.size()) == limit) break;
    nearest.push_back(*candidate);
  }
  return nearest;
}

std::string json_quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20) {
      quoted += "\\u00";
      quoted += kHex[byte >> 4];
      quoted += kHex[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace weft
