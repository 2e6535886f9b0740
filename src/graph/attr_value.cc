#include "weft/graph/attr_value.h"

#include <algorithm>
#include <cstdio>

#include "weft/base/strings.h"

namespace weft {

std::string_view attr_type_name(AttrType type) {
  static constexpr std::string_view kNames[] = {"string",     "int",         "float",        "bool",      "type",        "shape",
                                                "tensor",     "func",        "list(string)", "list(int)", "list(float)", "list(bool)",
                                                "list(type)", "list(shape)", "list(tensor)", "list(func)"};
  return kNames[static_cast<size_t>(type)];
}

// The alternatives of AttrValue stand in the order of AttrType, after monostate.
bool holds_type(const AttrValue& value, AttrType type) { return value.index() == static_cast<size_t>(type) + 1; }

namespace {

bool same(const Tensor& a, const Tensor& b) { return equal(a, b); }
template <typename T> bool same(const T& a, const T& b) { return a == b; }
template <typename T> bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return same<T>(x, y); });
}
bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tensor& x, const Tensor& y) { return equal(x, y); });
}

std::string text(std::monostate) { return "?"; }
std::string text(const std::string& s) { return json_quote(s); }
std::string text(int64_t i) { return str_cat(i); }
std::string text(float f) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", static_cast<double>(f));
  return buffer;
}
std::string text(bool b) { return b ? "true" : "false"; }
std::string text(DType t) { return dtype_name(t); }
std::string text(const PartialShape& s) { return s.to_string(); }
std::string text(const Tensor& t) { return t.num_elements() <= 8 ? t.to_string() : t.describe(); }
std::string text(const FunctionRef& f) { return f.name; }
template <typename T> std::string text(const std::vector<T>& list) {
  std::string all = "[";
  for (size_t i = 0; i < list.size(); ++i) all += (i == 0 ? "" : ", ") + text(static_cast<const T&>(list[i]));
  return all + "]";
}

}  // namespace

bool equal(const AttrValue& a, const AttrValue& b) {
  if (a.index() != b.index()) return false;
  return std::visit([&](const auto& value) { return same(value, std::get<std::decay_t<decltype(value)>>(b)); }, a);
}

std::string to_string(const AttrValue& value) {
  return std::visit([](const auto& v) { return text(v); }, value);
}

namespace {
constexpr auto kBefore = [](const AttrMap::Entry& entry, std::string_view name) { return entry.first < name; };
}  // namespace

const AttrValue* AttrMap::find(std::string_view name) const {
  if (entries_.size() <= 4) {
    for (const Entry& entry : entries_)
      if (entry.first == name) return &entry.second;
    return nullptr;
  }
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, kBefore);
  return it != entries_.end() && it->first == name ? &it->second : nullptr;
}

void AttrMap::set(std::string_view name, AttrValue value) {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, kBefore);
  if (it != entries_.end() && it->first == name) {
    it->second = std::move(value);
  } else {
    entries_.emplace(it, std::string(name), std::move(value));
  }
}

void AttrMap::erase(std::string_view name) {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, kBefore);
  if (it != entries_.end() && it->first == name) entries_.erase(it);
}

}  // namespace weft
