#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cloche/error.h>
#include <stdexcept>

namespace cloche {

/// A value, or the error that stood in its way. Test it before use; `value()` of an error throws `BadResult`,
/// for programs that would rather stop.
template <class T>
using Result = boost::system::result<T, Error>;

/// What `Result<T>::value()` throws when there is only an error. Nothing else in Cloche throws it.
class BadResult : public std::runtime_error {
 public:
  explicit BadResult(const Error& error) : std::runtime_error(to_string(error)), error_(error) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// Found by boost::system::result through argument-dependent look-up.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw BadResult(error);
}

}  // namespace cloche
