#pragma once

#include "workbench/document.h"

#include <cloche/result.h>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace workbench {

/// Which document each plugin works on while one of its commands runs, and what it has to say. A plugin
/// reaches that document and no other, and none while no command of it runs. May be used from any thread.
class Desk {
 public:
  static constexpr std::size_t kMaxMessages = 100;

  /// `document` is the plugin's until `close`; nobody else touches it meanwhile.
  void open(const std::string& plugin, Document& document);
  /// Afterwards the plugin has no document. Gives the messages it left.
  std::vector<std::string> close(const std::string& plugin);

  /// `f(Document&)`, which gives a Result, with the plugin's document. Error: `not_capable` when it has none
  /// now.
  template <class F>
  auto with_document(const std::string& plugin, F f) -> std::invoke_result_t<F, Document&> {
    const std::scoped_lock lock(mutex_);
    const auto found = open_.find(plugin);
    if (found == open_.end()) return nothing_open();
    return f(*found->second.document);
  }

  /// Error: `not_capable` when no command of the plugin runs, `quota` beyond kMaxMessages in one command.
  [[nodiscard]] cloche::Result<void> add_message(const std::string& plugin, std::string text);

 private:
  struct Open {
    Document* document = nullptr;
    std::vector<std::string> messages;
  };
  static cloche::Error nothing_open();

  std::mutex mutex_;
  std::map<std::string, Open> open_;
};

}  // namespace workbench
