#include "storage/store.h"

#include <algorithm>
#include <cloche/units.h>
#include <sys/stat.h>

#include "plugin_folder.h"
#include "storage/sqlite.h"

namespace cloche {
namespace {

// The total is kept by triggers, in the transaction that changes it, so no crash and no other process can
// part the two.
constexpr const char* kSchema = R"(
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS total (id INTEGER PRIMARY KEY CHECK (id = 0), bytes INTEGER NOT NULL);
  INSERT OR IGNORE INTO total VALUES (0, 0);
  CREATE TRIGGER IF NOT EXISTS entry_added AFTER INSERT ON entries BEGIN
    UPDATE total SET bytes = bytes + length(new.key) + length(new.value) + 32;
  END;
  CREATE TRIGGER IF NOT EXISTS entry_removed AFTER DELETE ON entries BEGIN
    UPDATE total SET bytes = bytes - length(old.key) - length(old.value) - 32;
  END;
  CREATE TRIGGER IF NOT EXISTS entry_changed AFTER UPDATE ON entries BEGIN
    UPDATE total SET bytes = bytes - length(old.value) + length(new.value);
  END;
  COMMIT;
)";
static_assert(Store::kEntryOverhead == 32, "kSchema spells the number out");

// The first text after all that begin with `prefix`; empty when there is none.
std::string after(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// Rolls back on the way out unless it was committed.
class Transaction {
 public:
  explicit Transaction(sqlite3* database) noexcept : database_(database) {}
  ~Transaction() {
    if (!done_) static_cast<void>(sqlite::execute(database_, "ROLLBACK"));
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] Result<void> commit() {
    auto committed = sqlite::execute(database_, "COMMIT");
    done_ = committed.has_value();
    return committed;
  }

 private:
  sqlite3* database_;
  bool done_ = false;
};

Error quota_error(std::uint64_t needed, std::uint64_t allowed) {
  return {Errc::quota, "the plugin's storage is full: " + std::to_string(needed) +
                           " bytes would be used of " + std::to_string(allowed) +
                           " allowed; remove what is not needed"};
}

Error too_much(std::uint64_t allowed) {
  return {Errc::size_limit, "the values together are larger than the " + format_size(allowed) +
                                " this plugin may receive at once; ask for fewer keys"};
}

// Which file a name stands for; zeros where there is none.
std::pair<std::uint64_t, std::uint64_t> identity_of(const std::filesystem::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

}  // namespace

struct Store::Connection {
  sqlite::Database database;
  sqlite::Statement get;
  sqlite::Statement set;
  sqlite::Statement remove;
  sqlite::Statement remove_prefix;
  sqlite::Statement keys;
  sqlite::Statement total;

  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& key);
  [[nodiscard]] Result<bool> holds(const Condition& condition);
  [[nodiscard]] Result<std::uint64_t> change(const Change& change);
  [[nodiscard]] Result<std::uint64_t> used();
};

Store::Store(std::filesystem::path file, std::uint64_t quota) : file_(std::move(file)), quota_(quota) {}
Store::~Store() = default;

template <class F>
auto Store::with_connection(F f) -> std::invoke_result_t<F, Connection&> {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  auto result = f(**connection);
  if (!result && sqlite::is_damage(result.error())) return put_aside(result.error());
  return result;
}

Result<Store::Connection*> Store::connect() {
  if (connection_) return connection_.get();
  auto folder = make_private_folder(file_.parent_path());
  if (!folder) return folder.error();
  identity_ = identity_of(file_);
  auto opened = open();
  if (!opened && sqlite::is_damage(opened.error())) return put_aside(opened.error());
  if (!opened) return opened.error();
  identity_ = identity_of(file_);
  return connection_.get();
}

// Where another instance of the plugin has put it aside already, the name stands for a new one.
Error Store::put_aside(const Error& damage) {
  connection_.reset();
  const std::string name = file_.string();
  if (identity_of(file_) != identity_) return damage;
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code error;
    std::filesystem::rename(name + part, name + ".damaged" + part, error);
  }
  return {Errc::io, damage.message() + "; it was put aside as '" + file_.filename().string() +
                        ".damaged', and the next use begins with an empty one"};
}

