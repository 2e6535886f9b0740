// State that outlives a step: variables, tables, queues, random generators. It belongs to a session.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "weft/base/status.h"

namespace weft {

// Base of everything a ResourceManager keeps.
class Resource {
 public:
  virtual ~Resource() = default;
  // TensorFlow's type name in messages: "Var", "HashTable", "FIFOQueue".
  virtual std::string type_name() const = 0;
};

// The resources of one session, by container and name. An empty container is the default one ("localhost" in messages).
// Thread safety: all methods lock. Kernels look a resource up when they are made or keep the handle's pointer, not in each step.
class ResourceManager {
 public:
  using Factory = std::function<absl::StatusOr<std::shared_ptr<Resource>>()>;

  // NotFound when absent, InvalidArgument when a resource of another type has the name.
  template <typename T> absl::StatusOr<std::shared_ptr<T>> lookup(std::string_view container, std::string_view name) const {
    WEFT_ASSIGN_OR_RETURN(std::shared_ptr<Resource> found, lookup_any(container, name));
    return cast<T>(std::move(found), name);
  }
  // Makes the resource when absent; `make` returns a StatusOr<std::shared_ptr<T>> and runs at most once a name.
  template <typename T, typename F> absl::StatusOr<std::shared_ptr<T>> lookup_or_create(std::string_view container, std::string_view name, F make) {
    WEFT_ASSIGN_OR_RETURN(std::shared_ptr<Resource> found, lookup_or_create_any(container, name, [&]() -> absl::StatusOr<std::shared_ptr<Resource>> {
                            WEFT_ASSIGN_OR_RETURN(std::shared_ptr<T> made, make());
                            return std::shared_ptr<Resource>(std::move(made));
                          }));
    return cast<T>(std::move(found), name);
  }
  absl::Status create(std::string_view container, std::string_view name, std::shared_ptr<Resource> resource);  // AlreadyExists
  absl::Status erase(std::string_view container, std::string_view name);                                       // NotFound
  void clear_container(std::string_view container);
  void clear();

 private:
  absl::StatusOr<std::shared_ptr<Resource>> lookup_any(std::string_view container, std::string_view name) const;
  absl::StatusOr<std::shared_ptr<Resource>> lookup_or_create_any(std::string_view container, std::string_view name, const Factory& make);
  template <typename T> static absl::StatusOr<std::shared_ptr<T>> cast(std::shared_ptr<Resource> found, std::string_view name) {
    auto typed = std::dynamic_pointer_cast<T>(found);
    if (!typed) return invalid_argument("resource '", name, "' is a ", found->type_name(), ", not of the type this operation works on");
    return typed;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::shared_ptr<Resource>, std::less<>>, std::less<>> containers_;  // guarded by mutex_
};

}  // namespace weft
