// AttrValue: the value of a node's attribute. AttrMap: a node's attributes by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "weft/tensor/tensor.h"

namespace weft {

class AttrMap;

// A function by name with the attributes it is instantiated with (TF's NameAttrList).
struct FunctionRef {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attrs;  // serialised AttrValues, kept verbatim
  friend bool operator==(const FunctionRef&, const FunctionRef&) = default;
};

// monostate: no value. The empty list of any kind is written as the list of its attribute's type.
using AttrValue = std::variant<std::monostate, std::string, int64_t, float, bool, DType, PartialShape, Tensor, FunctionRef, std::vector<std::string>,
                               std::vector<int64_t>, std::vector<float>, std::vector<bool>, std::vector<DType>, std::vector<PartialShape>,
                               std::vector<Tensor>, std::vector<FunctionRef>>;

// As the attribute types of op definitions.
enum class AttrType : uint8_t {
  kString,
  kInt,
  kFloat,
  kBool,
  kType,
  kShape,
  kTensor,
  kFunc,
  kListString,
  kListInt,
  kListFloat,
  kListBool,
  kListType,
  kListShape,
  kListTensor,
  kListFunc,
};
std::string_view attr_type_name(AttrType type);          // "list(int)"
bool holds_type(const AttrValue& value, AttrType type);  // an alternative of that type
bool equal(const AttrValue& a, const AttrValue& b);
std::string to_string(const AttrValue& value);  // short text for dumps and messages

// Few entries, kept in name order.
class AttrMap {
 public:
  using Entry = std::pair<std::string, AttrValue>;

  const AttrValue* find(std::string_view name) const;
  // The value, or T() when it is absent or of another type. Nodes always hold what their OpDef declares.
  template <typename T> T get(std::string_view name) const {
    const AttrValue* v = find(name);
    const T* t = v != nullptr ? std::get_if<T>(v) : nullptr;
    return t != nullptr ? *t : T();
  }
  // Without a copy; null when absent or of another type.
  template <typename T> const T* get_if(std::string_view name) const {
    const AttrValue* v = find(name);
    return v != nullptr ? std::get_if<T>(v) : nullptr;
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string_view name, AttrValue value);
  void erase(std::string_view name);
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  size_t size() const { return entries_.size(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace weft
