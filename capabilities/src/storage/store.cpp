#include "storage/store.h"

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

}  // namespace

struct Store::Connection {
  sqlite::Database database;
  sqlite::Statement get;
  sqlite::Statement set;
  sqlite::Statement remove;
  sqlite::Statement keys;
  sqlite::Statement total;
};

Store::Store(std::filesystem::path file, std::uint64_t quota) : file_(std::move(file)), quota_(quota) {}
Store::~Store() = default;

Result<Store::Connection*> Store::connect() {
  if (connection_) return connection_.get();
  auto folder = make_private_folder(file_.parent_path());
  if (!folder) return folder.error();
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
  auto keys = prepare("SELECT key FROM entries WHERE key >= ?1 AND (?3 OR key < ?2) ORDER BY key");
  auto total = prepare("SELECT bytes FROM total");
  for (const auto* statement : {&get, &set, &remove, &keys, &total}) {
    if (!*statement) return statement->error();
  }
  connection_ =
      std::make_unique<Connection>(Connection{std::move(*database), std::move(*get), std::move(*set),
                                              std::move(*remove), std::move(*keys), std::move(*total)});
  return connection_.get();
}

Result<std::optional<std::string>> Store::get(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  sqlite::Use get((*connection)->get);
  get->bind(1, key);
  auto found = get->step();
  if (!found) return found.error();
  return *found ? std::optional(get->blob(0)) : std::nullopt;
}

Result<void> Store::set(const std::string& key, const std::string& value) {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  sqlite3* const database = (*connection)->database.get();
  auto begun = sqlite::execute(database, "BEGIN IMMEDIATE");
  if (!begun) return begun;
  Transaction transaction(database);
  {
    sqlite::Use set((*connection)->set);
    set->bind(1, key).bind(2, value);
    auto written = set->step();
    if (!written) return written.error();
  }
  {
    sqlite::Use total((*connection)->total);
    auto counted = total->step();
    if (!counted) return counted.error();
    const auto used = static_cast<std::uint64_t>(total->number(0));
    if (used > quota_) return quota_error(used, quota_);
  }
  return transaction.commit();
}

Result<bool> Store::remove(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  sqlite::Use remove((*connection)->remove);
  remove->bind(1, key);
  auto removed = remove->step();
  if (!removed) return removed.error();
  return sqlite3_changes((*connection)->database.get()) != 0;
}

Result<std::vector<std::string>> Store::keys(const std::string& prefix) {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  const std::string end = after(prefix);
  sqlite::Use keys((*connection)->keys);
  keys->bind(1, prefix).bind(2, end).bind(3, std::int64_t{end.empty()});
  std::vector<std::string> names;
  for (;;) {
    auto found = keys->step();
    if (!found) return found.error();
    if (!*found) return names;
    names.push_back(keys->blob(0));
  }
}

Result<void> Store::clear() {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  return sqlite::execute((*connection)->database.get(), "DELETE FROM entries");
}

Result<StorageUsage> Store::usage() {
  const std::scoped_lock lock(mutex_);
  auto connection = connect();
  if (!connection) return connection.error();
  sqlite::Use total((*connection)->total);
  auto counted = total->step();
  if (!counted) return counted.error();
  return StorageUsage{static_cast<double>(total->number(0)), static_cast<double>(quota_)};
}

}  // namespace cloche
