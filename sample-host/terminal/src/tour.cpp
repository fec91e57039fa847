#include "tour.h"

#include <ostream>
#include <string_view>

namespace workbench::terminal {
namespace {

// The two plugins that are there to be stopped. Any other that is, and either of these that is not, is a
// surprise.
constexpr std::string_view kRefused = "cloche.sample.overreach";
constexpr std::string_view kMisbehaving = "cloche.sample.misbehaver";

/// The tour under way.
class Tour {
 public:
  Tour(Workbench& bench, const Describer& describer, std::ostream& out)
      : bench_(bench), describer_(describer), out_(out) {}

  void show_plugins();
  void show_rights();
  void show_refused();
  void show_commands(std::vector<Document>& documents);
  void show_end();
  [[nodiscard]] bool as_it_should() const noexcept { return surprises_ == 0; }

 private:
  void heading(std::string_view text) { out_ << '\n' << describer_.style()(Look::strong, text) << '\n'; }
  void run(const Command& command, Document& document);

  Workbench& bench_;
  const Describer& describer_;
  std::ostream& out_;
  std::size_t loaded_ = 0;
  std::size_t refused_ = 0;
  std::size_t ran_ = 0;
  std::size_t contained_ = 0;
  std::size_t surprises_ = 0;
};

void Tour::show_plugins() {
  heading("Loaded");
  for (const InstalledPlugin& plugin : bench_.plugins()) {
    if (!plugin.plugin) continue;
    out_ << describer_.loaded(plugin);
    ++loaded_;
  }
}

void Tour::show_rights() {
  heading("What each plugin may do, and why");
  for (const InstalledPlugin& plugin : bench_.plugins()) out_ << describer_.rights(plugin);
}

void Tour::show_refused() {
  heading("Refused before a line of it ran");
  for (const InstalledPlugin& plugin : bench_.plugins()) {
    const bool expected = plugin.manifest.id == kRefused;
    if (expected == plugin.plugin.has_value()) ++surprises_;
    if (plugin.plugin) continue;
    out_ << describer_.refused(plugin);
    ++refused_;
  }
}

// What a command changed is taken back, so that the next one finds the document as it is on disk.
void Tour::run(const Command& command, Document& document) {
  const std::string before = document.text();
  const Outcome outcome = bench_.run(command, document);
  out_ << describer_.outcome(command, document, outcome);
  ++ran_;
  const Ending ending = ending_of(outcome);
  if (ending == Ending::contained) ++contained_;
  if ((ending != Ending::done) != (command.plugin == kMisbehaving) || ending == Ending::failed) ++surprises_;
  if (outcome.changed) document.undo();
  if (document.text() != before) ++surprises_;
}

void Tour::show_commands(std::vector<Document>& documents) {
  heading("Commands");
  std::size_t next = 0;
  for (const Command& command : bench_.commands()) run(command, documents[next++ % documents.size()]);
}

void Tour::show_end() {
  out_ << '\n'
       << loaded_ << " plugins loaded, " << refused_ << " refused; " << ran_ << " commands run, "
       << contained_ << " of them contained; the host is well.\n";
  if (surprises_ > 0)
    out_ << describer_.style()(Look::bad,
                               std::to_string(surprises_) + " of these were not as they should be.")
         << '\n';
}

}  // namespace

bool show_tour(Workbench& bench, const Describer& describer, std::vector<Document> documents,
               std::ostream& out) {
  Tour tour(bench, describer, out);
  tour.show_plugins();
  tour.show_rights();
  tour.show_refused();
  tour.show_commands(documents);
  tour.show_end();
  return tour.as_it_should();
}

}  // namespace workbench::terminal
