#include "audit/event_buffer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace cloche::audit {
namespace {

constexpr std::size_t kTexts = 6;

struct Header {
  AuditEvent::Kind kind;
  std::optional<Errc> outcome;
  std::chrono::system_clock::time_point time;
  Duration duration;
  std::array<std::uint32_t, kTexts> sizes;
};

std::array<std::string_view, kTexts> texts_of(const AuditEvent& event) noexcept {
  return {event.plugin, event.version, event.capability, event.function, event.subject, event.rule};
}

}  // namespace

EventBuffer::EventBuffer(std::size_t capacity)
    : capacity_(capacity), bytes_(std::make_unique<char[]>(capacity)) {}

bool EventBuffer::add(const AuditEvent& event) noexcept {
  Header header{event.kind, event.outcome, event.time, event.duration, {}};
  const auto texts = texts_of(event);
  std::size_t needed = sizeof header;
  for (std::size_t i = 0; i < kTexts; ++i) {
    header.sizes[i] = static_cast<std::uint32_t>(std::min(texts[i].size(), kMaxText));
    needed += header.sizes[i];
  }
  if (needed > capacity_ - used_) {
    ++dropped_;
    last_dropped_ = event.time;
    return false;
  }
  char* out = bytes_.get() + used_;
  std::memcpy(out, &header, sizeof header);
  out += sizeof header;
  for (std::size_t i = 0; i < kTexts; ++i) out = std::copy_n(texts[i].data(), header.sizes[i], out);
  used_ += needed;
  return true;
}

void EventBuffer::each(const std::function<void(const AuditEvent&)>& f) const {
  const char* in = bytes_.get();
  while (in != bytes_.get() + used_) {
    Header header;
    std::memcpy(&header, in, sizeof header);
    in += sizeof header;
    std::array<std::string_view, kTexts> texts;
    for (std::size_t i = 0; i < kTexts; ++i) {
      texts[i] = {in, header.sizes[i]};
      in += header.sizes[i];
    }
    f({header.kind, header.time, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], header.duration,
       header.outcome});
  }
}

}  // namespace cloche::audit
