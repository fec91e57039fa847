#pragma once

#include <cloche/catalogue.h>
#include <cloche/detail/typed_function.h>
#include <cloche/host_function.h>
#include <cloche/rule_scope.h>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloche {

/// What a function's registration may say beside its C++ signature, for `.d.ts` files and error messages.
struct FunctionDoc {
  std::vector<std::string> parameters;  ///< their names, in order; those left out are called arg1, arg2, …
  std::string summary;                  ///< one sentence
};

/// Makes, from one plugin's grant, what the capability's functions work with (`Call::scope`): compiled
/// patterns, an open database. Called once when the plugin is loaded; the result is destroyed after its last
/// function returned.
using MakeScope = std::function<Result<std::shared_ptr<void>>(const Grant&, const PluginInfo&)>;

/// One capability: its catalogue entry, its functions, and how its scope is made.
struct Capability {
  CatalogueEntry entry;
  std::vector<HostFunction> functions;
  MakeScope make_scope;

  [[nodiscard]] const HostFunction* find(std::string_view function) const noexcept;
};

/// Adds functions to a capability, call by call.
class CapabilityBuilder {
 public:
  explicit CapabilityBuilder(Capability& capability) : capability_(capability) {}

  /// A function that answers before it returns. `f` is any C++ callable whose parameters and result Convert
  /// knows, with a `Call&` before them if it wants; it may also return Result<T>. It may be called from any
  /// worker's thread, several at a time, and may wait through the Call: the plugin waits, other plugins run.
  template <class F>
  CapabilityBuilder& sync(std::string name, F f, FunctionDoc doc = {}) {
    auto info = describe<F>(std::move(name), std::move(doc), false);
    return add({*info, std::make_unique<detail::TypedSync<F>>(info, std::move(f))});
  }

  /// The same, but the plugin sees a Promise and goes on; `f` runs on a fiber of its own.
  template <class F>
  CapabilityBuilder& async(std::string name, F f, FunctionDoc doc = {}) {
    auto info = describe<F>(std::move(name), std::move(doc), true);
    return add({*info, std::make_unique<detail::TypedAsync<F>>(info, std::move(f))});
  }

  /// One line about the capability, shown to people.
  CapabilityBuilder& summary(std::string text);

  /// That every plugin has it, without asking: it gives nothing of the outside.
  CapabilityBuilder& implicit();

  /// That grants of it carry a scope of these fields, and how a plugin's is made. `make(const Grant&, const
  /// PluginInfo&)` gives Result<std::shared_ptr<T>>; functions read it with `call.scope<T>()`.
  template <class F>
  CapabilityBuilder& scope(std::vector<ScopeField> fields, F make) {
    return set_scope(std::move(fields),
                     [make = std::move(make)](const Grant& grant,
                                              const PluginInfo& plugin) -> Result<std::shared_ptr<void>> {
                       auto made = make(grant, plugin);
                       if (!made) return made.error();
                       return std::shared_ptr<void>(std::move(*made));
                     });
  }

  /// The same for a scope whose rules are described structs: the fields are Rule's members, and `matches(const Rule&, const
  /// Query&)` tells whether a use is what a rule means. Functions ask
  /// `call.scope<RuleScope<Rule, Query>>().admit(call, query, subject)`, which keeps to every layer's rules.
  template <class Rule, class Matches>
  CapabilityBuilder& scope(Matches matches) {
    using Scope = RuleScope<Rule, detail::QueryOf<Matches>>;
    const auto matcher = std::make_shared<const typename Scope::Matcher>(std::move(matches));
    return scope(detail::scope_fields<Rule>(),
                 [matcher](const Grant& grant, const PluginInfo&) -> Result<std::shared_ptr<Scope>> {
                   auto made = Scope::make(grant, matcher);
                   if (!made) return made.error();
                   return std::make_shared<Scope>(std::move(*made));
                 });
  }

 private:
  template <class F>
  static std::shared_ptr<const FunctionInfo> describe(std::string name, FunctionDoc doc, bool async) {
    return make_info(std::move(name), std::move(doc), detail::parameter_types<F>(), detail::result_type<F>(),
                     async);
  }
  static std::shared_ptr<const FunctionInfo> make_info(std::string name, FunctionDoc doc,
                                                       std::vector<std::string> types, std::string result,
                                                       bool async);
  CapabilityBuilder& add(HostFunction function);
  CapabilityBuilder& set_scope(std::vector<ScopeField> fields, MakeScope make);

  Capability& capability_;
};

/// Every capability a host offers. Filled before the Host is made, by one thread; read-only from then on.
class Registry {
 public:
  /// Begins the capability `id`: a module (`editor`) or a facet of one (`fs.read`). Ids are lower case
  /// letters, digits and '-', in parts parted by dots. Defining an id again goes on with it.
  CapabilityBuilder define(std::string_view id);

  [[nodiscard]] const Capability* find(std::string_view id) const noexcept;
  [[nodiscard]] const std::vector<std::unique_ptr<Capability>>& capabilities() const noexcept {
    return capabilities_;
  }
  /// What manifests and policies are checked against.
  [[nodiscard]] Catalogue catalogue() const;

 private:
  std::vector<std::unique_ptr<Capability>> capabilities_;
};

}  // namespace cloche
