#include "js/modules.h"

#include "js/errors.h"
#include "js/realm.h"

#include <algorithm>
#include <cloche/text.h>
#include <optional>
#include <set>

namespace cloche::js {
namespace {

constexpr std::string_view kCapability = "cap:";

bool is_capability(std::string_view path) { return path.starts_with(kCapability); }

// `./x` and `../x` against the folder of `referrer`; nothing when that leaves the package.
std::optional<std::string> join(std::string_view referrer, std::string_view relative) {
  std::vector<std::string_view> parts;
  const auto append = [&](std::string_view path) {
    while (!path.empty()) {
      const auto slash = std::min(path.find('/'), path.size());
      const std::string_view part = path.substr(0, slash);
      path.remove_prefix(std::min(slash + 1, path.size()));
      if (part == "..") {
        if (parts.empty()) return false;
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
    }
    return true;
  };
  const auto folder = referrer.rfind('/');
  if (folder != std::string_view::npos) append(referrer.substr(0, folder));
  if (!append(relative) || parts.empty()) return std::nullopt;
  std::string joined;
  for (const std::string_view part : parts) joined += (joined.empty() ? "" : "/") + std::string(part);
  return joined;
}

SourceLocation location_in(std::string file, v8::Local<v8::Module> module,
                           v8::Local<v8::ModuleRequest> request) {
  v8::Location location = module->SourceOffsetToLocation(request->GetSourceOffset());
  return {std::move(file), static_cast<std::uint32_t>(location.GetLineNumber() + 1),
          static_cast<std::uint32_t>(location.GetColumnNumber() + 1)};
}

}  // namespace

std::string Modules::url(std::string_view path) const {
  if (is_capability(path)) return std::string(path);
  return "plugin://" + bindings_.plugin().id + "/" + std::string(path);
}

Result<std::string> Modules::resolve(std::string_view specifier, std::string_view referrer) const {
  const std::string own = url("");
  if (is_capability(specifier)) return std::string(specifier);
  if (specifier.starts_with(own)) {
    if (auto path = join("", specifier.substr(own.size()))) return *path;
  } else if (specifier.starts_with("./") || specifier.starts_with("../")) {
    if (auto path = join(referrer, specifier)) return *path;
    return Error(Errc::module_not_found,
                 "'" + std::string(specifier) + "' leads out of the package; import only files inside it");
  }
  return Error(Errc::module_not_found,
               "cannot find '" + std::string(specifier) +
                   "'; write './file.mjs' for a file of this package, 'cap:name' for a capability");
}

Modules::Record& Modules::remember(const Entered& in, const std::string& path, v8::Local<v8::Module> module) {
  Record& record = by_path_[path];
  record.path = path;
  record.module.Reset(in.isolate, module);
  by_hash_.emplace(module->GetIdentityHash(), &record);
  return record;
}

const Modules::Record* Modules::record_of(const Entered& in, v8::Local<v8::Module> module) const {
  const auto [first, last] = by_hash_.equal_range(module->GetIdentityHash());
  for (auto it = first; it != last; ++it) {
    if (it->second->module.Get(in.isolate) == module) return it->second;
  }
  return nullptr;
}

Result<v8::Local<v8::Module>> Modules::compile(const Entered& in, const std::string& path) {
  auto text = files_.read(path);
  if (!text)
    return Error(text.error().code() == Errc::io ? Errc::module_not_found : text.error().code(),
                 text.error().message());
  if (!is_utf8(*text))
    return Error(Errc::source_invalid, "'" + path + "' is not UTF-8 text").at({url(path), 0, 0});
  v8::TryCatch caught(in.isolate);
  v8::ScriptCompiler::Source source(make_string(in.isolate, *text),
                                    module_origin(in.isolate, make_name(in.isolate, url(path))));
  v8::Local<v8::Module> module;
  if (v8::ScriptCompiler::CompileModule(in.isolate, &source).ToLocal(&module)) return module;
  const Error error = to_error(in, caught.Exception(), caught.Message());
  return Error(Errc::source_invalid, error.message())
      .of_class(error.class_name())
      .at(error.where().value_or(SourceLocation{}));
}

Error Modules::explain_missing(std::string_view module, std::string_view function) const {
  const std::string name(module);
  const std::string what =
      function.empty() ? "'cap:" + name + "'" : "'" + std::string(function) + "' of 'cap:" + name + "'";
  std::vector<std::string_view> ids;
  for (const auto& capability : bindings_.registry().capabilities()) {
    if (capability->entry.module() != module) continue;
    if (function.empty() || capability->find(function) != nullptr) ids.push_back(capability->entry.id);
  }
  if (ids.empty()) {
    return {Errc::not_capable, what + " cannot be imported: this host offers " +
                                   (function.empty() ? "no such capability" : "no such function")};
  }
  std::string list;
  for (const auto id : ids) list += (list.empty() ? "" : " or ") + std::string(id);
  for (const auto id : ids) {
    if (bindings_.grants().decision(id) != nullptr) {
      return {Errc::not_capable,
              what + " cannot be imported: the manifest asks for " + list + ", but it was not granted"};
    }
  }
  return {Errc::not_capable,
          what + " cannot be imported: plugin.yaml does not ask for " + list + "; add it under capabilities"};
}

Result<v8::Local<v8::Module>> Modules::make_capability(const Entered& in, std::string_view name) {
  const BoundModule* bound = bindings_.find(name);
  if (bound == nullptr) return explain_missing(name, {});
  std::vector<v8::Local<v8::String>> names;
  for (const auto& function : bound->functions)
    names.push_back(make_name(in.isolate, function->function->info.name));
  return make_synthetic_module(in.isolate, make_name(in.isolate, std::string(kCapability) + bound->name),
                               names, on_evaluate_capability);
}

v8::MaybeLocal<v8::Value> Modules::on_evaluate_capability(v8::Local<v8::Context> context,
                                                          v8::Local<v8::Module> module) {
  const Entered in{context->GetIsolate(), context};
  Realm& realm = Realm::of(context);
  Modules& modules = realm.modules();
  const Record* record = modules.record_of(in, module);
  const BoundModule* bound =
      modules.bindings_.find(std::string_view(record->path).substr(kCapability.size()));
  for (const auto& function : bound->functions) {
    const auto name = make_name(in.isolate, function->function->info.name);
    if (module->SetSyntheticModuleExport(in.isolate, name, realm.host_functions().get(in, *function))
            .IsNothing())
      return {};
  }
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  resolver->Resolve(context, v8::Undefined(in.isolate)).FromMaybe(false);
  return resolver->GetPromise();
}

Result<v8::Local<v8::Module>> Modules::load(const Entered& in, const std::string& path) {
  const auto known = by_path_.find(path);
  if (known != by_path_.end()) return known->second.module.Get(in.isolate);
  auto module = is_capability(path) ? make_capability(in, std::string_view(path).substr(kCapability.size()))
                                    : compile(in, path);
  if (module) remember(in, path, *module);
  return module;
}

// Loads what `path` imports, and what those import, before anything is linked: a work list, for import chains
// may be long.
Result<void> Modules::load_imports(const Entered& in, const std::string& path) {
  std::vector<std::string> open{path};
  std::set<std::string> seen;
  while (!open.empty()) {
    const std::string current = std::move(open.back());
    open.pop_back();
    const auto module = by_path_.at(current).module.Get(in.isolate);
    const bool linked = module->GetStatus() != v8::Module::kUninstantiated;
    if (linked || !module->IsSourceTextModule() || !seen.insert(current).second) continue;
    const auto requests = module->GetModuleRequests();
    for (int i = 0; i < requests->Length(); ++i) {
      const auto request = requests->Get(in.context, i).As<v8::ModuleRequest>();
      const auto specifier = to_utf8(in.isolate, request->GetSpecifier());
      auto target = resolve(specifier, current);
      auto loaded = target ? load(in, *target) : Result<v8::Local<v8::Module>>(target.error());
      if (!loaded) {
        Error error = loaded.error();
        return error.where() ? error : std::move(error).at(location_in(url(current), module, request));
      }
      open.push_back(*target);
    }
  }
  return {};
}

v8::MaybeLocal<v8::Module> Modules::on_resolve(v8::Local<v8::Context> context,
                                               v8::Local<v8::String> specifier, v8::Local<v8::FixedArray>,
                                               v8::Local<v8::Module> referrer) {
  const Entered in{context->GetIsolate(), context};
  const Modules& modules = Realm::of(context).modules();
  const Record* record = modules.record_of(in, referrer);
  const auto target = modules.resolve(to_utf8(in.isolate, specifier), record->path);
  return modules.by_path_.at(*target).module.Get(in.isolate);  // load_imports went before
}

// V8 says that `cap:fs` has no export of a name; say which capability would have brought it.
Error Modules::clarify_link_error(Error error) const {
  const std::string& text = error.message();
  const auto module = text.find("'cap:");
  const auto name = text.find("export named '");
  if (module == std::string::npos || name == std::string::npos) return error;
  const auto quoted = [&](std::size_t from) { return text.substr(from, text.find('\'', from) - from); };
  Error clear = explain_missing(quoted(module + 5), quoted(name + 14));
  return error.where() ? std::move(clear).at(*error.where()) : clear;
}

Result<void> Modules::link(const Entered& in, v8::Local<v8::Module> module) {
  v8::TryCatch caught(in.isolate);
  if (module->InstantiateModule(in.context, on_resolve).FromMaybe(false)) return {};
  const Error error = to_error(in, caught.Exception(), caught.Message());
  return clarify_link_error(Error(Errc::source_invalid, error.message())
                                .of_class(error.class_name())
                                .at(error.where().value_or(SourceLocation{})));
}

Result<v8::Local<v8::Promise>> Modules::run(const Entered& in, const std::string& path) {
  auto module = load(in, path);
  if (!module) return module.error();
  if (auto loaded = load_imports(in, path); !loaded) return loaded.error();
  if (auto linked = link(in, *module); !linked) return linked.error();
  v8::TryCatch caught(in.isolate);
  v8::Local<v8::Value> evaluation;
  if ((*module)->Evaluate(in.context).ToLocal(&evaluation)) return evaluation.As<v8::Promise>();
  if (caught.HasTerminated()) return Error(Errc::cancelled, "the module was ended while it was evaluated");
  return to_error(in, caught.Exception(), caught.Message());
}

v8::Local<v8::Object> Modules::exports(const Entered& in, const std::string& path) {
  return by_path_.at(path).module.Get(in.isolate)->GetModuleNamespace().As<v8::Object>();
}

void Modules::install(v8::Isolate* isolate) {
  isolate->SetHostImportModuleDynamicallyCallback(on_import);
  isolate->SetHostInitializeImportMetaObjectCallback(on_import_meta);
}

void Modules::on_import_meta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                             v8::Local<v8::Object> meta) {
  const Entered in{context->GetIsolate(), context};
  const Modules& modules = Realm::of(context).modules();
  const Record* record = modules.record_of(in, module);
  if (record == nullptr) return;
  meta->CreateDataProperty(context, make_name(in.isolate, "url"),
                           make_string(in.isolate, modules.url(record->path)))
      .FromMaybe(false);
}

v8::MaybeLocal<v8::Promise> Modules::on_import(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                               v8::Local<v8::Value> referrer, v8::Local<v8::String> specifier,
                                               v8::Local<v8::FixedArray>) {
  const Entered in{context->GetIsolate(), context};
  Modules& modules = Realm::of(context).modules();
  // Code made by eval or Function has no file: what it imports is resolved against the package's top.
  std::string from = to_utf8(in.isolate, referrer);
  const std::string own = modules.url("");
  from = from.starts_with(own) ? from.substr(own.size()) : std::string();
  auto target = modules.resolve(to_utf8(in.isolate, specifier), from);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  if (!target) {
    resolver->Reject(context, to_exception(in, target.error())).FromMaybe(false);
  } else {
    modules.import_soon(in, make_string(in.isolate, *target), resolver);
  }
  return resolver->GetPromise();
}

// A module is never run from inside another's evaluation, which it may have in its own graph: it waits for a
// microtask.
void Modules::import_soon(const Entered& in, v8::Local<v8::String> path,
                          v8::Local<v8::Promise::Resolver> resolver) {
  v8::Local<v8::Value> parts[] = {path, resolver};
  const auto job = [](const v8::FunctionCallbackInfo<v8::Value>& info) {
    const Entered entered{info.GetIsolate(), info.GetIsolate()->GetCurrentContext()};
    const auto data = info.Data().As<v8::Array>();
    const auto path_part = data->Get(entered.context, 0).ToLocalChecked();
    const auto resolver_part = data->Get(entered.context, 1).ToLocalChecked().As<v8::Promise::Resolver>();
    Realm::of(entered.context)
        .modules()
        .import_now(entered, to_utf8(entered.isolate, path_part), resolver_part);
  };
  v8::Local<v8::Function> function;
  const auto data = v8::Array::New(in.isolate, parts, std::size(parts));
  if (v8::Function::New(in.context, job, data).ToLocal(&function)) in.isolate->EnqueueMicrotask(function);
}

void Modules::import_now(const Entered& in, const std::string& path,
                         v8::Local<v8::Promise::Resolver> resolver) {
  auto evaluation = run(in, path);
  if (!evaluation) {
    resolver->Reject(in.context, to_exception(in, evaluation.error())).FromMaybe(false);
    return;
  }
  // When the evaluation is done, the promise gives the namespace; when it fails, the same failure.
  v8::Local<v8::Function> give_namespace;
  v8::Local<v8::Promise> done;
  const auto callback = [](const v8::FunctionCallbackInfo<v8::Value>& info) {
    info.GetReturnValue().Set(info.Data());
  };
  if (v8::Function::New(in.context, callback, exports(in, path)).ToLocal(&give_namespace) &&
      (*evaluation)->Then(in.context, give_namespace).ToLocal(&done)) {
    resolver->Resolve(in.context, done).FromMaybe(false);
  }
}

}  // namespace cloche::js
