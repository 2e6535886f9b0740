// Where in the user's program something was built.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>

namespace weft {

// A source line. `file` points to static storage (std::source_location's) or into a graph's own strings; null when unknown.
struct Location {
  const char* file = nullptr;
  uint32_t line = 0;

  Location() = default;
  Location(const char* file_name, uint32_t line_number) : file(file_name), line(line_number) {}
  Location(const std::source_location& where) : file(where.file_name()), line(where.line()) {}  // NOLINT: converts on purpose

  bool known() const { return file != nullptr && line != 0; }
  std::string to_string() const;  // "model.cc:42", or "unknown location"
  friend bool operator==(const Location& a, const Location& b) { return a.file == b.file && a.line == b.line; }
};

}  // namespace weft
