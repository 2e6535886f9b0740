// The table of compiled programs: every key is found again, while it grows and while others read.
#include "src/session/program_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/runtime/test_ops.h"

namespace weft::test {
namespace {

class Cache : public ::testing::Test {
 protected:
  RunKey key(int node, int index = 0) {
    RunKey k;
    k.endpoints.push_back({graph.node(node), index});
    k.num_fetches = 1;
    return k;
  }
  const CachedProgram& insert(const RunKey& k) {
    auto entry = std::make_unique<CachedProgram>();
    entry->key = k;
    entry->hash = k.hash();
    return cache.insert(std::move(entry));
  }
  void SetUp() override {
    for (int i = 0; i < 300; ++i) constant(graph, Tensor::scalar_of(1.0f));
  }
  Graph graph;
  ProgramCache cache;
};

TEST_F(Cache, GrowsAndFindsAll) {
  std::vector<const CachedProgram*> entries;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(cache.find(key(i), key(i).hash()), nullptr);
    entries.push_back(&insert(key(i)));
  }
  for (int i = 0; i < 300; ++i) EXPECT_EQ(cache.find(key(i), key(i).hash()), entries[static_cast<size_t>(i)]) << "moved or lost";
  int count = 0;
  cache.for_each([&](const CachedProgram&) { ++count; });
  EXPECT_EQ(count, 300);
}

TEST_F(Cache, TheFirstOfTwoWithOneKeyStays) {
  const CachedProgram& first = insert(key(1));
  EXPECT_EQ(&insert(key(1)), &first);
}

TEST_F(Cache, AKeyIsItsRolesToo) {
  RunKey fed = key(1);
  fed.num_feeds = 1;
  fed.num_fetches = 0;
  insert(key(1));
  EXPECT_EQ(cache.find(fed, fed.hash()), nullptr) << "a feed is no fetch";
  EXPECT_EQ(cache.find(key(1, 1), key(1, 1).hash()), nullptr) << "another output";
  RunKey swapped;
  swapped.endpoints = {{graph.node(2), 0}, {graph.node(1), 0}};
  swapped.num_fetches = 2;
  RunKey order;
  order.endpoints = {{graph.node(1), 0}, {graph.node(2), 0}};
  order.num_fetches = 2;
  insert(swapped);
  EXPECT_EQ(cache.find(order, order.hash()), nullptr);
  // Even where the hashes meet, keys decide.
  EXPECT_EQ(cache.find(order, swapped.hash()), nullptr);
}

TEST_F(Cache, ReadersNeedNoLockWhileItGrows) {
  std::atomic<int> inserted{0};
  std::vector<std::thread> readers;
  std::atomic<bool> lost{false};
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (inserted < 300) {
        const int known = inserted;
        for (int i = 0; i < known; ++i)
          if (cache.find(key(i), key(i).hash()) == nullptr) lost = true;
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    insert(key(i));
    inserted = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_FALSE(lost);
}

}  // namespace
}  // namespace weft::test
