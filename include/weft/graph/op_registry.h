// OpRegistry: ops by name, needed to build nodes that a file names.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "weft/graph/op_def.h"

namespace weft {

// Programs that build graphs with the builder functions never touch it: a node carries its OpDef.
class OpRegistry {
 public:
  // Every op of weft (defined in ops). Referencing it links all of them; not referencing it lets the linker drop those unused.
  static const OpRegistry& standard();

  OpRegistry() = default;
  // A registry that falls back on `base`, for a program's own ops.
  explicit OpRegistry(const OpRegistry* base) : base_(base) {}
  absl::Status add(const OpDef& op);               // AlreadyExists
  const OpDef* find(std::string_view name) const;  // null when absent
  std::vector<const OpDef*> all() const;           // sorted by name

 private:
  const OpRegistry* base_ = nullptr;
  absl::flat_hash_map<std::string, const OpDef*> ops_;
};

}  // namespace weft
