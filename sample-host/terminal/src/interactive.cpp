#include "interactive.h"

#include "documents.h"

#include <array>
#include <istream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace workbench::terminal {
namespace {

constexpr const char* kHelp = R"(  commands            what can be run
  run COMMAND         run one on the open document, by its id or its number
  documents           what is open; the one marked is the one commands work on
  open FILE           open a file, or go to it if it is open
  show                the open document
  select START END    select a part of it; without numbers nothing
  undo, redo          take the last change back, or do it again
  plugins             what is loaded, and what it may do
  quit                end
)";

/// One conversation.
class Session {
 public:
  Session(Workbench& bench, const Describer& describer, std::vector<Document> documents,
          std::filesystem::path root, std::ostream& out)
      : bench_(bench),
        describer_(describer),
        documents_(std::move(documents)),
        root_(std::move(root)),
        out_(out) {}

  /// Does what the line says; false when it says to end.
  bool obey(const std::string& line);

 private:
  using Action = void (Session::*)(std::istringstream&);
  void help(std::istringstream&) { out_ << kHelp; }
  void list_commands(std::istringstream&);
  void list_documents(std::istringstream&);
  void list_plugins(std::istringstream&);
  void run(std::istringstream& words);
  void open(std::istringstream& words);
  void show(std::istringstream&);
  void select(std::istringstream& words);
  void undo(std::istringstream&) { tell_step("undone", document().undo()); }
  void redo(std::istringstream&) { tell_step("done again", document().redo()); }
  void tell_step(std::string_view what, const std::optional<std::string>& step);
  void complain(const cloche::Error& error) { out_ << "  " << to_string(error) << '\n'; }

  [[nodiscard]] Document& document() { return documents_[current_]; }
  [[nodiscard]] const Command* find(const std::string& name) const;

  Workbench& bench_;
  const Describer& describer_;
  std::vector<Document> documents_;
  std::filesystem::path root_;
  std::ostream& out_;
  std::size_t current_ = 0;
};

bool Session::obey(const std::string& line) {
  static constexpr std::array<std::pair<std::string_view, Action>, 10> kActions{
      {{"help", &Session::help},
       {"commands", &Session::list_commands},
       {"documents", &Session::list_documents},
       {"plugins", &Session::list_plugins},
       {"run", &Session::run},
       {"open", &Session::open},
       {"show", &Session::show},
       {"select", &Session::select},
       {"undo", &Session::undo},
       {"redo", &Session::redo}}};
  std::istringstream words(line);
  std::string verb;
  if (!(words >> verb)) return true;
  if (verb == "quit") return false;
  for (const auto& [name, action] : kActions) {
    if (name == verb) {
      (this->*action)(words);
      return true;
    }
  }
  out_ << "  unknown: try help\n";
  return true;
}

void Session::list_commands(std::istringstream&) {
  std::size_t number = 0;
  for (const Command& command : bench_.commands()) {
    out_ << "  " << padded(std::to_string(++number), 4) << padded(shortened(command.id, 33), 34)
         << shortened(command.title, 40) << '\n';
  }
}

void Session::list_documents(std::istringstream&) {
  for (const Document& each : documents_)
    out_ << (&each == &document() ? "* " : "  ") << shortened(each.name(), 76) << '\n';
}

void Session::list_plugins(std::istringstream&) {
  for (const InstalledPlugin& plugin : bench_.plugins()) {
    out_ << describer_.rights(plugin);
    if (plugin.refused) out_ << describer_.refused(plugin);
  }
}

const Command* Session::find(const std::string& name) const {
  if (const Command* command = bench_.find_command(name)) return command;
  std::size_t number = 0;
  std::istringstream(name) >> number;
  return number >= 1 && number <= bench_.commands().size() ? &bench_.commands()[number - 1] : nullptr;
}

void Session::run(std::istringstream& words) {
  std::string name;
  words >> name;
  const Command* command = find(name);
  if (command == nullptr) {
    out_ << "  no such command: see commands\n";
    return;
  }
  out_ << describer_.outcome(*command, document(), bench_.run(*command, document()));
}

void Session::open(std::istringstream& words) {
  std::string name;
  std::getline(words >> std::ws, name);
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    if (documents_[i].name() == name) {
      current_ = i;
      return;
    }
  }
  auto opened = read_document(name, root_);
  if (!opened) return complain(opened.error());
  documents_.push_back(std::move(*opened));
  current_ = documents_.size() - 1;
}

void Session::show(std::istringstream&) {
  std::istringstream lines(document().text());
  for (std::string line; std::getline(lines, line);) out_ << "  " << shortened(line, 400) << '\n';
}

void Session::select(std::istringstream& words) {
  Range range;
  words >> range.start >> range.end;
  if (auto selected = document().select(range); !selected) complain(selected.error());
}

void Session::tell_step(std::string_view what, const std::optional<std::string>& step) {
  out_ << "  "
       << (step ? std::string(what) + ": " + shortened(*step, 60)
                : "there is nothing to be " + std::string(what))
       << '\n';
}

}  // namespace

void serve_lines(Workbench& bench, const Describer& describer, std::vector<Document> documents,
                 const std::filesystem::path& root, std::istream& in, std::ostream& out) {
  if (documents.empty()) documents.emplace_back("untitled", "");
  Session session(bench, describer, std::move(documents), root, out);
  out << "Type help for what you can do here.\n";
  for (std::string line; out << "> " << std::flush, std::getline(in, line);) {
    if (!session.obey(line)) break;
  }
  out << '\n';
}

}  // namespace workbench::terminal
