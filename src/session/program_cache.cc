#include "src/session/program_cache.h"

namespace weft {

uint64_t RunKey::hash() const {
  uint64_t h = (uint64_t{num_feeds} << 32 | num_fetches) * 0x9e3779b97f4a7c15u;
  for (const Endpoint& e : endpoints) {
    h ^= reinterpret_cast<uintptr_t>(e.node) + static_cast<uint64_t>(static_cast<uint32_t>(e.index));
    h *= 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  return h;
}

ProgramCache::ProgramCache() {
  tables_.push_back(std::make_unique<Table>(16));
  table_.store(tables_.back().get(), std::memory_order_release);
}

const CachedProgram* ProgramCache::find(const RunKey& key, uint64_t hash) const {
  const Table& table = *table_.load(std::memory_order_acquire);
  for (size_t i = hash & table.mask;; i = (i + 1) & table.mask) {
    const CachedProgram* entry = table.places[i].load(std::memory_order_acquire);
    if (entry == nullptr) return nullptr;
    if (entry->hash == hash && entry->key == key) return entry;
  }
}

void ProgramCache::put(Table& table, const CachedProgram* entry) {
  size_t i = entry->hash & table.mask;
  while (table.places[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & table.mask;
  table.places[i].store(entry, std::memory_order_release);
}

const CachedProgram& ProgramCache::insert(std::unique_ptr<CachedProgram> entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const CachedProgram* earlier = find(entry->key, entry->hash)) return *earlier;
  entries_.push_back(std::move(entry));
  Table* table = tables_.back().get();
  if (entries_.size() * 2 <= table->mask) {
    put(*table, entries_.back().get());
    return *entries_.back();
  }
  auto larger = std::make_unique<Table>((table->mask + 1) * 2);
  for (const auto& e : entries_) put(*larger, e.get());
  table_.store(larger.get(), std::memory_order_release);
  tables_.push_back(std::move(larger));
  return *entries_.back();
}

}  // namespace weft
