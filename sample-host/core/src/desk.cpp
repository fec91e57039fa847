#include "workbench/desk.h"

#include <utility>

namespace workbench {

using cloche::Errc;
using cloche::Error;
using cloche::Result;

void Desk::open(const std::string& plugin, Document& document) {
  const std::scoped_lock lock(mutex_);
  open_[plugin] = {&document, {}};
}

std::vector<std::string> Desk::close(const std::string& plugin) {
  const std::scoped_lock lock(mutex_);
  auto node = open_.extract(plugin);
  return node ? std::move(node.mapped().messages) : std::vector<std::string>();
}

Result<void> Desk::add_message(const std::string& plugin, std::string text) {
  const std::scoped_lock lock(mutex_);
  const auto found = open_.find(plugin);
  if (found == open_.end()) return nothing_open();
  if (found->second.messages.size() >= kMaxMessages) {
    return Error(Errc::quota, "a command may show " + std::to_string(kMaxMessages) + " messages at most");
  }
  found->second.messages.push_back(std::move(text));
  return {};
}

Error Desk::nothing_open() {
  return Error(Errc::not_capable,
               "no document is open to this plugin: use the editor while one of its commands runs");
}

}  // namespace workbench
