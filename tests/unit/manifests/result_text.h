#pragma once

#include <cloche/result.h>
#include <doctest/doctest.h>

/// How doctest shows a Result: by its error, if any.
template <class T>
struct doctest::StringMaker<boost::system::result<T, cloche::Error>> {
  static String convert(const boost::system::result<T, cloche::Error>& result) {
    return result ? String("a value") : String(to_string(result.error()).c_str());
  }
};
