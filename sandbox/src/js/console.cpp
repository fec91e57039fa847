#include "js/console.h"

#include "js/format.h"
#include "js/realm.h"

#include <cstdio>
#include <vector>

namespace cloche::js {

struct Console::Method {
  enum class Kind {
    print,
    assert_,
    trace,
    group,
    group_end,
    count,
    count_reset,
    time,
    time_log,
    time_end,
    clear
  };
  const char* name;
  Kind kind;
  LogLevel level;
};

namespace {

constexpr std::size_t kMaxIndent = 40;
constexpr std::size_t kMaxLabels = 1000;

}  // namespace

void Console::install(const Entered& in, v8::Local<v8::Object> global) {
  using Kind = Method::Kind;
  static constexpr Method kMethods[] = {{"log", Kind::print, LogLevel::info},
                                        {"info", Kind::print, LogLevel::info},
                                        {"debug", Kind::print, LogLevel::debug},
                                        {"warn", Kind::print, LogLevel::warn},
                                        {"error", Kind::print, LogLevel::error},
                                        {"dir", Kind::print, LogLevel::info},
                                        {"dirxml", Kind::print, LogLevel::info},
                                        {"table", Kind::print, LogLevel::info},
                                        {"trace", Kind::trace, LogLevel::info},
                                        {"assert", Kind::assert_, LogLevel::error},
                                        {"group", Kind::group, LogLevel::info},
                                        {"groupCollapsed", Kind::group, LogLevel::info},
                                        {"groupEnd", Kind::group_end, LogLevel::info},
                                        {"count", Kind::count, LogLevel::info},
                                        {"countReset", Kind::count_reset, LogLevel::warn},
                                        {"time", Kind::time, LogLevel::warn},
                                        {"timeLog", Kind::time_log, LogLevel::info},
                                        {"timeEnd", Kind::time_end, LogLevel::info},
                                        {"clear", Kind::clear, LogLevel::info}};
  const auto console = v8::Object::New(in.isolate);
  for (const Method& method : kMethods) {
    // V8 hands the pointer back as it is; the methods are constants.
    const auto data = v8::External::New(in.isolate, const_cast<Method*>(&method));
    install_function(in, console, method.name, call, data);
  }
  global->DefineOwnProperty(in.context, make_name(in.isolate, "console"), console, v8::DontEnum).Check();
}

void Console::call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  const Entered in{info.GetIsolate(), info.GetIsolate()->GetCurrentContext()};
  const v8::HandleScope handle_scope(in.isolate);
  Console& console = Realm::of(in.context).console();
  const Method& method = *static_cast<const Method*>(info.Data().As<v8::External>()->Value());
  const auto label = [&] {
    const std::string text = to_utf8(in.isolate, info[0]);
    return text.empty() ? "default" : text.substr(0, 100);
  };
  using Kind = Method::Kind;
  switch (method.kind) {
    case Kind::assert_:
      if (!info[0]->BooleanValue(in.isolate)) console.print(method, in, info, 1);
      break;
    case Kind::print:
    case Kind::trace: console.print(method, in, info, 0); break;
    case Kind::group:
      if (info.Length() > 0) console.print(method, in, info, 0);
      if (console.indent_ < kMaxIndent) console.indent_ += 2;
      break;
    case Kind::group_end: console.indent_ -= console.indent_ > 0 ? 2 : 0; break;
    case Kind::count:
    case Kind::count_reset: console.count(method, label()); break;
    case Kind::time:
    case Kind::time_log:
    case Kind::time_end: console.time(method, label()); break;
    case Kind::clear: break;
  }
}

void Console::say(const Method& method, std::string text) {
  if (indent_ > 0) text.insert(0, indent_, ' ');
  realm_.surroundings().log(method.level, text);
}

void Console::print(const Method& method, const Entered& in, const v8::FunctionCallbackInfo<v8::Value>& info,
                    int first) {
  std::vector<v8::Local<v8::Value>> values;
  for (int i = first; i < info.Length(); ++i) values.push_back(info[i]);
  std::string text = format(realm_, in, values);
  if (method.kind == Method::Kind::assert_)
    text = text.empty() ? "Assertion failed" : "Assertion failed: " + text;
  if (method.kind == Method::Kind::trace) {
    text = text.empty() ? "Trace" : "Trace: " + text;
    const auto trace = v8::StackTrace::CurrentStackTrace(in.isolate, 16);
    for (int i = 0; i < trace->GetFrameCount(); ++i) {
      const auto frame = trace->GetFrame(in.isolate, static_cast<std::uint32_t>(i));
      text += "\n    at " + to_utf8(in.isolate, frame->GetFunctionName()) + " (" +
              to_utf8(in.isolate, frame->GetScriptName()) + ":" + std::to_string(frame->GetLineNumber()) +
              ":" + std::to_string(frame->GetColumn()) + ")";
    }
  }
  say(method, std::move(text));
}

void Console::count(const Method& method, const std::string& label) {
  if (method.kind == Method::Kind::count_reset) {
    if (counts_.erase(label) == 0) say(method, "Count for '" + label + "' does not exist");
  } else if (counts_.contains(label) || counts_.size() < kMaxLabels) {
    say(method, label + ": " + std::to_string(++counts_[label]));
  }
}

void Console::time(const Method& method, const std::string& label) {
  const auto now = std::chrono::steady_clock::now();
  const auto known = timers_.find(label);
  if (method.kind == Method::Kind::time) {
    if (known != timers_.end()) return say(method, "Timer '" + label + "' already exists");
    if (timers_.size() < kMaxLabels) timers_.emplace(label, now);
    return;
  }
  if (known == timers_.end()) return say(method, "Timer '" + label + "' does not exist");
  char text[64];
  std::snprintf(text, sizeof text, ": %.3f ms",
                std::chrono::duration<double, std::milli>(now - known->second).count());
  say(method, label + text);
  if (method.kind == Method::Kind::time_end) timers_.erase(known);
}

}  // namespace cloche::js
