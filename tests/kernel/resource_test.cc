// Resources by container and name: found again, made once, of one type, dropped outside the lock.
#include "weft/kernel/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace weft {
namespace {

using ::testing::HasSubstr;

struct Counter : Resource {
  std::string type_name() const override { return "Counter"; }
  int value = 0;
};
struct Table : Resource {
  std::string type_name() const override { return "Table"; }
};
// Looks into its manager when it goes.
struct Farewell : Resource {
  explicit Farewell(ResourceManager& manager) : manager(manager) {}
  ~Farewell() override { (void)manager.lookup<Counter>("", "counter"); }
  std::string type_name() const override { return "Farewell"; }
  ResourceManager& manager;
};

std::string text(const absl::Status& status) { return std::string(message(status)); }

TEST(ResourceManager, MakesOnceAndFindsAgain) {
  ResourceManager manager;
  int made = 0;
  const auto make = [&]() -> absl::StatusOr<std::shared_ptr<Counter>> {
    ++made;
    return std::make_shared<Counter>();
  };
  const auto first = manager.lookup_or_create<Counter>("box", "a", make);
  const auto again = manager.lookup_or_create<Counter>("box", "a", make);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->get(), again->get());
  EXPECT_EQ(made, 1);
  EXPECT_EQ(manager.lookup<Counter>("box", "a")->get(), first->get());
  EXPECT_NE(manager.lookup_or_create<Counter>("", "a", make)->get(), first->get()) << "another container";
}

TEST(ResourceManager, WhatFailsToBeMadeIsNotKept) {
  ResourceManager manager;
  const auto failing = []() -> absl::StatusOr<std::shared_ptr<Counter>> { return invalid_argument("no"); };
  EXPECT_EQ(manager.lookup_or_create<Counter>("", "a", failing).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(manager.lookup<Counter>("", "a").status().code(), absl::StatusCode::kNotFound);
}

TEST(ResourceManager, ErrorsNameWhatWasAskedFor) {
  ResourceManager manager;
  EXPECT_THAT(text(manager.lookup<Counter>("box", "a").status()), HasSubstr("Container box does not exist"));
  ASSERT_TRUE(manager.create("box", "a", std::make_shared<Counter>()).ok());
  ASSERT_TRUE(manager.create("", "a", std::make_shared<Counter>()).ok());
  EXPECT_THAT(text(manager.lookup<Counter>("box", "b").status()), HasSubstr("Resource box/b does not exist"));
  EXPECT_THAT(text(manager.lookup<Table>("box", "a").status()), HasSubstr("resource 'a' is a Counter"));
  EXPECT_EQ(manager.create("box", "a", std::make_shared<Table>()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(text(manager.create("", "a", std::make_shared<Table>())), HasSubstr("Resource localhost/a/Counter"));
  EXPECT_EQ(manager.erase("box", "b").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(manager.erase("nowhere", "a").code(), absl::StatusCode::kNotFound);
}

TEST(ResourceManager, DroppedResourcesLiveWhileHeld) {
  ResourceManager manager;
  ASSERT_TRUE(manager.create("", "a", std::make_shared<Counter>()).ok());
  const std::shared_ptr<Counter> held = *manager.lookup<Counter>("", "a");
  ASSERT_TRUE(manager.erase("", "a").ok());
  held->value = 3;
  EXPECT_FALSE(manager.lookup<Counter>("", "a").ok());
}

TEST(ResourceManager, ContainersAreClearedAlone) {
  ResourceManager manager;
  for (const char* container : {"one", "two"}) ASSERT_TRUE(manager.create(container, "a", std::make_shared<Counter>()).ok());
  manager.clear_container("one");
  EXPECT_FALSE(manager.lookup<Counter>("one", "a").ok());
  EXPECT_TRUE(manager.lookup<Counter>("two", "a").ok());
  manager.clear();
  EXPECT_FALSE(manager.lookup<Counter>("two", "a").ok());
}

TEST(ResourceManager, ADestructorMayUseTheManager) {  // a deadlock, were it called under the lock
  ResourceManager manager;
  ASSERT_TRUE(manager.create("", "counter", std::make_shared<Counter>()).ok());
  for (int way = 0; way < 3; ++way) {
    ASSERT_TRUE(manager.create("box", "a", std::make_shared<Farewell>(manager)).ok());
    if (way == 0) { EXPECT_TRUE(manager.erase("box", "a").ok()); }
    if (way == 1) manager.clear_container("box");
    if (way == 2) manager.clear();
  }
}

TEST(ResourceManager, ManyThreadsMakeOne) {
  ResourceManager manager;
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto got = manager.lookup_or_create<Counter>("", str_cat(i), [&]() -> absl::StatusOr<std::shared_ptr<Counter>> {
          ++made;
          return std::make_shared<Counter>();
        });
        if (!got.ok()) ADD_FAILURE();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 200);
}

}  // namespace
}  // namespace weft
