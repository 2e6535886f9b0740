// The commands of `weft`. Each adds its subcommand to the parser; what it does runs when the user named it.
#pragma once

#include <CLI/CLI.hpp>

namespace weft::tool {

// Sets *exit_code when the chosen command ran.
void add_ops_command(CLI::App& app, int* exit_code);
void add_replay_command(CLI::App& app, int* exit_code);

}  // namespace weft::tool
