#include "workbench/document.h"

#include "utf16.h"

#include <utility>

namespace workbench {
namespace {

using cloche::Errc;
using cloche::Error;
using cloche::Result;

struct Bytes {
  std::size_t start = 0;
  std::size_t end = 0;
};

Result<Bytes> bytes_of(Range range, const std::string& text) {
  if (range.end < range.start)
    return Error(Errc::invalid_argument, "expected a range whose end is not before its start");
  const auto start = byte_offset(text, range.start);
  const auto end = byte_offset(text, range.end);
  if (start && end) return Bytes{*start, *end};
  return Error(Errc::invalid_argument, "expected a range inside the text, which has " +
                                           std::to_string(utf16_length(text)) +
                                           " UTF-16 code units, that cuts no character in two");
}

}  // namespace

Document::Document(std::string name, std::string text) : name_(std::move(name)), now_{std::move(text), {}} {}

std::string Document::selected_text() const {
  const auto bytes = bytes_of(now_.selection, now_.text);
  return bytes ? now_.text.substr(bytes->start, bytes->end - bytes->start) : std::string();
}

Result<void> Document::select(Range range) {
  if (auto bytes = bytes_of(range, now_.text); !bytes) return bytes.error();
  now_.selection = range;
  return {};
}

Result<void> Document::replace(Range range, std::string_view text) {
  const auto bytes = bytes_of(range, now_.text);
  if (!bytes) return bytes.error();
  now_.text.replace(bytes->start, bytes->end - bytes->start, text);
  now_.selection = {range.start, range.start + static_cast<std::uint32_t>(utf16_length(text))};
  return {};
}

void Document::begin_step() { before_ = now_; }

bool Document::end_step(std::string name) {
  if (!before_) return false;
  Content before = std::move(*before_);
  before_.reset();
  if (before.text == now_.text) return false;
  done_.push_back({std::move(name), std::move(before)});
  undone_.clear();
  return true;
}

void Document::abandon_step() {
  if (before_) now_ = std::move(*before_);
  before_.reset();
}

std::optional<std::string> Document::move_step(std::vector<Step>& from, std::vector<Step>& to) {
  if (from.empty()) return std::nullopt;
  Step step = std::move(from.back());
  from.pop_back();
  std::swap(step.other, now_);
  to.push_back(std::move(step));
  return to.back().name;
}

std::optional<std::string> Document::undo() { return move_step(done_, undone_); }
std::optional<std::string> Document::redo() { return move_step(undone_, done_); }

}  // namespace workbench
