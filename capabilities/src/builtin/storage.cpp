#include <cloche/builtin/storage.h>

#include "plugin_folder.h"
#include "storage/store.h"
#include "storage/stored_value.h"

namespace cloche {

enum class StorageAction : std::uint8_t { set, remove, removePrefix };
BOOST_DESCRIBE_ENUM(StorageAction, set, remove, removePrefix)

// Any value; undefined, if you like, by being left out.
struct AnyValue {
  Value value;
};
template <>
struct Convert<AnyValue> {
  static bool read(Inward& in, ValueRef ref, AnyValue& out) {
    return Convert<Value>::read(in, ref, out.value);
  }
  static std::string type() { return "any | undefined"; }
};

struct StorageOperation {
  StorageAction action = StorageAction::set;
  std::string key;
  AnyValue value;
};
BOOST_DESCRIBE_STRUCT(StorageOperation, (), (action, key, value))

struct StorageCondition {
  std::string key;
  AnyValue value;
};
BOOST_DESCRIBE_STRUCT(StorageCondition, (), (key, value))

namespace {

using Changes = std::vector<Store::Change>;
using Conditions = std::vector<Store::Condition>;
using Kind = Store::Change::Kind;

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

Result<std::vector<Value>> get_values(Call& call, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (auto checked = check_key(key); !checked) return checked.error();
  }
  auto texts = call.scope<Store>().get(keys, call.plugin().limits.message);
  if (!texts) return texts.error();
  std::vector<Value> values;
  for (const auto& text : *texts) {
    auto value = text ? decode_stored(*text) : Result<Value>(Value());
    if (!value) return value.error();
    values.push_back(std::move(*value));
  }
  return values;
}

Result<Value> get_value(Call& call, const std::string& key) {
  auto values = get_values(call, {key});
  if (!values) return values.error();
  return std::move(values->front());
}

Result<Store::Change> change_of(const StorageOperation& operation) {
  if (operation.action == StorageAction::removePrefix)
    return Store::Change{Kind::remove_prefix, operation.key};
  if (auto checked = check_key(operation.key); !checked) return checked.error();
  if (operation.action == StorageAction::remove) return Store::Change{Kind::remove, operation.key};
  auto text = encode_stored(operation.value.value);
  if (!text) return text.error();
  return Store::Change{Kind::set, operation.key, std::move(*text)};
}

// What `get` tells as undefined was stored so, or is not there.
Result<Store::Condition> condition_of(const StorageCondition& condition) {
  if (auto checked = check_key(condition.key); !checked) return checked.error();
  auto text = encode_stored(condition.value.value);
  if (!text) return text.error();
  Store::Condition made{condition.key, {std::move(*text)}};
  if (condition.value.value.is<Undefined>()) made.any_of.emplace_back();
  return made;
}

template <class To, class From, class F>
Result<std::vector<To>> each(const std::vector<From>& from, F convert) {
  std::vector<To> all;
  for (const From& one : from) {
    auto converted = convert(one);
    if (!converted) return converted.error();
    all.push_back(std::move(*converted));
  }
  return all;
}

// SQLite and the encoding of values wait for the disk or take a while, so all of it is done on a thread that
// may.
Result<Store::Outcome> apply(Call& call, const std::vector<StorageOperation>& operations,
                             const std::vector<StorageCondition>& conditions = {}) {
  auto applied = call.blocking([&]() -> Result<Store::Outcome> {
    auto changes = each<Store::Change>(operations, change_of);
    if (!changes) return changes.error();
    auto held = each<Store::Condition>(conditions, condition_of);
    if (!held) return held.error();
    return call.scope<Store>().apply(*changes, *held);
  });
  const bool full = !applied && applied.error().code() == Errc::quota;
  if (full && call.plugin().watch) call.plugin().watch->limit_hit(Limit::storage);
  return applied;
}

Result<void> set(Call& call, const std::string& key, const Value& value) {
  call.about(key);
  auto applied = apply(call, {{StorageAction::set, key, {value}}});
  return applied ? Result<void>() : applied.error();
}

Result<bool> remove(Call& call, const std::string& key) {
  call.about(key);
  auto applied = apply(call, {{StorageAction::remove, key, {}}});
  if (!applied) return applied.error();
  return applied->removed > 0;
}

Result<double> remove_prefix(Call& call, const std::string& prefix) {
  call.about(prefix);
  auto applied = apply(call, {{StorageAction::removePrefix, prefix, {}}});
  if (!applied) return applied.error();
  return static_cast<double>(applied->removed);
}

Result<bool> transaction(Call& call, const std::vector<StorageOperation>& operations,
                         const std::optional<std::vector<StorageCondition>>& conditions) {
  call.about(std::to_string(operations.size()) + " operations");
  auto applied = apply(call, operations, conditions.value_or(std::vector<StorageCondition>()));
  if (!applied) return applied.error();
  return applied->applied;
}

Result<std::vector<std::string>> keys(Call& call, const std::optional<std::string>& prefix,
                                      const std::optional<StoragePage>& page) {
  call.about(prefix.value_or(""));
  if (page && page->limit == 0)
    return Error(Errc::invalid_argument, "a page has at least one key; give a limit of 1 or more, or none");
  return call.blocking(
      [&] { return call.scope<Store>().keys(prefix.value_or(""), page.value_or(StoragePage())); });
}

void define_reading(CapabilityBuilder& builder) {
  builder
      .async("get",
             [](Call& call, const std::string& key) {
               call.about(key);
               return call.blocking([&] { return get_value(call, key); });
             },
             {{"key"}, "The value of a key, or undefined."})
      .async("getMany",
             [](Call& call, const std::vector<std::string>& keys) {
               call.about(std::to_string(keys.size()) + " keys");
               return call.blocking([&] { return get_values(call, keys); });
             },
             {{"keys"}, "The values of several keys, in their order, as they were at one moment."})
      .async(
          "keys", keys,
          {{"prefix", "page"}, "The keys that begin with a text, sorted; a page of them where it is given."})
      .async("usage", [](Call& call) { return call.blocking([&] { return call.scope<Store>().usage(); }); },
             {{}, "How many bytes are used, and how many allowed."});
}

}  // namespace

void define_storage(Registry& registry, std::filesystem::path data_directory) {
  auto builder = registry.define("storage");
  builder.summary("Keeps values for the plugin from one run to the next")
      .scope({}, [data_directory = std::move(data_directory)](const Grant&, const PluginInfo& plugin) {
        return open_store(data_directory, plugin);
      });
  define_reading(builder);
  builder.async("set", set, {{"key", "value"}, "Keeps a value under a key, in place of the one before."})
      .async("remove", remove, {{"key"}, "Forgets a key; tells whether there was one."})
      .async("removePrefix", remove_prefix,
             {{"prefix"}, "Forgets the keys that begin with a text; tells how many there were."})
      .async("transaction", transaction,
             {{"operations", "ifMatches"},
              "Does all of it or nothing; false, and nothing, where a key has not the value it should have."})
      .async("clear",
             [](Call& call) -> Result<void> {
               auto applied = apply(call, {{StorageAction::removePrefix, "", {}}});
               return applied ? Result<void>() : applied.error();
             },
             {{}, "Forgets everything."});
}

}  // namespace cloche
