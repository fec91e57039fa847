#pragma once

#include <cloche/log_sink.h>
#include <memory>

namespace cloche::cli {

/// How plugins' console reaches the terminal.
struct ConsoleOptions {
  bool all_on_stderr = false;  ///< else only warnings and errors
  bool named = false;          ///< each line begins with the plugin's id
};

/// A sink that writes each line at once, control characters made visible.
std::shared_ptr<LogSink> make_console(ConsoleOptions options);

}  // namespace cloche::cli
