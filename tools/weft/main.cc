// weft: the command line.
#include <CLI/CLI.hpp>
#include <string>

#include "tools/weft/commands.h"
#include "weft/base/version.h"

int main(int argc, char** argv) {
  CLI::App app("weft: static graphs, symbolic gradients, optimizers and sessions, as in TensorFlow 1");
  app.set_version_flag("--version", "weft " + std::string(weft::version()));
  app.require_subcommand(1);
  int exit_code = 0;
  weft::tool::add_ops_command(app, &exit_code);
  weft::tool::add_replay_command(app, &exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
