#include "statistics_text.h"

#include <algorithm>
#include <array>
#include <cloche/text.h>
#include <cstdio>
#include <utility>
#include <vector>

namespace cloche::cli {
namespace {

using Row = std::vector<std::string>;

std::string milliseconds(Duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1fms", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

// Rounded to a tenth of the unit: a table is read by people.
std::string size(ByteCount bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f%s" : "%.1f%s", value, kUnits[unit]);
  return text;
}

std::string share(const Use& use, std::string (*shown)(std::uint64_t)) {
  return shown(use.used) + (use.limit == Limits::kUnlimited ? "" : "/" + shown(use.limit));
}

std::string count(std::uint64_t number) { return std::to_string(number); }

std::string limits_hit(const Statistics& plugin) {
  std::string text;
  for (std::size_t i = 0; i < kLimitCount; ++i) {
    if (plugin.hits_by_limit[i] == 0) continue;
    text += (text.empty() ? "" : " ") + std::string(to_string(static_cast<Limit>(i))) + ":" +
            count(plugin.hits_by_limit[i]);
  }
  return text.empty() ? "-" : text;
}

Row row_of(const Statistics& plugin) {
  return {escape_controls(plugin.plugin), count(plugin.calls),          count(plugin.errors),
          milliseconds(plugin.cpu),       milliseconds(plugin.parked),  count(plugin.stays),
          count(plugin.preemptions),      count(plugin.host_calls),     share(plugin.heap, size),
          share(plugin.external, size),   share(plugin.mailbox, count), limits_hit(plugin)};
}

// The first and the last column are texts, the others figures.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      const bool last = i + 1 == row.size();
      text += i == 0 ? row[i] + space : "  " + (last ? row[i] : space + row[i]);
    }
    text += '\n';
  }
  return text;
}

Value number(std::uint64_t value) {
  return value == Limits::kUnlimited ? Value(nullptr) : Value(static_cast<double>(value));
}

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

Value use_document(const Use& use) {
  return Object{{"used", number(use.used)}, {"limit", number(use.limit)}};
}

template <class Name, std::size_t n>
Value tally(const std::array<std::uint64_t, n>& counts) {
  Object object;
  for (std::size_t i = 0; i < n; ++i) {
    if (counts[i] > 0) object.emplace_back(std::string(to_string(static_cast<Name>(i))), number(counts[i]));
  }
  return object;
}

Value document_of(const Statistics& plugin) {
  return Object{{"plugin", plugin.plugin},
                {"version", plugin.version},
                {"instance", number(plugin.instance)},
                {"calls", number(plugin.calls)},
                {"errors", tally<Errc>(plugin.errors_by_code)},
                {"limit_hits", tally<Limit>(plugin.hits_by_limit)},
                {"cpu_seconds", seconds(plugin.cpu)},
                {"inside_seconds", seconds(plugin.inside)},
                {"parked_seconds", seconds(plugin.parked)},
                {"preempted_seconds", seconds(plugin.preempted)},
                {"stays", number(plugin.stays)},
                {"preemptions", number(plugin.preemptions)},
                {"host_calls", number(plugin.host_calls)},
                {"rejections", number(plugin.rejections)},
                {"crashes", number(plugin.crashes)},
                {"restarts", number(plugin.restarts)},
                {"heap", use_document(plugin.heap)},
                {"external", use_document(plugin.external)},
                {"mailbox", use_document(plugin.mailbox)},
                {"timers", use_document(plugin.timers)},
                {"pending", use_document(plugin.pending)},
                {"log_bytes", number(plugin.log_bytes)},
                {"log_dropped_bytes", number(plugin.log_dropped)},
                {"calls_outside", number(plugin.calls_outside)}};
}

}  // namespace

std::string statistics_table(std::span<const Statistics> plugins) {
  std::vector<Row> rows{{"plugin", "calls", "errors", "cpu", "parked", "stays", "preempted", "host calls",
                         "heap", "external", "mailbox", "limits hit"}};
  for (const Statistics& plugin : plugins) rows.push_back(row_of(plugin));
  return aligned(rows);
}

Value statistics_document(std::span<const Statistics> plugins) {
  Array all;
  for (const Statistics& plugin : plugins) all.push_back(document_of(plugin));
  return Object{{"statistics", std::move(all)}};
}

}  // namespace cloche::cli
