#include <cloche/builtin/log.h>

namespace cloche {
namespace {

using Fields = std::map<std::string, Value>;

std::string line(const std::string& message, const std::optional<Fields>& fields) {
  std::string text = message;
  if (!fields) return text;
  for (const auto& [name, value] : *fields) text += " " + name + "=" + inspect(value);
  return text;
}

}  // namespace

void define_log(Registry& registry, std::shared_ptr<LogSink> sink) {
  auto builder = registry.define("log");
  builder.summary("Writes to the host's log");
  const auto add = [&](const char* name, LogLevel level, const char* summary) {
    builder.sync(name,
                 [sink, level](Call& call, const std::string& message, const std::optional<Fields>& fields) {
                   sink->write(call.plugin(), level, line(message, fields));
                 },
                 {{"message", "fields"}, summary});
  };
  add("trace", LogLevel::trace, "Notes a step, for whoever follows the plugin closely.");
  add("debug", LogLevel::debug, "Notes something for the plugin's developer.");
  add("info", LogLevel::info, "Notes something for the user.");
  add("warn", LogLevel::warn, "Notes something that may be wrong.");
  add("error", LogLevel::error, "Notes something that is wrong.");
}

}  // namespace cloche
