#include "js/errors.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace cloche::js {
namespace {

constexpr int kMaxCauses = 4;
constexpr std::size_t kMaxText = 16 * 1024;

// Marks errors that Cloche made. Private symbols cannot be named from JavaScript.
v8::Local<v8::Private> brand(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, v8::String::NewFromUtf8Literal(isolate, "cloche.code"));
}

// A property as text, whatever getters and proxies do: what throws or is no string reads as nothing.
std::string text_property(const Entered& in, v8::Local<v8::Object> object, std::string_view name) {
  v8::TryCatch ignore(in.isolate);
  v8::Local<v8::Value> value;
  if (!object->Get(in.context, make_name(in.isolate, name)).ToLocal(&value)) return {};
  std::string text = to_utf8(in.isolate, value);
  if (text.size() > kMaxText) text.resize(kMaxText);
  return text;
}

std::string describe(const Entered& in, v8::Local<v8::Value> value) {
  v8::TryCatch ignore(in.isolate);
  v8::Local<v8::String> text;
  if (value->ToDetailString(in.context).ToLocal(&text)) return to_utf8(in.isolate, text);
  return "something that cannot be shown";
}

std::optional<Errc> branded_code(const Entered& in, v8::Local<v8::Object> object) {
  v8::Local<v8::Value> code;
  if (object->IsProxy() || !object->GetPrivate(in.context, brand(in.isolate)).ToLocal(&code))
    return std::nullopt;
  if (!code->IsInt32()) return std::nullopt;
  return static_cast<Errc>(code.As<v8::Int32>()->Value());
}

SourceLocation location_of(const Entered& in, v8::Local<v8::Message> message) {
  SourceLocation where;
  where.file = to_utf8(in.isolate, message->GetScriptResourceName());
  where.line = static_cast<std::uint32_t>(std::max(0, message->GetLineNumber(in.context).FromMaybe(0)));
  where.column = static_cast<std::uint32_t>(message->GetStartColumn(in.context).FromMaybe(-1) + 1);
  return where;
}

std::vector<StackFrame> frames_of(const Entered& in, v8::Local<v8::Value> exception) {
  std::vector<StackFrame> frames;
  const auto trace = v8::Exception::GetStackTrace(exception);
  if (trace.IsEmpty()) return frames;
  for (int i = 0; i < trace->GetFrameCount(); ++i) {
    const auto frame = trace->GetFrame(in.isolate, static_cast<std::uint32_t>(i));
    const std::string file = to_utf8(in.isolate, frame->GetScriptName());
    if (file.empty()) continue;  // the engine's own
    frames.push_back({to_utf8(in.isolate, frame->GetFunctionName()),
                      {file, static_cast<std::uint32_t>(frame->GetLineNumber()),
                       static_cast<std::uint32_t>(frame->GetColumn())}});
  }
  return frames;
}

Error object_to_error(const Entered& in, v8::Local<v8::Object> object, int causes) {
  const auto code = branded_code(in, object);
  std::string name = text_property(in, object, "name");
  if (name.empty()) name = to_utf8(in.isolate, object->GetConstructorName());
  std::string message = text_property(in, object, "message");
  if (message.empty() && !object->IsNativeError()) message = describe(in, object);
  Error error(code.value_or(Errc::threw), std::move(message));
  // What one plugin threw may have come here through a host function, and is still what was thrown.
  if (!code || *code == Errc::threw)
    error = std::move(error).of_class(std::move(name)).with_plugin_code(text_property(in, object, "code"));
  error = std::move(error).with_frames(frames_of(in, object));

  v8::TryCatch ignore(in.isolate);
  v8::Local<v8::Value> cause;
  if (causes > 0 && object->Get(in.context, make_name(in.isolate, "cause")).ToLocal(&cause) &&
      cause->IsObject()) {
    error = std::move(error).because(object_to_error(in, cause.As<v8::Object>(), causes - 1));
  }
  return error;
}

v8::Local<v8::Value> make_of_class(std::string_view name, v8::Local<v8::String> text) {
  if (name == "TypeError") return v8::Exception::TypeError(text);
  if (name == "RangeError") return v8::Exception::RangeError(text);
  if (name == "SyntaxError") return v8::Exception::SyntaxError(text);
  if (name == "ReferenceError") return v8::Exception::ReferenceError(text);
  return v8::Exception::Error(text);
}

void set(const Entered& in, v8::Local<v8::Object> object, std::string_view name, std::string_view value) {
  v8::TryCatch ignore(in.isolate);
  object
      ->DefineOwnProperty(in.context, make_name(in.isolate, name), make_string(in.isolate, value),
                          v8::DontEnum)
      .FromMaybe(false);
}

// The class a plugin sees for an error of ours.
std::string_view class_for(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument: return "TypeError";
    case Errc::source_invalid: return "SyntaxError";
    case Errc::size_limit:
    case Errc::external_limit: return "RangeError";
    case Errc::not_capable: return "NotCapable";
    default: return "Error";
  }
}

}  // namespace

Error to_error(const Entered& in, v8::Local<v8::Value> exception, v8::Local<v8::Message> message) {
  Error error = exception->IsObject() ? object_to_error(in, exception.As<v8::Object>(), kMaxCauses)
                                      : Error(Errc::threw, describe(in, exception));
  if (message.IsEmpty()) message = v8::Exception::CreateMessage(in.isolate, exception);
  SourceLocation where = location_of(in, message);
  const bool has_place = !where.file.empty() && where.line != 0;
  if (has_place) error = std::move(error).at(std::move(where));
  return error;
}

v8::Local<v8::Value> to_exception(const Entered& in, const Error& error) {
  const std::string_view name =
      error.class_name().empty() ? class_for(error.code()) : std::string_view(error.class_name());
  const auto exception = make_of_class(name, make_string(in.isolate, error.message()));
  const auto object = exception.As<v8::Object>();
  if (to_utf8(in.isolate, object->GetConstructorName()) != name) set(in, object, "name", name);
  set(in, object, "code",
      error.plugin_code().empty() ? to_string(error.code()) : std::string_view(error.plugin_code()));
  const auto code = v8::Integer::New(in.isolate, static_cast<int>(error.code()));
  object->SetPrivate(in.context, brand(in.isolate), code).FromMaybe(false);
  return exception;
}

ErrorValue read_error(const Entered& in, v8::Local<v8::Value> value) {
  const auto object = value.As<v8::Object>();
  return {text_property(in, object, "name"), text_property(in, object, "message"),
          text_property(in, object, "code"), text_property(in, object, "stack")};
}

v8::Local<v8::Value> make_error(const Entered& in, const ErrorValue& value) {
  const auto exception = make_of_class(value.name, make_string(in.isolate, value.message));
  const auto object = exception.As<v8::Object>();
  if (!value.name.empty() && to_utf8(in.isolate, object->GetConstructorName()) != value.name)
    set(in, object, "name", value.name);
  if (!value.code.empty()) set(in, object, "code", value.code);
  return exception;
}

}  // namespace cloche::js
