// Reads the recorded results: JSON of objects, arrays, strings and bare words.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace weft::testing {

struct Json {
  std::string text;  // of a string, number or word
  std::vector<Json> items;
  std::map<std::string, Json> members;

  const Json& operator[](const std::string& name) const {
    static const Json none;
    const auto it = members.find(name);
    return it == members.end() ? none : it->second;
  }
};

class JsonReader {
 public:
  static Json read_file(const std::string& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return read(text.str());
  }
  static Json read(const std::string& text) { return JsonReader(text).value(); }

 private:
  explicit JsonReader(std::string text) : text_(std::move(text)) {}
  char next() {
    at_ = text_.find_first_not_of(" \n\t\r,:", at_);
    return at_ == std::string::npos ? '\0' : text_[at_];
  }
  std::string string() {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      value += text_[at_];
    }
    ++at_;
    return value;
  }
  Json value() {
    Json json;
    const char c = next();
    if (c == '{') {
      for (++at_; next() != '}';) {
        const std::string name = string();
        json.members[name] = value();
      }
      ++at_;
    } else if (c == '[') {
      for (++at_; next() != ']';) json.items.push_back(value());
      ++at_;
    } else if (c == '"') {
      json.text = string();
    } else {
      const size_t end = text_.find_first_of(" \n,]}", at_);
      json.text = text_.substr(at_, end - at_);
      at_ = end;
    }
    return json;
  }

  std::string text_;
  size_t at_ = 0;
};

}  // namespace weft::testing
