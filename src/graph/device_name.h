// Device names as TensorFlow writes them: "/job:worker/replica:0/task:1/device:GPU:0", any part of which may be missing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "weft/base/status.h"

namespace weft {

struct DeviceName {
  std::optional<std::string> job;
  std::optional<std::string> replica;
  std::optional<std::string> task;
  std::optional<std::string> type;   // "CPU"
  std::optional<std::string> index;  // "0"; absent for any

  // "/cpu:0" and "/gpu" are short for "/device:CPU:0" and "/device:GPU:*". InvalidArgument names the part that is none.
  static absl::StatusOr<DeviceName> parse(std::string_view text);
  // Parts that are missing here are taken from `outer`.
  DeviceName inside(const DeviceName& outer) const;
  std::string to_string() const;
};

// `device` in a scope of device `outer`, in full.
absl::StatusOr<std::string> device_inside(std::string_view device, std::string_view outer);

}  // namespace weft
