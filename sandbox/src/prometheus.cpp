#include <cloche/prometheus.h>

#include <cstdio>
#include <functional>
#include <string_view>

namespace cloche {
namespace {

// A label's value: the format knows three escapes.
std::string label_value(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
  return out + '"';
}

std::string number(std::uint64_t value) {
  return value == Limits::kUnlimited ? "+Inf" : std::to_string(value);
}

std::string seconds(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9f", std::chrono::duration<double>(duration).count());
  return text;
}

std::string labels_of(const Statistics& plugin) {
  return "plugin=" + label_value(plugin.plugin) + ",instance=\"" + std::to_string(plugin.instance) + '"';
}

/// Writes one metric after another, each whole.
class Exposition {
 public:
  explicit Exposition(std::span<const Statistics> plugins) : plugins_(plugins) {}

  /// `samples(plugin, add)` calls `add(more labels, value)` for each of the plugin's.
  template <class Samples>
  void metric(std::string_view name, std::string_view type, std::string_view help, Samples samples) {
    const std::string full = "cloche_plugin_" + std::string(name);
    text_ += "# HELP " + full + ' ' + std::string(help) + "\n# TYPE " + full + ' ' + std::string(type) + '\n';
    for (const Statistics& plugin : plugins_) {
      samples(plugin, [&](const std::string& more, const std::string& value) {
        text_ += full + '{' + labels_of(plugin) + more + "} " + value + '\n';
      });
    }
  }

  void count(std::string_view name, std::uint64_t Statistics::*member, std::string_view help) {
    metric(std::string(name) + "_total", "counter", help,
           [&](const Statistics& plugin, auto add) { add("", number(plugin.*member)); });
  }
  void time(std::string_view name, Duration Statistics::*member, std::string_view help) {
    metric(std::string(name) + "_seconds_total", "counter", help,
           [&](const Statistics& plugin, auto add) { add("", seconds(plugin.*member)); });
  }
  /// What is used, and the limit, as `name` and `limit_name`.
  void use(const std::string& name, const std::string& limit_name, Use Statistics::*member,
           const std::string& what) {
    metric(name, "gauge", what + " now",
           [&](const Statistics& plugin, auto add) { add("", number((plugin.*member).used)); });
    metric(limit_name, "gauge", what + " at most",
           [&](const Statistics& plugin, auto add) { add("", number((plugin.*member).limit)); });
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::span<const Statistics> plugins_;
  std::string text_;
};

void add_calls(Exposition& out) {
  out.metric("info", "gauge", "The plugin that is loaded.", [](const Statistics& plugin, auto add) {
    add(",name=" + label_value(plugin.name) + ",version=" + label_value(plugin.version), "1");
  });
  out.count("calls", &Statistics::calls, "Calls by the host that have ended.");
  out.metric("call_errors_total", "counter", "Calls by the host that ended in an error.",
             [](const Statistics& plugin, auto add) {
               for (std::size_t i = 0; i < kErrcCount; ++i) {
                 const std::string code(to_string(static_cast<Errc>(i)));
                 if (plugin.errors_by_code[i] > 0)
                   add(",code=" + label_value(code), number(plugin.errors_by_code[i]));
               }
             });
  out.metric("limit_hits_total", "counter", "Times something ran into a limit of the plugin.",
             [](const Statistics& plugin, auto add) {
               for (std::size_t i = 0; i < kLimitCount; ++i) {
                 const std::string limit(to_string(static_cast<Limit>(i)));
                 add(",limit=" + label_value(limit), number(plugin.hits_by_limit[i]));
               }
             });
}

void add_times(Exposition& out) {
  out.time("cpu", &Statistics::cpu, "Time the plugin computed.");
  out.time("inside", &Statistics::inside, "Time inside the engine, by the wall clock.");
  out.time("parked", &Statistics::parked, "Time the plugin was suspended in host functions.");
  out.time("preempted", &Statistics::preempted, "Time the plugin was interrupted and waited to go on.");
  out.count("stays", &Statistics::stays, "Times the engine was entered for the plugin.");
  out.count("preemptions", &Statistics::preemptions, "Times the plugin was interrupted for others to run.");
}

void add_events(Exposition& out) {
  out.count("host_calls", &Statistics::host_calls, "Calls of host functions by the plugin.");
  out.count("rejections", &Statistics::rejections, "Rejections and errors that the plugin left unhandled.");
  out.count("crashes", &Statistics::crashes, "Times the engine gave the plugin up.");
  out.count("restarts", &Statistics::restarts, "Times the plugin was restarted.");
  out.count("log_bytes", &Statistics::log_bytes, "Text the plugin wrote to the log.");
  out.count("log_dropped_bytes", &Statistics::log_dropped, "Text that was more than it may write.");
}

void add_uses(Exposition& out) {
  out.use("heap_bytes", "heap_limit_bytes", &Statistics::heap, "JavaScript heap,");
  out.use("external_bytes", "external_limit_bytes", &Statistics::external, "Memory of ArrayBuffers,");
  out.use("mailbox_calls", "mailbox_limit_calls", &Statistics::mailbox, "Calls that wait for their turn,");
  out.use("timers", "timers_limit", &Statistics::timers, "Timers set,");
  out.use("pending_host_calls", "pending_limit_host_calls", &Statistics::pending,
          "Asynchronous host functions under way,");
}

}  // namespace

std::string prometheus_text(std::span<const Statistics> plugins) {
  Exposition out(plugins);
  add_calls(out);
  add_times(out);
  add_events(out);
  add_uses(out);
  return std::move(out).text();
}

}  // namespace cloche
