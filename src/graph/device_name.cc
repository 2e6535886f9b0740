#include "src/graph/device_name.h"

#include <algorithm>
#include <vector>

#include "weft/base/strings.h"

namespace weft {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status set_device(DeviceName& name, std::string type, std::string_view index, std::string_view text) {
  if (name.type.has_value()) return invalid_argument("Cannot specify multiple device types: ", text);
  name.type = std::move(type);
  if (index == "*") return absl::OkStatus();
  if (!is_number(index)) return invalid_argument("'", index, "' is no device number in '", text, "'");
  name.index = std::string(index);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DeviceName> DeviceName::parse(std::string_view text) {
  DeviceName name;
  for (const std::string_view part : split(text, '/')) {
    if (part.empty()) continue;
    const std::vector<std::string_view> words = split(part, ':');
    const std::string upper = upper_case(words[0]);
    if (words.size() == 2 && words[0] == "job") {
      name.job = std::string(words[1]);
    } else if (words.size() == 2 && words[0] == "replica") {
      name.replica = std::string(words[1]);
    } else if (words.size() == 2 && words[0] == "task") {
      name.task = std::string(words[1]);
    } else if (words.size() <= 2 && (upper == "CPU" || upper == "GPU")) {
      WEFT_RETURN_IF_ERROR(set_device(name, upper, words.size() == 2 ? words[1] : "*", text));
    } else if (words.size() == 3 && words[0] == "device") {
      WEFT_RETURN_IF_ERROR(set_device(name, std::string(words[1]), words[2], text));
    } else {
      return invalid_argument("Unknown attribute: '", words[0], "' in '", text, "'");
    }
  }
  return name;
}

DeviceName DeviceName::inside(const DeviceName& outer) const {
  const auto either = [](const auto& a, const auto& b) { return a.has_value() ? a : b; };
  return {either(job, outer.job), either(replica, outer.replica), either(task, outer.task), either(type, outer.type), either(index, outer.index)};
}

std::string DeviceName::to_string() const {
  std::string text;
  if (job) str_append(text, "/job:", *job);
  if (replica) str_append(text, "/replica:", *replica);
  if (task) str_append(text, "/task:", *task);
  if (type) str_append(text, "/device:", *type, ":", index.value_or("*"));
  return text;
}

absl::StatusOr<std::string> device_inside(std::string_view device, std::string_view outer) {
  WEFT_ASSIGN_OR_RETURN(const DeviceName inner, DeviceName::parse(device));
  WEFT_ASSIGN_OR_RETURN(const DeviceName around, DeviceName::parse(outer));
  return inner.inside(around).to_string();
}

}  // namespace weft
