#pragma once

#include "js/scope.h"

#include <chrono>
#include <map>
#include <string>

namespace cloche::js {

class Realm;

/// The `console` of one realm (WHATWG Console Standard): its text goes to the host's log.
class Console {
 public:
  explicit Console(Realm& realm) noexcept : realm_(realm) {}
  void install(const Entered& in, v8::Local<v8::Object> global);

 private:
  struct Method;
  static void call(const v8::FunctionCallbackInfo<v8::Value>& info);

  void print(const Method& method, const Entered& in, const v8::FunctionCallbackInfo<v8::Value>& info,
             int first);
  void count(const Method& method, const std::string& label);
  void time(const Method& method, const std::string& label);
  void say(const Method& method, std::string text);

  Realm& realm_;
  std::size_t indent_ = 0;
  std::map<std::string, unsigned> counts_;
  std::map<std::string, std::chrono::steady_clock::time_point> timers_;
};

}  // namespace cloche::js
