#include "storage/sqlite.h"

namespace cloche::sqlite {
namespace {

constexpr std::string_view kDamaged = "the plugin's storage is damaged: ";

Error failure(sqlite3* database) {
  const int code = sqlite3_errcode(database) & 0xff;
  const std::string reason = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return {Errc::io, std::string(kDamaged) + reason};
  return {Errc::io, "the plugin's storage cannot be used: " + reason};
}

}  // namespace

bool is_damage(const Error& error) { return error.message().starts_with(kDamaged); }

Result<Database> open(const std::filesystem::path& file) {
  sqlite3* raw = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                         SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE;
  const int opened = sqlite3_open_v2(file.c_str(), &raw, kFlags, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return failure(raw);
  sqlite3_busy_timeout(raw, 5000);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  auto ready = execute(raw,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF; "
                       "PRAGMA cell_size_check = ON;");
  if (!ready) return ready.error();
  return database;
}

Result<void> execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(database);
}

Result<Statement> Statement::prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int prepared = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (prepared != SQLITE_OK) return failure(database);
  return Statement(raw);
}

Statement& Statement::bind(int index, std::string_view blob) {
  // A null pointer would bind NULL instead of an empty blob.
  const char* data = blob.empty() ? "" : blob.data();
  sqlite3_bind_blob64(statement_.get(), index, data, blob.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), index, number);
  return *this;
}

Result<bool> Statement::step() {
  const int stepped = sqlite3_step(statement_.get());
  if (stepped == SQLITE_ROW) return true;
  if (stepped == SQLITE_DONE) return false;
  return failure(sqlite3_db_handle(statement_.get()));
}

std::string Statement::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string() : std::string(data, size);
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

void Statement::reset() noexcept {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

}  // namespace cloche::sqlite
