#pragma once

#include <boost/describe.hpp>
#include <cloche/builtin/net.h>
#include <cloche/call.h>
#include <cloche/value.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "net/deadline.h"
#include "net/transfer.h"

namespace cloche::net {

enum class Redirect {
  follow,
  manual,  ///< the redirect itself is the answer
  error,
};
BOOST_DESCRIBE_ENUM(Redirect, follow, manual, error)

struct FetchOptions {
  std::optional<std::string> method;
  std::optional<HeaderMap> headers;
  std::optional<std::variant<std::string, Bytes>> body;
  std::optional<double> timeout_ms;
  std::optional<Redirect> redirect;
};
BOOST_DESCRIBE_STRUCT(FetchOptions, (), (method, headers, body, timeout_ms, redirect))

/// A response whose body is still to come.
struct Opened {
  Url url;  ///< of the last redirect
  bool redirected = false;
  Head head;
  std::shared_ptr<Transfer> transfer;
  Deadline deadline;
};

/// Sends what the plugin of `call` asks for, follows redirects, and waits for the head of the response; the
/// scope of `call` is a NetScope. `most_bytes` bounds the body beside the grant and the options.
[[nodiscard]] Result<Opened> open(Call& call, const NetOptions& options, std::string_view url,
                                  FetchOptions wanted, ByteCount most_bytes);

}  // namespace cloche::net