Result<void> Store::open() {
  // SQLite is told to follow no link, in any part of the path; those above the plugin's folder are the host's
  // own.
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(file_.parent_path(), error);
  if (error)
    return Error(Errc::io,
                 "cannot use the folder '" + file_.parent_path().string() + "': " + error.message());
  auto database = sqlite::open(real / file_.filename());
  if (!database) return database.error();
  auto schema = sqlite::execute(database->get(), kSchema);
  if (!schema) return schema.error();
  const auto prepare = [&](const char* sql) { return sqlite::Statement::prepare(database->get(), sql); };
  auto get = prepare("SELECT value FROM entries WHERE key = ?1");
  auto set =
      prepare("INSERT INTO entries VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  auto remove = prepare("DELETE FROM entries WHERE key = ?1");
  auto remove_prefix = prepare("DELETE FROM entries WHERE key >= ?1 AND (?3 OR key < ?2)");
  auto keys = prepare(
      "SELECT key FROM entries WHERE key >= ?1 AND (?3 OR key < ?2) AND (?5 OR key > ?4) ORDER BY key LIMIT "
      "?6");
  auto total = prepare("SELECT bytes FROM total");
  for (const auto* statement : {&get, &set, &remove, &remove_prefix, &keys, &total}) {
    if (!*statement) return statement->error();
  }
  connection_ = std::make_unique<Connection>(
      Connection{std::move(*database), std::move(*get), std::move(*set), std::move(*remove),
                 std::move(*remove_prefix), std::move(*keys), std::move(*total)});
  return {};
}

Result<std::optional<std::string>> Store::Connection::read(const std::string& key) {
  sqlite::Use use(get);
  use->bind(1, key);
  auto found = use->step();
  if (!found) return found.error();
  return *found ? std::optional(use->blob(0)) : std::nullopt;
}

Result<bool> Store::Connection::holds(const Condition& condition) {
  auto text = read(condition.key);
  if (!text) return text.error();
  return std::ranges::find(condition.any_of, *text) != condition.any_of.end();
}

// How many entries it removed.
Result<std::uint64_t> Store::Connection::change(const Change& change) {
  const std::string end = after(change.key);
  const bool sets = change.kind == Change::Kind::set;
  sqlite::Use use(sets ? set : change.kind == Change::Kind::remove ? remove : remove_prefix);
  use->bind(1, change.key);
  if (sets) use->bind(2, change.value);
  if (change.kind == Change::Kind::remove_prefix) use->bind(2, end).bind(3, std::int64_t{end.empty()});
  auto done = use->step();
  if (!done) return done.error();
  return sets ? 0 : static_cast<std::uint64_t>(sqlite3_changes(database.get()));
}

Result<std::uint64_t> Store::Connection::used() {
  sqlite::Use use(total);
  auto counted = use->step();
  if (!counted) return counted.error();
  return static_cast<std::uint64_t>(use->number(0));
}

Result<std::vector<std::optional<std::string>>> Store::get(const std::vector<std::string>& keys,
                                                           std::uint64_t max_bytes) {
  return with_connection([&](Connection& connection) -> Result<std::vector<std::optional<std::string>>> {
    auto begun = sqlite::execute(connection.database.get(), "BEGIN");
    if (!begun) return begun.error();
    const Transaction all_of_one_moment(connection.database.get());
    std::vector<std::optional<std::string>> texts;
    std::uint64_t bytes = 0;
    for (const std::string& key : keys) {
      auto text = connection.read(key);
      if (!text) return text.error();
      bytes += *text ? (*text)->size() : 0;
      if (bytes > max_bytes) return too_much(max_bytes);
      texts.push_back(std::move(*text));
    }
    return texts;
  });
}

Result<Store::Outcome> Store::apply(const std::vector<Change>& changes,
                                    const std::vector<Condition>& conditions) {
  return with_connection([&](Connection& connection) -> Result<Outcome> {
    auto begun = sqlite::execute(connection.database.get(), "BEGIN IMMEDIATE");
    if (!begun) return begun.error();
    Transaction transaction(connection.database.get());
    for (const Condition& condition : conditions) {
      auto held = connection.holds(condition);
      if (!held) return held.error();
      if (!*held) return Outcome{};
    }
    Outcome outcome{true, 0};
    for (const Change& change : changes) {
      auto removed = connection.change(change);
      if (!removed) return removed.error();
      outcome.removed += *removed;
    }
    auto used = connection.used();
    if (!used) return used.error();
    const bool adds =
        std::ranges::any_of(changes, [](const Change& c) { return c.kind == Change::Kind::set; });
    if (adds && *used > quota_) return quota_error(*used, quota_);
    auto committed = transaction.commit();
    if (!committed) return committed.error();
    return outcome;
  });
}

Result<std::vector<std::string>> Store::keys(const std::string& prefix, const StoragePage& page) {
  return with_connection([&](Connection& connection) -> Result<std::vector<std::string>> {
    const std::string end = after(prefix);
    const std::string first = page.after.value_or("");
    sqlite::Use use(connection.keys);
    use->bind(1, prefix).bind(2, end).bind(3, std::int64_t{end.empty()});
    use->bind(4, first).bind(5, std::int64_t{first.empty()});
    use->bind(6, page.limit ? std::int64_t{*page.limit} : std::int64_t{-1});
    std::vector<std::string> names;
    for (;;) {
      auto found = use->step();
      if (!found) return found.error();
      if (!*found) return names;
      names.push_back(use->blob(0));
    }
  });
}

Result<StorageUsage> Store::usage() {
  return with_connection([&](Connection& connection) -> Result<StorageUsage> {
    auto used = connection.used();
    if (!used) return used.error();
    return StorageUsage{static_cast<double>(*used), static_cast<double>(quota_)};
  });
}

}  // namespace cloche
