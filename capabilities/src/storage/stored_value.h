#pragma once

#include <cloche/result.h>
#include <cloche/value.h>
#include <string>
#include <string_view>

namespace cloche {

/// `value` as the text `storage` keeps: JSON, in which an object with one key that begins with '$' stands for
/// what JSON has no word for: {"$undefined":true}, {"$number":"NaN"} (also "Infinity", "-Infinity", "-0"),
/// {"$bigint":"5"}, {"$bytes":"base64"}, {"$date":0} (null when invalid),
/// {"$error":[name,message,code,stack]}, and {"$object":{…}} for an object that would look like one of these.
/// Errors: `invalid_argument` for a function, `size_limit` for what is too deep or too long.
[[nodiscard]] Result<std::string> encode_stored(const Value& value);

/// The inverse. Error: `io` when `text` is not what encode_stored writes.
[[nodiscard]] Result<Value> decode_stored(std::string_view text);

}  // namespace cloche
