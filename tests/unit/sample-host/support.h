#pragma once

#include <cloche/result.h>
#include <doctest/doctest.h>
#include <string>

// How doctest shows a Result: the error in words.
template <class T>
struct doctest::StringMaker<cloche::Result<T>> {
  static String convert(const cloche::Result<T>& result) {
    return result ? String("a value") : String(to_string(result.error()).c_str());
  }
};
