#pragma once

// The one barrier between JavaScript's errors and Cloche's.

#include "js/scope.h"

#include <cloche/error.h>
#include <cloche/value.h>

namespace cloche::js {

/// What a plugin threw, as a value of ours: class, message, code, cause and the plugin's own frames. An error
/// that Cloche itself had thrown into the plugin comes back with the code it went in with; a plugin cannot
/// make one of those. May run plugin code (getters), within the budget of the call. `message` may be empty.
Error to_error(const Entered& in, v8::Local<v8::Value> exception, v8::Local<v8::Message> message);

/// The exception for `error`, of the plugin's own realm: a TypeError for `invalid_argument`, else an Error
/// whose `name` and `code` say what happened. What lies behind it (`cause`, frames) stays with the host.
v8::Local<v8::Value> to_exception(const Entered& in, const Error& error);

/// An error as data, and back; for errors that are arguments or results.
ErrorValue read_error(const Entered& in, v8::Local<v8::Value> value);
v8::Local<v8::Value> make_error(const Entered& in, const ErrorValue& value);

}  // namespace cloche::js
