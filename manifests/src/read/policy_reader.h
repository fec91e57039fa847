#pragma once

#include "reader.h"

#include <cloche/policy.h>

namespace cloche::read {

/// Reads policy.yaml, or the file of a GrantStore, once the schema has vouched for its structure.
class PolicyReader {
 public:
  explicit PolicyReader(Problems& problems) : reader_(problems) {}

  Policy read(const yaml::Node& root);

 private:
  void read_defaults(const yaml::Node& node);
  void read_sets(const yaml::Node& node);
  static Policy::Verdict verdict(const yaml::Node& map, std::string_view key, Policy::Verdict otherwise);
  ScopedCapability scoped(const yaml::Node& item, std::string_view id, const yaml::Node* scope, Layer layer);
  ScopedCapability deny(const yaml::Node& item, Layer layer);
  PolicyRule rule(const yaml::Node& item, Layer layer);
  std::vector<std::string> maximum(const yaml::Node& names);
  void complain_about_set(const yaml::Node& name);
  Policy::UserGrant grant(const yaml::Node& item);
  void read_duration(const yaml::Node& item, Policy::UserGrant& grant);
  AcceptedManifest accepted(const yaml::Node& item);
  CapabilityRequest request(const yaml::Node& item);

  Reader reader_;
  Policy out_;
};

}  // namespace cloche::read
