#pragma once

#include "node.h"
#include "places.h"

#include <optional>
#include <unordered_set>
#include <vector>
#include <yaml-cpp/eventhandler.h>

namespace cloche::yaml {

/// Builds a Node from yaml-cpp's events, and throws a Refusal at the first event that is not allowed. Depth
/// is counted here, event by event, so a deep text is refused while yaml-cpp is no deeper than kMaxDepth.
class Builder : public YAML::EventHandler {
 public:
  /// `places` must outlive the builder.
  explicit Builder(const Places& places) : places_(places) {}

  /// The finished document. Call it once, after the last event.
  [[nodiscard]] Node take();

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

 private:
  // A list or map that is still being read.
  struct Open {
    Node node;
    bool wants_key = false;
    std::unordered_set<std::string> seen;
  };

  [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const noexcept;
  [[nodiscard]] Place place(const YAML::Mark& mark) const noexcept;
  [[nodiscard]] bool wants_key() const noexcept { return !open_.empty() && open_.back().wants_key; }
  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const;
  void open(const YAML::Mark& mark, Node::Kind kind);
  void close();
  void add_key(const YAML::Mark& mark, const std::string& value, bool quoted);
  void add(Node node);

  const Places& places_;
  std::vector<Open> open_;
  std::optional<Node> root_;
  std::size_t count_ = 0;
};

}  // namespace cloche::yaml
