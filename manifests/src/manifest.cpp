#include "digest.h"
#include "problems.h"
#include "read/reader.h"
#include "schema/to_json.h"
#include "schema/validate.h"
#include "shown.h"
#include "yaml/load.h"

#include <algorithm>
#include <cloche/manifest.h>
#include <set>

namespace cloche {
namespace {

using read::items;
using read::Reader;
using yaml::Node;

class ManifestReader {
 public:
  explicit ManifestReader(Problems& problems) : reader_(problems) {}

  Manifest read(const Node& root) {
    out_.where = reader_.where(root);
    read_identity(root);
    read_code(root);
    if (const Node* node = root.find("capabilities")) read_capabilities(*node);
    read_dependencies(root);
    read_interfaces(root);
    read_config(root);
    read_commands(root);
    read_activation(root);
    read_limits(root);
    return std::move(out_);
  }

 private:
  void read_identity(const Node& root) {
    out_.id = reader_.text(root, "id", read::check_id);
    out_.name = root.find("name") != nullptr ? reader_.text(root, "name") : out_.id;
    out_.description = reader_.text(root, "description");
    out_.version = reader_.version(root, "version");
    out_.license = reader_.text(root, "license");
    if (const Node* publisher = root.find("publisher")) {
      out_.publisher.name = reader_.text(*publisher, "name");
      out_.publisher.key = reader_.text(*publisher, "key", read::check_publisher_key);
    }
    if (const Node* engines = root.find("engines")) {
      out_.engines.host = reader_.range(*engines, "host");
      out_.engines.api = reader_.range(*engines, "api");
    }
  }

  void read_code(const Node& root) {
    out_.main = reader_.text(root, "main", read::check_main);
    if (const Node* main = root.find("main")) out_.main_where = reader_.where(*main);
    out_.isolation = reader_.isolation(root, "isolation").value_or(Isolation::isolate);
    out_.code_generation = reader_.flag(root, "code_generation", true);
    out_.web_assembly = reader_.flag(root, "web_assembly", true);
    if (const Node* reload = root.find("hot_reload")) {
      out_.hot_reload = Reader::choice(*reload, "state", {{"export", Manifest::HotReload::export_state}},
                                       Manifest::HotReload::drop_state);
    }
    const Node* integrity = root.find("integrity");
    if (integrity == nullptr) return;
    for (const yaml::Key& path : integrity->keys) {
      if (auto complaint = read::check_path(path.text)) reader_.complain(path, std::move(*complaint));
      out_.integrity[path.text] = reader_.text(*integrity, path.text, read::check_digest);
    }
  }

  void read_capabilities(const Node& node) {
    for (const Node& item : items(node, "required")) out_.required.push_back(request(item));
    for (const Node& item : items(node, "optional")) out_.optional.push_back(request(item));
  }

  CapabilityRequest request(const Node& item) {
    CapabilityRequest request;
    request.where = reader_.where(item);
    request.id = reader_.text(item, "id", read::check_capability);
    request.reason = reader_.text(item, "reason");
    request.has_allow = item.find("allow") != nullptr;
    request.allow = reader_.scope(item.find("allow"), Layer::manifest);
    request.deny = reader_.scope(item.find("deny"), Layer::manifest);
    request.when_denied =
        Reader::choice(item, "when_denied", {{"ignore", WhenDenied::ignore}}, WhenDenied::throw_error);
    if (!request.id.empty() && !asked_.insert(request.id).second) {
      reader_.complain(item,
                       "the capability " + shown(request.id) + " is asked for twice; make it one entry");
    }
    return request;
  }

  void read_dependencies(const Node& root) {
    const Node* node = root.find("dependencies");
    if (node == nullptr) return;
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
      const yaml::Key& id = node->keys[i];
      const Node& item = node->items[i];
      if (auto complaint = read::check_id(id.text)) reader_.complain(id, std::move(*complaint));
      if (id.text == out_.id) reader_.complain(id, "a plugin cannot depend on itself; leave this entry out");
      Manifest::Dependency dependency;
      dependency.version = reader_.range(item, "version").value_or(VersionRange());
      dependency.optional = reader_.flag(item, "optional", false);
      dependency.inherit = reader_.texts(item, "inherit", read::check_capability);
      dependency.where = reader_.where(item);
      check_inherit(item);
      out_.dependencies.emplace(id.text, std::move(dependency));
    }
  }

