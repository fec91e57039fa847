#pragma once

#include <cloche/limits.h>
#include <cloche/registry.h>
#include <cloche/resolver.h>
#include <cloche/secret_store.h>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace cloche {

/// What `net` works with, and what bounds it whatever the grants say.
struct NetOptions {
  std::shared_ptr<Resolver> resolver;  ///< null: the system's
  std::shared_ptr<SecretStore>
      secrets;  ///< what `define_secrets` of the same registry was given; null: there are none
  /// Certificates of authorities to trust (PEM); empty: the system's.
  std::filesystem::path authorities;
  std::string user_agent = "cloche";       ///< where a plugin names none
  std::size_t requests_per_plugin = 16;    ///< under way at once, open responses included; further ones wait
  ByteCount max_bytes = 64U << 20;         ///< of a response's body, decoded
  ByteCount max_header_bytes = 64U << 10;  ///< of its headers, interim responses and trailers included
  Duration timeout = std::chrono::seconds(30);  ///< of a request, where no rule says; redirects included
  Duration connect_timeout = std::chrono::seconds(10);  ///< to one address
  Duration stall_timeout = std::chrono::seconds(30);    ///< without a byte from a server that is to send some
};

/// `net.fetch`: `fetch`, which answers with the whole response; `open`, `read` and `close`, which give it in
/// pieces, no sooner than they are read. All are asynchronous.
///
/// A rule of its scope has a `url`, and if wanted the other fields:
///
/// - `url`: a pattern `SCHEME://HOST[:PORT]/PATH[?QUERY]`. HOST is a name, an address, `*.example.com`
///   (names below it and not itself) or `*`; PORT a number or `*`, without it the scheme's own. In PATH `*`
///   stops at '/' and `**` does not, so `/**` is every path. Without QUERY any will do; in it `*` stops at
///   '&';
/// - `methods`: those there are, in capitals;
/// - `redirects`: where a request of that rule may be led: `none`, URLs of the `same-rule` (the default),
///   of `any-rule`;
/// - `max_bytes` of a response's body, decoded; `timeout` of the whole request;
/// - `addresses`: words (`public`, `private`, `loopback`, `link-local`, `multicast`, `unspecified`,
///   `reserved`) and prefixes such as `10.0.0.0/8`. Without it, public addresses, and the one that `url`
///   has for its host.
///
/// A rule that denies has any of `url`, `methods` and `addresses`, and denies what fits all it has. Of
/// several layers each must allow what is done, redirects and addresses included. Where all of them say
/// "everything", that is public addresses.
///
/// The address is checked before it is connected to, and again when the socket is made, so an answer of the
/// resolver that changes makes no difference. Nothing of the environment counts: no proxy, no cookies, no
/// netrc. Connections are kept alive for later requests of the same plugin only. At a redirect to another
/// origin `Authorization`, `Cookie` and headers with secrets are left out.
///
/// In a header's value `${secret:NAME}` stands for a secret of `cap:secrets`, filled in when the rules of
/// that capability allow the URL. It is in no error, log or audit; but a server that repeats what it was sent
/// tells the plugin.
///
/// Errors: `not_capable` outside the scope; `invalid_argument` for what is no URL, method or header;
/// `size_limit`; `io` for everything that goes wrong on the way, time-outs too.
void define_net(Registry& registry, NetOptions options = {});

}  // namespace cloche
