// weft replay: runs cases recorded from TensorFlow 1.15.5 and compares.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <regex>
#include <thread>

#include "tools/weft/commands.h"
#include "tools/weft/replay/run_case.h"
#include "weft/wire/record.h"

namespace weft::tool {

namespace {

struct Arguments {
  std::vector<std::string> files;
  std::string filter;
  std::string json;
  bool verbose = false;
  int jobs = 0;
  int threads = 1;
  double time_limit = 30;
};

struct Result {
  std::string id;
  std::string file;
  std::vector<std::string> ops;
  replay::Outcome outcome;
};

struct Tally {
  int passed = 0;
  int failed = 0;
  int unimplemented = 0;
};

std::string base_name(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// All cases of one file whose id fits the filter. A file that cannot be read is one failed case.
std::vector<Result> replay_file(const std::string& path, const Arguments& arguments, const std::regex& filter) {
  std::vector<Result> results;
  const absl::StatusOr<std::string> bytes = read_file(path);
  if (!bytes.ok()) return {{path, base_name(path), {}, replay::failed(bytes.status(), "file")}};
  RecordReader reader(*bytes);
  while (true) {
    const auto record = reader.next();
    if (!record.ok()) {
      results.push_back({str_cat(path, "@", reader.offset()), base_name(path), {}, replay::failed(record.status(), "file")});
      return results;
    }
    if (!record->has_value()) return results;
    const absl::StatusOr<replay::OracleCase> parsed = replay::parse_case(**record);
    if (!parsed.ok()) {
      results.push_back({str_cat(path, "@", reader.offset()), base_name(path), {}, replay::failed(parsed.status(), "case")});
      continue;
    }
    if (!std::regex_search(parsed->id, filter)) continue;
    replay::ReplayOptions options{.threads = arguments.threads, .time_limit = absl::Seconds(arguments.time_limit)};
    if (arguments.verbose) std::cerr << str_cat("case ", parsed->id, "\n") << std::flush;
    results.push_back({parsed->id, base_name(path), parsed->ops, replay::run_case(*parsed, options)});
  }
}

// Files side by side; results in the order of the files.
std::vector<Result> replay_all(const Arguments& arguments, const std::regex& filter) {
  std::vector<std::vector<Result>> by_file(arguments.files.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < by_file.size(); i = next++) by_file[i] = replay_file(arguments.files[i], arguments, filter);
  };
  {
    std::vector<std::jthread> workers;
    const int jobs = arguments.jobs > 0 ? arguments.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    for (int j = 0; j < jobs; ++j) workers.emplace_back(work);
  }
  std::vector<Result> all;
  for (std::vector<Result>& results : by_file) std::move(results.begin(), results.end(), std::back_inserter(all));
  return all;
}

void count(Tally& tally, const replay::Outcome& outcome) {
  ++(outcome.failure.empty() ? tally.passed : tally.failed);
  tally.unimplemented += outcome.unimplemented ? 1 : 0;
}

void print_table(std::string_view heading, const std::map<std::string, Tally>& rows) {
  std::vector<std::pair<std::string, Tally>> failing;
  for (const auto& [name, tally] : rows)
    if (tally.failed > 0) failing.emplace_back(name, tally);
  if (failing.empty()) return;
  std::stable_sort(failing.begin(), failing.end(), [](const auto& a, const auto& b) { return a.second.failed > b.second.failed; });
  std::cout << "\n" << heading << "\n  passed  failed  of which unimplemented\n";
  for (const auto& [name, tally] : failing) {
    char line[64];
    std::snprintf(line, sizeof line, "%8d%8d%8d  ", tally.passed, tally.failed, tally.unimplemented);
    std::cout << line << name << "\n";
  }
}

bool write_json(const std::string& path, const std::vector<Result>& results) {
  std::ofstream out(path);
  out << "[\n";
  for (size_t i = 0; i < results.size(); ++i) {
    const Result& r = results[i];
    out << "{\"id\": " << json_quote(r.id) << ", \"file\": " << json_quote(r.file)
        << ", \"passed\": " << (r.outcome.failure.empty() ? "true" : "false")
        << ", \"unimplemented\": " << (r.outcome.unimplemented ? "true" : "false") << ", \"failure\": " << json_quote(r.outcome.failure) << "}"
        << (i + 1 < results.size() ? ",\n" : "\n");
  }
  out << "]\n";
  return static_cast<bool>(out.flush());
}

int replay_command(const Arguments& arguments) {
  std::regex filter;
  try {
    filter = std::regex(arguments.filter);
  } catch (const std::regex_error& error) {
    std::cerr << "weft replay: '" << arguments.filter << "' is no regular expression: " << error.what() << "\n";
    return 2;
  }
  const std::vector<Result> results = replay_all(arguments, filter);
  Tally all;
  std::map<std::string, Tally> by_file;
  std::map<std::string, Tally> by_op;
  for (const Result& r : results) {
    count(all, r.outcome);
    count(by_file[r.file], r.outcome);
    for (const std::string& op : r.ops) count(by_op[op], r.outcome);
    if (!r.outcome.failure.empty())
      std::cout << (r.outcome.unimplemented ? "unimplemented " : "FAILED ") << r.id << ": " << r.outcome.failure << "\n";
  }
  print_table("By file", by_file);
  print_table("By op", by_op);
  if (!arguments.json.empty() && !write_json(arguments.json, results)) {
    std::cerr << "weft replay: cannot write '" << arguments.json << "'\n";
    return 2;
  }
  std::cout << all.passed << " passed, " << all.failed << " failed\n";
  return all.failed == 0 ? 0 : 1;
}

}  // namespace

void add_replay_command(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("replay", "Run cases recorded from TensorFlow 1.15.5 and compare");
  command->add_option("files", arguments->files, "TFRecord files of cases")->required();
  command->add_option("--filter", arguments->filter, "Only cases whose id matches this regular expression");
  command->add_option("--json", arguments->json, "Write every case's outcome to this file");
  command->add_flag("--verbose", arguments->verbose, "Name each case on standard error before it runs");
  command->add_option("--jobs", arguments->jobs, "Files to work on side by side (default: one for each core)");
  command->add_option("--threads", arguments->threads, "Threads of each session");
  command->add_option("--time-limit", arguments->time_limit, "Seconds that one step may take");
  command->callback([arguments, exit_code] { *exit_code = replay_command(*arguments); });
}

}  // namespace weft::tool
