// What the examples share: `--dot FILE` and other `--name value` flags, and ending on an error.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "weft/weft.h"

namespace example {

// The program's `--name value` pairs. Exits with a message when they are no pairs.
class Flags {
 public:
  Flags(int argc, char** argv) {
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (name.rfind("--", 0) != 0 || i + 1 == argc) {
        std::cerr << "usage: " << argv[0] << " [--dot FILE] [--NAME VALUE]...\n";
        std::exit(2);
      }
      values_[name.substr(2)] = argv[i + 1];
    }
  }
  std::string get(const std::string& name, const std::string& otherwise) const {
    const auto it = values_.find(name);
    return it == values_.end() ? otherwise : it->second;
  }
  int number(const std::string& name, int otherwise) const { return std::atoi(get(name, std::to_string(otherwise)).c_str()); }

  // Draws the graph to the file of --dot, if it was given.
  void draw(const weft::Graph& graph, weft::DotOptions options = {}) const {
    const std::string path = get("dot", "");
    if (path.empty()) return;
    std::ofstream out(path);
    weft::write_dot(graph, options, out);
  }

 private:
  std::map<std::string, std::string> values_;
};

// Ends the program with the error, if there is one.
inline void check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "error: " << status << "\n";
  std::exit(1);
}
template <typename T> T check(absl::StatusOr<T> result) {
  check(result.status());
  return *std::move(result);
}

}  // namespace example
