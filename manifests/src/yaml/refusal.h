#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace cloche::yaml {

/// Thrown inside the YAML front end and caught by load(): what is wrong at a byte offset of the text.
struct Refusal {
  std::size_t offset = 0;
  std::string message;
};

}  // namespace cloche::yaml
