#pragma once

#include <cloche/convert/containers.h>
#include <cloche/convert/convert.h>
#include <cloche/convert/described.h>
#include <cloche/convert/scalars.h>
#include <cloche/value.h>

namespace cloche {

template <>
struct Convert<Function> {
  static bool read(Inward& in, ValueRef ref, Function& out);
  static ValueRef write(ValueWriter& out, const Function& value) { return out.function(value); }
  static std::string type() { return "((...args: any[]) => any)"; }
};

template <>
struct Convert<Value> {
  static bool read(Inward& in, ValueRef ref, Value& out);
  static ValueRef write(ValueWriter& out, const Value& value);
  static std::string type() { return "any"; }
};

}  // namespace cloche
