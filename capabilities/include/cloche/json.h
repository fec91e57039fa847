#pragma once

#include <cloche/result.h>
#include <cloche/value.h>
#include <string>
#include <string_view>

namespace cloche {

/// Reads JSON (RFC 8259) as JSON.parse does: the last of equal keys counts, whole numbers beyond 2^53 lose
/// digits. Errors: `invalid_argument` with line and column; also for nesting deeper than 200 and for a number
/// no double can hold.
[[nodiscard]] Result<Value> parse_json(std::string_view text);

/// Writes `value` as JSON.stringify does, `indent` spaces for each level (at most 10) or, below 1, on one
/// line. Undefined and functions are left out of objects and null elsewhere, at the top too; NaN and the
/// infinities are null; a Date is its ISO text, an invalid one null. What JSON has no word for is written so:
/// a bigint as a string of its decimal digits, bytes as `{"type":"bytes","base64":"…"}`, an error as
/// `{"name":…,"message":…,"code":…}`, without the code when it has none. Errors: `size_limit` for nesting
/// deeper than 200 and for a bigint of more than 65,536 bits.
[[nodiscard]] Result<std::string> to_json(const Value& value, int indent = -1);

}  // namespace cloche
