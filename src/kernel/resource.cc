#include "weft/kernel/resource.h"

namespace weft {

absl::StatusOr<std::shared_ptr<Resource>> ResourceManager::lookup_any(std::string_view container, std::string_view name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto in = containers_.find(container);
  const std::string_view shown = container.empty() ? std::string_view("localhost") : container;
  if (in == containers_.end()) return not_found("Container ", shown, " does not exist. (Could not find resource: ", shown, "/", name, ")");
  const auto it = in->second.find(name);
  if (it == in->second.end()) return not_found("Resource ", shown, "/", name, " does not exist.");
  return it->second;
}

absl::StatusOr<std::shared_ptr<Resource>> ResourceManager::lookup_or_create_any(std::string_view container, std::string_view name,
                                                                                const Factory& make) {
  const std::lock_guard<std::mutex> lock(mutex_);
  auto& resources = containers_[std::string(container)];
  const auto it = resources.find(name);
  if (it != resources.end()) return it->second;
  WEFT_ASSIGN_OR_RETURN(std::shared_ptr<Resource> made, make());
  resources.emplace(std::string(name), made);
  return made;
}

absl::Status ResourceManager::create(std::string_view container, std::string_view name, std::shared_ptr<Resource> resource) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto [it, inserted] = containers_[std::string(container)].emplace(std::string(name), std::move(resource));
  if (!inserted) return already_exists("Resource ", container.empty() ? "localhost" : container, "/", name, "/", it->second->type_name());
  return absl::OkStatus();
}

// Resources are dropped outside the lock: what a destructor does may lead back here.

absl::Status ResourceManager::erase(std::string_view container, std::string_view name) {
  std::shared_ptr<Resource> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto in = containers_.find(container);
  const std::string_view shown = container.empty() ? std::string_view("localhost") : container;
  if (in == containers_.end()) return not_found("Container ", shown, " does not exist.");
  const auto it = in->second.find(name);
  if (it == in->second.end()) return not_found("Resource ", shown, "/", name, " does not exist.");
  dropped = std::move(it->second);
  in->second.erase(it);
  return absl::OkStatus();
}

void ResourceManager::clear_container(std::string_view container) {
  decltype(containers_)::node_type dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto in = containers_.find(container);
  if (in != containers_.end()) dropped = containers_.extract(in);
}

void ResourceManager::clear() {
  decltype(containers_) dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(containers_);
}

}  // namespace weft
