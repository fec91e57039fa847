#include "describe.h"

#include <cloche/value.h>
#include <system_error>

namespace workbench::terminal {
namespace {

using cloche::Decision;
using cloche::DecisionStep;
using cloche::Errc;

constexpr std::size_t kNameWidth = 20;
constexpr std::size_t kTitleWidth = 38;
constexpr std::size_t kDocumentWidth = 16;
constexpr std::size_t kTextWidth = 110;
constexpr std::size_t kResultWidth = 58;

std::string shown_name(const InstalledPlugin& plugin) {
  return plugin.manifest.name.empty() ? plugin.folder.filename().string() : plugin.manifest.name;
}

// The step that settled it: the first denial, else the last that let it pass.
const DecisionStep* deciding_step(const Decision& decision) {
  const DecisionStep* found = nullptr;
  for (const DecisionStep& step : decision.steps) {
    if (!decision.granted && step.effect == DecisionStep::Effect::denies) return &step;
    if (step.effect != DecisionStep::Effect::narrows) found = &step;
  }
  return found;
}

std::string text_of(const cloche::Error& error) {
  const std::string name = error.class_name().empty() ? "" : error.class_name() + ": ";
  return "[" + std::string(to_string(error.code())) + "] " + name + error.message();
}

// Where in the plugin's own sources it was.
std::string place_in_plugin(const cloche::Error& error) {
  const auto& where = error.where();
  if (!where || !where->file.starts_with("plugin://")) return {};
  cloche::SourceLocation place = *where;
  place.file = place.file.substr(place.file.rfind('/') + 1);
  return " at " + to_string(place);
}

}  // namespace

Ending ending_of(const Outcome& outcome) {
  if (outcome.result) return Ending::done;
  switch (outcome.result.error().code()) {
    case Errc::threw:
    case Errc::cpu_limit:
    case Errc::wall_limit:
    case Errc::heap_limit:
    case Errc::size_limit:
    case Errc::mailbox_limit:
    case Errc::external_limit:
    case Errc::timer_limit:
    case Errc::pending_limit:
    case Errc::rate_limit:
    case Errc::quota:
    case Errc::crashed:
    case Errc::not_capable: return Ending::contained;
    default: return Ending::failed;
  }
}

// A path below the root is shown from there, as the user would write it.
std::string Describer::place(const cloche::SourceLocation& where) const {
  std::error_code error;
  cloche::SourceLocation shown = where;
  if (!where.file.empty()) shown.file = std::filesystem::proximate(where.file, root_, error).string();
  return to_string(shown);
}

std::string Describer::loaded(const InstalledPlugin& plugin) const {
  std::string line =
      "  " + style_(Look::strong, padded(shortened(shown_name(plugin), kNameWidth - 1), kNameWidth));
  line += padded(to_string(plugin.manifest.version), 8) + milliseconds(plugin.load_time) + "   ";
  return line + style_(Look::faint, shortened(plugin.manifest.description, 70)) + "\n";
}

std::string Describer::decision(const Decision& decision) const {
  const Look look = decision.granted ? Look::good : decision.required ? Look::bad : Look::notable;
  std::string line = "    " + padded(shortened(decision.capability, 15), 16) +
                     style_(look, padded(decision.granted ? "granted" : "denied", 9));
  const DecisionStep* step = deciding_step(decision);
  if (step == nullptr) return line + "\n";
  const std::string where = place(step->origin.where);
  line += shortened(step->text, kTextWidth);
  return line + (where.empty() ? "" : style_(Look::faint, "  " + where)) + "\n";
}

std::string Describer::rights(const InstalledPlugin& plugin) const {
  std::string text = "  " + style_(Look::strong, shortened(shown_name(plugin), 60)) + "\n";
  if (plugin.grants.decisions.empty())
    return text + "    " + style_(Look::faint, "asks for nothing and gets nothing") + "\n";
  for (const Decision& each : plugin.grants.decisions) text += decision(each);
  return text;
}

std::string Describer::refused(const InstalledPlugin& plugin) const {
  std::string text = "  " + style_(Look::strong, shortened(shown_name(plugin), 60)) + "\n";
  const cloche::Error& error = *plugin.refused;
  text += "    " + style_(Look::bad, shortened(text_of(error), 3 * kTextWidth)) + "\n";
  if (error.where()) text += "    " + style_(Look::faint, place(*error.where())) + "\n";
  return text;
}

std::string Describer::outcome(const Command& command, const Document& document,
                               const Outcome& outcome) const {
  std::string line = "  " + padded(shortened(command.title, kTitleWidth - 1), kTitleWidth) +
                     padded(shortened(document.name(), kDocumentWidth - 1), kDocumentWidth) +
                     milliseconds(outcome.time) + "   ";
  if (outcome.result) {
    const std::string value = outcome.result->is<cloche::Undefined>() ? "" : inspect(*outcome.result, 3);
    line +=
        shortened(value, kResultWidth) + (outcome.changed ? style_(Look::notable, "  document changed") : "");
  } else {
    line +=
        style_(Look::bad, std::string(ending_of(outcome) == Ending::contained ? "contained " : "failed ") +
                              shortened(text_of(outcome.result.error()), kTextWidth));
    line += place_in_plugin(outcome.result.error());
  }
  line += "\n";
  for (const std::string& message : outcome.messages) {
    line += "      " + style_(Look::faint, "“" + shortened(message, kTextWidth) + "”") + "\n";
  }
  return line;
}

}  // namespace workbench::terminal
