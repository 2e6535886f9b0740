#include "weft/tensor/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace weft {
namespace {

using ::testing::HasSubstr;

std::string path(const char* name) { return ::testing::TempDir() + name; }

void write_file(const std::string& where, const std::string& bytes) { std::ofstream(where, std::ios::binary) << bytes; }

TEST(Npy, RoundTrip) {
  const Tensor all[] = {Tensor::from<float>({{1, 2, 3}, {4, 5, 6}}), Tensor::scalar_of<int64_t>(7),
                        Tensor::from<bool>({true, false}),           Tensor(DType::kFloat64, Shape{0, 3}),
                        Tensor::from<complex64>({complex64(1, 2)}),  Tensor::from<uint8_t>({1, 2, 3})};
  for (const Tensor& tensor : all) {
    ASSERT_TRUE(write_npy(path("a.npy"), tensor).ok());
    const auto back = read_npy(path("a.npy"));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_TRUE(equal(tensor, *back)) << tensor << " became " << *back;
  }
}

TEST(Npy, HeaderIsNumPys) {
  ASSERT_TRUE(write_npy(path("b.npy"), Tensor::from<float>({1, 2})).ok());
  std::ifstream in(path("b.npy"), std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(file.size(), 128u + 8u);
  EXPECT_EQ(file.substr(10, 57), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
}

TEST(Npy, ReadsFortranOrderAndBigEndian) {
  std::string header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n";
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(header.size());
  file += '\0';
  file += header;
  for (const char c : {1, 4, 2, 5, 3, 6}) file += std::string(1, '\0') + c;
  write_file(path("c.npy"), file);
  const auto read = read_npy(path("c.npy"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(equal(*read, Tensor::from<int16_t>({{1, 2, 3}, {4, 5, 6}}))) << *read;
}

TEST(Npy, RefusesBadFiles) {
  EXPECT_EQ(read_npy(path("missing.npy")).status().code(), absl::StatusCode::kNotFound);
  write_file(path("d.npy"), "no numpy");
  EXPECT_EQ(read_npy(path("d.npy")).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(write_npy(path("e.npy"), Tensor::from<float>({1, 2, 3, 4})).ok());
  std::ifstream in(path("e.npy"), std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (size_t length = 0; length < file.size(); ++length) {  // every truncation is an error, none a crash
    write_file(path("f.npy"), file.substr(0, length));
    EXPECT_FALSE(read_npy(path("f.npy")).ok()) << length;
  }
  EXPECT_FALSE(write_npy(path("g.npy"), Tensor::from<std::string>({std::string("text")})).ok());
}

}  // namespace
}  // namespace weft
