#include <cloche/registry.h>

#include <exception>

namespace cloche {
namespace detail {

Error argument_error(const FunctionInfo& info, std::size_t index, const Inward& in) {
  std::string text =
      info.name + ": argument " + std::to_string(index + 1) + " (" + info.parameters[index].name;
  if (!in.path().empty()) text += (in.path().front() == '[' ? "" : ".") + in.path();
  return {in.code(), text + "): expected " + in.expected() + ", found " + in.found()};
}

Error current_exception_error(const FunctionInfo& info) {
  Error error(Errc::internal, info.name + ": the host function failed");
  try {
    throw;
  } catch (const BadResult& bad) {
    return bad.error();
  } catch (const std::exception& exception) {
    return std::move(error).because(Error(Errc::internal, exception.what()));
  } catch (...) {
    return error;
  }
}

}  // namespace detail

const HostFunction* Capability::find(std::string_view function) const noexcept {
  for (const HostFunction& candidate : functions) {
    if (candidate.info.name == function) return &candidate;
  }
  return nullptr;
}

CapabilityBuilder& CapabilityBuilder::summary(std::string text) {
  capability_.entry.summary = std::move(text);
  return *this;
}

std::shared_ptr<const FunctionInfo> CapabilityBuilder::make_info(std::string name, FunctionDoc doc,
                                                                 std::vector<std::string> types,
                                                                 std::string result, bool async) {
  auto info = std::make_shared<FunctionInfo>();
  info->name = std::move(name);
  info->summary = std::move(doc.summary);
  info->result = std::move(result);
  info->async = async;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool named = i < doc.parameters.size();
    info->parameters.push_back(
        {named ? doc.parameters[i] : "arg" + std::to_string(i + 1), std::move(types[i])});
  }
  return info;
}

CapabilityBuilder& CapabilityBuilder::implicit() {
  capability_.entry.implicit = true;
  return *this;
}

CapabilityBuilder& CapabilityBuilder::add(HostFunction function) {
  capability_.entry.functions.push_back(function.info.name);
  capability_.functions.push_back(std::move(function));
  return *this;
}

CapabilityBuilder& CapabilityBuilder::set_scope(std::vector<ScopeField> fields, MakeScope make) {
  capability_.entry.scope = std::move(fields);
  capability_.make_scope = std::move(make);
  return *this;
}

CapabilityBuilder Registry::define(std::string_view id) {
  for (const auto& capability : capabilities_) {
    if (capability->entry.id == id) return CapabilityBuilder(*capability);
  }
  auto& capability = capabilities_.emplace_back(std::make_unique<Capability>());
  capability->entry.id = id;
  return CapabilityBuilder(*capability);
}

const Capability* Registry::find(std::string_view id) const noexcept {
  for (const auto& capability : capabilities_) {
    if (capability->entry.id == id) return capability.get();
  }
  return nullptr;
}

Catalogue Registry::catalogue() const {
  Catalogue catalogue;
  for (const auto& capability : capabilities_) catalogue.entries.push_back(capability->entry);
  return catalogue;
}

}  // namespace cloche
