// Reading protobuf messages whose bytes are not trusted: protozero throws on malformed ones, weft returns a Status.
#pragma once

#include <protozero/exception.hpp>
#include <protozero/pbf_message.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>

#include "weft/base/status.h"

namespace weft {

// Calls read(message), which returns a Status, for the message in `bytes`; what protozero throws becomes InvalidArgument naming `what`.
template <typename F> absl::Status read_message(std::string_view bytes, std::string_view what, F&& read) {
  try {
    return read(protozero::pbf_reader(bytes.data(), bytes.size()));
  } catch (const protozero::exception& error) { return invalid_argument("these bytes are no ", what, ": ", error.what()); }
}

inline std::string_view view_of(const protozero::data_view& data) { return {data.data(), data.size()}; }

// The values of a repeated number, whether the file packs them or not. `packed` and `single` are the reader's getters.
template <typename T, typename Packed, typename Single, typename Out>
void read_repeated(protozero::pbf_reader& message, Packed packed, Single single, Out& out) {
  if (message.wire_type() == protozero::pbf_wire_type::length_delimited) {
    for (const auto value : (message.*packed)()) out.push_back(static_cast<T>(value));
  } else {
    out.push_back(static_cast<T>((message.*single)()));
  }
}

}  // namespace weft
