#pragma once

#include "js/scope.h"

#include <cloche/boundary.h>
#include <unordered_map>

namespace cloche::js {

/// One isolate's strings for property names of static storage, made once each and found by the name's
/// address.
class KeyCache {
 public:
  v8::Local<v8::String> get(v8::Isolate* isolate, StaticKey key) {
    v8::Eternal<v8::String>& string = strings_[key];
    if (string.IsEmpty()) string.Set(isolate, make_name(isolate, key));
    return string.Get(isolate);
  }

 private:
  std::unordered_map<StaticKey, v8::Eternal<v8::String>> strings_;
};

}  // namespace cloche::js
