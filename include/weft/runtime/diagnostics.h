// What a plan noticed that is no error but may surprise.
#pragma once

#include <string>
#include <vector>

#include "weft/base/location.h"

namespace weft {

struct Diagnostic {
  enum class Kind : uint8_t {
    kUnorderedAccess,  // two accesses of a variable, one a write, that nothing in the graph orders; they run in the order of building
    kNeverRuns,        // an update whose inputs this plan computes but which nothing fetched depends on
  };
  struct Place {
    std::string node;
    std::string op;
    Location location;
  };

  Kind kind;
  std::vector<Place> places;  // of kUnorderedAccess: the access that runs first, then the other
  std::string message;        // a sentence with the nodes and their source lines
};

}  // namespace weft
