#include "js/format.h"

#include "js/reader.h"
#include "js/realm.h"

#include <cloche/convert.h>
#include <cmath>
#include <cstdio>

namespace cloche::js {
namespace {

std::string show(Realm& realm, const Entered& in, v8::Local<v8::Value> value) {
  if (value->IsSymbol()) {
    const auto description = value.As<v8::Symbol>()->Description(in.isolate);
    return "Symbol(" + to_utf8(in.isolate, description) + ")";
  }
  v8::TryCatch ignore(in.isolate);
  Reader reader(in.isolate, realm.boundary());
  Inward inward(reader);
  Value copy;
  if (Convert<Value>::read(inward, to_ref(value), copy)) return inspect(copy);
  if (inward.mismatched()) return "[nested too deeply]";
  return reader.too_large() ? "[too large to show]" : "[cannot be shown]";
}

std::string number_text(const Entered& in, v8::Local<v8::Value> value, char directive) {
  v8::TryCatch ignore(in.isolate);
  double number = std::nan("");
  if (!value->IsSymbol() && !value->NumberValue(in.context).To(&number)) number = std::nan("");
  if (directive == 'i' || directive == 'd') number = std::trunc(number);
  return inspect(Value(number));
}

// What a directive makes of a value.
std::string apply(Realm& realm, const Entered& in, char directive, v8::Local<v8::Value> value) {
  switch (directive) {
    case 'd':
    case 'i':
    case 'f': return number_text(in, value, directive);
    case 'c': return {};  // CSS has no meaning in a log
    default: return show(realm, in, value);
  }
}

bool is_directive(char c) { return std::string_view("sdifoOc").find(c) != std::string_view::npos; }

}  // namespace

std::string format(Realm& realm, const Entered& in, std::span<const v8::Local<v8::Value>> values) {
  std::string out;
  if (!values.empty() && values.front()->IsString()) {
    const std::string text = show(realm, in, values.front());
    values = values.subspan(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool directive = text[i] == '%' && i + 1 < text.size();
      if (directive && text[i + 1] == '%') {
        out += text[++i];
      } else if (directive && is_directive(text[i + 1]) && !values.empty()) {
        out += apply(realm, in, text[++i], values.front());
        values = values.subspan(1);
      } else {
        out += text[i];
      }
    }
    if (!values.empty()) out += ' ';
  }
  for (std::size_t i = 0; i < values.size(); ++i) out += (i == 0 ? "" : " ") + show(realm, in, values[i]);
  return out;
}

}  // namespace cloche::js
