#pragma once

// The few words of SQLite that Store needs, as values with owners.

#include <cloche/result.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace cloche::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// Opens or makes `file`, set up to wait for other connections, to write ahead, and to distrust what is in
/// it.
[[nodiscard]] Result<Database> open(const std::filesystem::path& file);

/// Whether an error of this file's functions says that the database is no longer one.
[[nodiscard]] bool is_damage(const Error& error);

/// Runs statements that give nothing.
[[nodiscard]] Result<void> execute(sqlite3* database, const char* sql);

/// A prepared statement, bound and stepped anew at every use.
class Statement {
 public:
  [[nodiscard]] static Result<Statement> prepare(sqlite3* database, const char* sql);

  Statement& bind(int index, std::string_view blob);
  Statement& bind(int index, std::int64_t number);
  /// Whether there is a row; errors are those of the database.
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] std::string blob(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  void reset() noexcept;

 private:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
};

/// Resets a statement on the way out, which ends the read it holds open.
class Use {
 public:
  explicit Use(Statement& statement) noexcept : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Statement* operator->() noexcept { return &statement_; }

 private:
  Statement& statement_;
};

}  // namespace cloche::sqlite
