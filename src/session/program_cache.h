// ProgramCache: a session's compiled programs, found by the handles of a run.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/types/span.h"
#include "src/session/endpoint.h"
#include "weft/runtime/program.h"

namespace weft {

// The key of a run: its feeds, fetches and targets one after the other.
struct RunKey {
  Endpoints endpoints;
  uint32_t num_feeds = 0;
  uint32_t num_fetches = 0;

  uint64_t hash() const;
  friend bool operator==(const RunKey& a, const RunKey& b) {
    return a.num_feeds == b.num_feeds && a.num_fetches == b.num_fetches && a.endpoints == b.endpoints;
  }
};

struct CachedProgram {
  RunKey key;
  uint64_t hash = 0;
  std::unique_ptr<Program> program;
  std::vector<int32_t> fetch_of;  // by fetch: its place among the program's, -1 for a node; empty when they are the same
};

// An open-addressing table that only grows. Reading takes no lock: entries never change or move, and an outgrown table lives on for
// those who still read it.
class ProgramCache {
 public:
  ProgramCache();
  // Null when absent.
  const CachedProgram* find(const RunKey& key, uint64_t hash) const;
  // Returns the entry in the cache, an earlier one for the same key if there is one.
  const CachedProgram& insert(std::unique_ptr<CachedProgram> entry);
  template <typename F> void for_each(F f) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& entry : entries_) f(*entry);
  }

 private:
  struct Table {
    explicit Table(size_t size) : mask(size - 1), places(new std::atomic<const CachedProgram*>[size]()) {}
    size_t mask;
    std::unique_ptr<std::atomic<const CachedProgram*>[]> places;
  };
  static void put(Table& table, const CachedProgram* entry);

  std::atomic<Table*> table_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Table>> tables_;           // guarded by mutex_: the last one is table_
  std::vector<std::unique_ptr<CachedProgram>> entries_;  // guarded by mutex_
};

}  // namespace weft
