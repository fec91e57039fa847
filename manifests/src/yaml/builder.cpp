#include "builder.h"

#include "../shown.h"
#include "load.h"
#include "refusal.h"
#include "scalar.h"
#include "text_check.h"

#include <algorithm>
#include <cloche/text.h>
#include <utility>
#include <yaml-cpp/mark.h>

namespace cloche::yaml {
namespace {

constexpr std::string_view kPlain = "?";   // yaml-cpp's tag of a plain scalar, or of a list or map
constexpr std::string_view kQuoted = "!";  // and of a quoted or block scalar

}  // namespace

Node Builder::take() { return root_ ? std::move(*root_) : Node(); }

std::size_t Builder::offset(const YAML::Mark& mark) const noexcept { return places_.offset(mark.pos); }

Place Builder::place(const YAML::Mark& mark) const noexcept { return places_.at(offset(mark)); }

void Builder::check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
  if (anchor != 0)
    throw Refusal{offset(mark), "anchors (&) are not allowed; write the value out where it is needed"};
  // yaml-cpp gives `! x` the tag of a quoted scalar, so the text itself is looked at too: nothing else begins
  // with '!'.
  const bool written = places_.text().substr(offset(mark), 1) == "!";
  if (written || (tag != kPlain && tag != kQuoted && !tag.empty())) {
    throw Refusal{offset(mark),
                  "tags (!) are not allowed; leave the tag out, and quote the value if a text is meant"};
  }
}

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  if (root_) throw Refusal{offset(mark), "there is more than one document in this file; keep one"};
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  check_properties(mark, {}, anchor);
  if (wants_key())
    throw Refusal{offset(mark),
                  "a key is missing here, or is null; write a name before the colon, null in quotes"};
  Node node;
  node.place = place(mark);
  add(std::move(node));
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  throw Refusal{offset(mark),
                "aliases (*) are not allowed; write the value out, or quote a text that begins with '*'"};
}

void Builder::OnAnchor(const YAML::Mark& mark, const std::string&) {
  throw Refusal{offset(mark), "anchors (&) are not allowed; write the value out where it is needed"};
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& value) {
  check_properties(mark, tag, anchor);
  if (!is_utf8(value) || find_control(value) != std::string::npos) {
    throw Refusal{offset(mark),
                  "this text has a control character in it, written as an escape; leave it out"};
  }
  const bool quoted = tag != kPlain;
  if (wants_key()) return add_key(mark, value, quoted);
  Node node;
  node.place = place(mark);
  node.text = value;
  node.kind = Node::Kind::text;
  if (!quoted) {
    if (auto message = resolve_plain(node)) throw Refusal{offset(mark), std::move(*message)};
  }
  add(std::move(node));
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  check_properties(mark, tag, anchor);
  open(mark, Node::Kind::list);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) {
  check_properties(mark, tag, anchor);
  open(mark, Node::Kind::map);
}

void Builder::open(const YAML::Mark& mark, Node::Kind kind) {
  if (wants_key()) throw Refusal{offset(mark), "a key must be a text, not a list or map; put it in quotes"};
  if (open_.size() >= kMaxDepth) {
    throw Refusal{offset(mark), "lists and maps are nested more than 64 deep; make the file flatter"};
  }
  Open entry;
  entry.node.kind = kind;
  entry.node.place = place(mark);
  entry.wants_key = kind == Node::Kind::map;
  open_.push_back(std::move(entry));
}

void Builder::close() {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  add(std::move(node));
}

void Builder::add_key(const YAML::Mark& mark, const std::string& value, bool quoted) {
  Open& map = open_.back();
  if (!quoted && value == "<<") {
    throw Refusal{offset(mark), "merge keys (<<) are not allowed; write the fields out"};
  }
  if (!quoted && !is_plain_text_key(value)) {
    throw Refusal{offset(mark),
                  "the key " + shown(value) + " is not a text to every reader of YAML; put it in quotes"};
  }
  if (!map.seen.insert(value).second) {
    throw Refusal{offset(mark),
                  "the key " + shown(value) + " is there twice in this map; keep one of the two"};
  }
  map.node.keys.push_back({value, place(mark)});
  map.wants_key = false;
}

void Builder::add(Node node) {
  if (++count_ > kMaxNodes) throw Refusal{0, "this file has more than 100000 values in it; make it shorter"};
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  parent.wants_key = parent.node.kind == Node::Kind::map;
  parent.node.items.push_back(std::move(node));
}

}  // namespace cloche::yaml
