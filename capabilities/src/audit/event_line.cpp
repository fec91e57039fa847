#include "audit/event_line.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace cloche::audit {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3339, in UTC, with microseconds.
std::string time_text(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<microseconds>(time - day));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

void add(Json& line, const char* name, std::string_view text) {
  if (!text.empty()) line[name] = text;
}

std::string written(const Json& line) {
  return line.dump(-1, ' ', true, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string event_line(const AuditEvent& event) {
  Json line;
  line["time"] = time_text(event.time);
  line["event"] = to_string(event.kind);
  add(line, "plugin", event.plugin);
  add(line, "version", event.version);
  add(line, "capability", event.capability);
  add(line, "function", event.function);
  add(line, "subject", event.subject);
  add(line, "rule", event.rule);
  if (event.function.empty()) return written(line);
  line["duration_us"] = std::chrono::duration_cast<std::chrono::microseconds>(event.duration).count();
  line["outcome"] = event.outcome ? to_string(*event.outcome) : "ok";
  return written(line);
}

std::string dropped_line(std::chrono::system_clock::time_point time, std::uint64_t count) {
  return written(Json{{"time", time_text(time)}, {"event", "dropped"}, {"count", count}});
}

}  // namespace cloche::audit
