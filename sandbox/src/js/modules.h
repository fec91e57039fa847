#pragma once

#include "js/scope.h"

#include <cloche/bindings.h>
#include <cloche/host.h>
#include <cloche/result.h>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cloche::js {

class Realm;

/// The ES modules of one realm: those of its package, found by path, and `cap:` modules made of what was
/// granted. Nothing outside the package can be named.
class Modules {
 public:
  Modules(Realm& realm, const Bindings& bindings, const PackageFiles& files) noexcept
      : realm_(realm), bindings_(bindings), files_(files) {}

  /// Loads the module at `path` with all it imports, links it and begins its evaluation; gives the promise of
  /// that.
  [[nodiscard]] Result<v8::Local<v8::Promise>> run(const Entered& in, const std::string& path);

  /// The namespace of a module that was run.
  [[nodiscard]] v8::Local<v8::Object> exports(const Entered& in, const std::string& path);

  /// What V8 calls for `import()` and `import.meta`; set once for an isolate.
  static void install(v8::Isolate* isolate);

 private:
  struct Record {
    std::string path;  // within the package, or "cap:name"
    v8::Global<v8::Module> module;
  };

  [[nodiscard]] Result<std::string> resolve(std::string_view specifier, std::string_view referrer) const;
  [[nodiscard]] Result<v8::Local<v8::Module>> load(const Entered& in, const std::string& path);
  [[nodiscard]] Result<void> load_imports(const Entered& in, const std::string& path);
  [[nodiscard]] Result<void> link(const Entered& in, v8::Local<v8::Module> module);
  [[nodiscard]] Result<v8::Local<v8::Module>> compile(const Entered& in, const std::string& path);
  [[nodiscard]] Result<v8::Local<v8::Module>> make_capability(const Entered& in, std::string_view name);
  [[nodiscard]] Error explain_missing(std::string_view module, std::string_view function) const;
  [[nodiscard]] Error clarify_link_error(Error error) const;
  [[nodiscard]] std::string url(std::string_view path) const;
  [[nodiscard]] const Record* record_of(const Entered& in, v8::Local<v8::Module> module) const;
  Record& remember(const Entered& in, const std::string& path, v8::Local<v8::Module> module);
  void import_soon(const Entered& in, v8::Local<v8::String> path, v8::Local<v8::Promise::Resolver> resolver);
  void import_now(const Entered& in, const std::string& path, v8::Local<v8::Promise::Resolver> resolver);

  static v8::MaybeLocal<v8::Module> on_resolve(v8::Local<v8::Context> context,
                                               v8::Local<v8::String> specifier, v8::Local<v8::FixedArray>,
                                               v8::Local<v8::Module> referrer);
  static v8::MaybeLocal<v8::Value> on_evaluate_capability(v8::Local<v8::Context> context,
                                                          v8::Local<v8::Module> module);
  static v8::MaybeLocal<v8::Promise> on_import(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                               v8::Local<v8::Value> referrer, v8::Local<v8::String> specifier,
                                               v8::Local<v8::FixedArray>);
  static void on_import_meta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                             v8::Local<v8::Object> meta);

  Realm& realm_;
  const Bindings& bindings_;
  const PackageFiles& files_;
  std::map<std::string, Record, std::less<>> by_path_;
  std::unordered_multimap<int, const Record*> by_hash_;
};

}  // namespace cloche::js
