#include "workbench/commands.h"

namespace workbench {
namespace {

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string command_function(std::string_view command_id) {
  const std::string_view last = command_id.substr(command_id.rfind('.') + 1);
  std::string name;
  bool raise = false;
  for (const char letter : last) {
    if (letter != '-') name += raise ? upper(letter) : letter;
    raise = letter == '-';
  }
  return name;
}

std::vector<Command> contributed_commands(const cloche::Manifest& manifest) {
  std::vector<Command> commands;
  for (const auto& [id, title, shortcut] : manifest.commands) {
    commands.push_back({id, title, shortcut, manifest.id, command_function(id)});
  }
  return commands;
}

}  // namespace workbench