  // A plugin cannot pass on what it does not ask for itself.
  void check_inherit(const Node& dependency) {
    for (const Node& item : items(dependency, "inherit")) {
      if (asked_.count(item.text) != 0 || read::check_capability(item.text)) continue;
      reader_.complain(item,
                       "the capability " + shown(item.text) +
                           " is passed on but not asked for; add it to capabilities too, or leave it out");
    }
  }

  void read_interfaces(const Node& root) {
    for (const Node& item : items(root, "provides")) {
      out_.provides.push_back({reader_.text(item, "interface", read::check_interface),
                               reader_.version(item, "version"),
                               reader_.text(item, "types", read::check_path)});
    }
    for (const Node& item : items(root, "uses")) {
      out_.uses.push_back({reader_.text(item, "interface", read::check_interface),
                           reader_.range(item, "version").value_or(VersionRange()),
                           reader_.flag(item, "optional", false)});
    }
  }

  void read_config(const Node& root) {
    const Node* config = root.find("config");
    if (config == nullptr) return;
    out_.config.schema = reader_.text(*config, "schema", read::check_path);
    if (const Node* defaults = config->find("defaults"))
      out_.config.defaults = schema::to_json(*defaults).dump();
  }

  void read_commands(const Node& root) {
    const Node* contributes = root.find("contributes");
    if (contributes == nullptr) return;
    for (const Node& item : items(*contributes, "commands")) {
      Manifest::Command command{reader_.text(item, "id", read::check_command), reader_.text(item, "title"),
                                reader_.text(item, "shortcut")};
      if (!command.id.empty() && !commands_.insert(command.id).second) {
        reader_.complain(item, "the command " + shown(command.id) + " is there twice; give each its own id");
      }
      out_.commands.push_back(std::move(command));
    }
  }

  void read_activation(const Node& root) {
    out_.activation = reader_.texts(root, "activation", read::check_activation);
    constexpr std::string_view kOnCommand = "onCommand:";
    for (const Node& item : items(root, "activation")) {
      if (item.text.compare(0, kOnCommand.size(), kOnCommand) != 0) continue;
      const std::string command = item.text.substr(kOnCommand.size());
      if (commands_.count(command) != 0 || read::check_command(command)) continue;
      reader_.complain(item, "the command " + shown(command) +
                                 " is not among contributes.commands; add it there, or leave this out");
    }
  }

  void read_limits(const Node& root) {
    out_.limits = reader_.limits(root, "limits");
    if (const Node* limits = root.find("limits")) out_.limits_where = reader_.where(*limits);
  }

  Reader reader_;
  Manifest out_;
  std::set<std::string> asked_;
  std::set<std::string> commands_;
};

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, std::string_view file_name) {
  const auto document = yaml::load(text, file_name, Errc::manifest_invalid);
  if (!document) return document.error();
  Problems problems(Errc::manifest_invalid, file_name);
  schema::validate(schema::Which::plugin, *document, problems);
  if (!problems.empty()) return problems.take();
  Manifest manifest = ManifestReader(problems).read(*document);
  if (!problems.empty()) return problems.take();
  manifest.digest = sha256(text);
  return manifest;
}

Result<void> check_engines(const Manifest& manifest, const Version& host, const Version& api) {
  const auto check = [&](const std::optional<VersionRange>& range, const Version& version,
                         const char* what) -> Result<void> {
    if (!range || range->contains(version)) return {};
    return Error(Errc::manifest_invalid, "the plugin needs " + std::string(what) + " " + range->text() +
                                             ", and this is " + to_string(version) +
                                             "; use a version of the plugin made for it")
        .at(manifest.where);
  };
  auto host_result = check(manifest.engines.host, host, "a host of version");
  return host_result ? check(manifest.engines.api, api, "Cloche's plugin API of version") : host_result;
}

}  // namespace cloche
