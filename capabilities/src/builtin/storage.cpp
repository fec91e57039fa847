#include <cloche/builtin/storage.h>

#include "plugin_folder.h"
#include "storage/store.h"
#include "storage/stored_value.h"

namespace cloche {
namespace {

Result<std::shared_ptr<Store>> open_store(const std::filesystem::path& data_directory,
                                          const PluginInfo& plugin) {
  if (data_directory.empty()) {
    return Error(Errc::not_supported,
                 "this host keeps no plugin data: it offers storage only when given a data directory");
  }
  auto folder = plugin_folder(data_directory, plugin.id);
  if (!folder) return folder.error();
  return std::make_shared<Store>(*folder / "storage.sqlite", plugin.limits.storage);
}

Result<void> check_key(const std::string& key) {
  constexpr std::size_t kMaxKey = 1024;
  if (!key.empty() && key.size() <= kMaxKey) return {};
  return Error(Errc::invalid_argument,
               "a key is 1 to 1024 bytes long; this one has " + std::to_string(key.size()));
}

Result<Value> get_value(Store& store, const std::string& key) {
  auto checked = check_key(key);
  if (!checked) return checked.error();
  auto text = store.get(key);
  if (!text) return text.error();
  if (!*text) return Value();
  return decode_stored(**text);
}

Result<void> set_value(Store& store, const std::string& key, const Value& value) {
  auto checked = check_key(key);
  if (!checked) return checked;
  auto text = encode_stored(value);
  if (!text) return text.error();
  return store.set(key, *text);
}

}  // namespace

// SQLite and the encoding of values wait for the disk or take a while, so all of it is done on a thread that
// may.
void define_storage(Registry& registry, std::filesystem::path data_directory) {
  registry.define("storage")
      .summary("Keeps values for the plugin from one run to the next")
      .scope({}, [data_directory = std::move(data_directory)](
                     const Grant&, const PluginInfo& plugin) { return open_store(data_directory, plugin); })
      .async("get",
             [](Call& call, const std::string& key) {
               return call.blocking([&] { return get_value(call.scope<Store>(), key); });
             },
             {{"key"}, "The value of a key, or undefined."})
      .async("set",
             [](Call& call, const std::string& key, const Value& value) {
               auto set = call.blocking([&] { return set_value(call.scope<Store>(), key, value); });
               const bool full = !set && set.error().code() == Errc::quota;
               if (full && call.plugin().watch) call.plugin().watch->limit_hit(Limit::storage);
               return set;
             },
             {{"key", "value"}, "Keeps a value under a key, in place of the one before."})
      .async("remove",
             [](Call& call, const std::string& key) {
               return call.blocking([&] { return call.scope<Store>().remove(key); });
             },
             {{"key"}, "Forgets a key; tells whether there was one."})
      .async("keys",
             [](Call& call, const std::optional<std::string>& prefix) {
               return call.blocking([&] { return call.scope<Store>().keys(prefix.value_or("")); });
             },
             {{"prefix"}, "The keys that begin with a text, sorted."})
      .async("clear", [](Call& call) { return call.blocking([&] { return call.scope<Store>().clear(); }); },
             {{}, "Forgets everything."})
      .async("usage", [](Call& call) { return call.blocking([&] { return call.scope<Store>().usage(); }); },
             {{}, "How many bytes are used, and how many allowed."});
}

}  // namespace cloche
