#include "weft/wire/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weft {
namespace {

using ::testing::HasSubstr;

std::string file_of(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) append_record(record, bytes);
  return bytes;
}

// The records, or the first error.
absl::StatusOr<std::vector<std::string>> read_all(std::string_view bytes) {
  RecordReader reader(bytes);
  std::vector<std::string> records;
  while (true) {
    WEFT_ASSIGN_OR_RETURN(const std::optional<std::string_view> record, reader.next());
    if (!record) return records;
    records.emplace_back(*record);
  }
}

TEST(Record, WhatWasWrittenIsRead) {
  const std::vector<std::string> records = {"one", "", std::string(100000, 'x'), std::string("\0\n", 2)};
  const auto read = read_all(file_of(records));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, records);
  EXPECT_TRUE(read_all("").value().empty());
}

TEST(Record, EveryTruncationIsDataLossAtTheRecord) {
  const std::string bytes = file_of({"one", "two"});
  const size_t second = bytes.size() / 2;
  for (size_t size = 1; size < bytes.size(); ++size) {
    const auto read = read_all(std::string_view(bytes).substr(0, size));
    if (size == second) {
      EXPECT_TRUE(read.ok());
      continue;
    }
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << size;
    EXPECT_THAT(std::string(message(read.status())), HasSubstr(size < second ? "at 0" : str_cat("at ", second))) << size;
  }
}

TEST(Record, EveryFlippedByteIsDataLoss) {
  const std::string bytes = file_of({"the data of a record"});
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_EQ(read_all(damaged).status().code(), absl::StatusCode::kDataLoss) << i;
  }
}

TEST(Record, FilesThatAreNotThereAreNamed) {
  const auto file = read_file("/nowhere/at/all.tfrecord");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(message(file.status())), HasSubstr("/nowhere/at/all.tfrecord"));
}

}  // namespace
}  // namespace weft
