#include <array>
#include <cerrno>
#include <cloche/builtin/random.h>
#include <sys/random.h>
#include <system_error>

#include "text/uuid.h"

namespace cloche {
namespace {

constexpr std::uint32_t kMaxBytes = 65'536;

Result<Bytes> random_bytes(const RandomSource& source, std::uint32_t count) {
  if (count > kMaxBytes) {
    return Error(Errc::invalid_argument,
                 "bytes: count is " + std::to_string(count) + "; ask for at most 65536 at once");
  }
  Bytes bytes(count);
  auto filled = source(bytes);
  if (!filled) return filled.error();
  return bytes;
}

Result<double> random_uniform(const RandomSource& source) {
  std::array<std::uint8_t, 8> bytes{};
  auto filled = source(bytes);
  if (!filled) return filled.error();
  std::uint64_t bits = 0;
  for (const std::uint8_t byte : bytes) bits = bits << 8 | byte;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

RandomSource system_random() {
  return [](std::span<std::uint8_t> out) -> Result<void> {
    while (!out.empty()) {
      const ssize_t count = ::getrandom(out.data(), out.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Error(Errc::io, "no random bytes: " + std::generic_category().message(errno));
      out = out.subspan(static_cast<std::size_t>(count));
    }
    return {};
  };
}

void define_random(Registry& registry, RandomSource source) {
  registry.define("random")
      .summary("Gives random numbers fit for keys")
      .sync("bytes", [source](std::uint32_t count) { return random_bytes(source, count); },
            {{"count"}, "That many random bytes, at most 65536."})
      .sync("uuid", [source] { return text::random_uuid(source); }, {{}, "A random UUID."})
      .sync("uniform", [source] { return random_uniform(source); }, {{}, "A number from 0 up to but not 1."});
}

}  // namespace cloche
