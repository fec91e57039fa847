#include <cloche/types.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "text/ecma_text.h"

namespace cloche {
namespace {

constexpr std::string_view kOrUndefined = " | undefined";

bool is_reserved(std::string_view name) {
  static const std::set<std::string_view> kReserved{
      "arguments", "await",      "break",     "case",   "catch",    "class",  "const",      "continue",
      "debugger",  "default",    "delete",    "do",     "else",     "enum",   "eval",       "export",
      "extends",   "false",      "finally",   "for",    "function", "if",     "implements", "import",
      "in",        "instanceof", "interface", "let",    "new",      "null",   "package",    "private",
      "protected", "public",     "return",    "static", "super",    "switch", "this",       "throw",
      "true",      "try",        "typeof",    "var",    "void",     "while",  "with",       "yield"};
  return kReserved.contains(name);
}

bool is_bindable(std::string_view name) { return text::is_identifier(name) && !is_reserved(name); }

// Text that stands safely inside a comment.
std::string comment_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '/' && out.ends_with('*')) out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

bool may_be_left_out(const FunctionInfo::Parameter& parameter) {
  return parameter.type.ends_with(kOrUndefined);
}

// Only parameters at the end may be left out of a call; one before a required parameter is passed as
// undefined.
std::string parameter_list(const std::vector<FunctionInfo::Parameter>& parameters) {
  const auto last_required = std::find_if_not(parameters.rbegin(), parameters.rend(), may_be_left_out).base();
  std::string out;
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const bool optional = it >= last_required;
    std::string type = it->type;
    if (optional) type.resize(type.size() - kOrUndefined.size());
    const std::string name =
        is_bindable(it->name) ? it->name : "arg" + std::to_string(it - parameters.begin() + 1);
    out += (out.empty() ? "" : ", ") + name + (optional ? "?: " : ": ") + type;
  }
  return out;
}

std::string function_declaration(const FunctionInfo& info, std::size_t index) {
  std::string out = info.summary.empty() ? "" : "  /** " + comment_text(info.summary) + " */\n";
  const std::string result = info.async ? "Promise<" + info.result + ">" : info.result;
  const std::string signature = "(" + parameter_list(info.parameters) + "): " + result + ";\n";
  if (is_bindable(info.name)) return out + "  export function " + info.name + signature;
  // A name that cannot be declared (`delete`) can still be exported under it.
  const std::string local = "export_" + std::to_string(index);
  const std::string outer =
      text::is_identifier(info.name) ? info.name : "\"" + text::excerpt(info.name, 100) + "\"";
  return out + "  function " + local + signature + "  export { " + local + " as " + outer + " };\n";
}

std::string module_declaration(std::string_view name, const std::vector<const Capability*>& facets) {
  std::string out;
  for (const Capability* facet : facets) {
    if (facet->entry.summary.empty()) continue;
    out += (out.empty() ? "/**\n" : "") + std::string(" * ") + comment_text(facet->entry.summary) + "\n";
  }
  if (!out.empty()) out += " */\n";
  out += "declare module \"cap:" + std::string(name) + "\" {\n  export {};\n";
  std::size_t index = 0;
  for (const Capability* facet : facets) {
    for (const HostFunction& function : facet->functions) out += function_declaration(function.info, ++index);
  }
  return out + "}\n";
}

}  // namespace

std::string type_declarations(const Registry& registry, std::span<const std::string> capability_ids) {
  std::set<std::string> ids(capability_ids.begin(), capability_ids.end());
  for (const auto& capability : registry.capabilities()) {
    if (capability->entry.implicit) ids.insert(capability->entry.id);
  }
  std::map<std::string, std::vector<const Capability*>> modules;
  for (const std::string& id : ids) {
    const Capability* capability = registry.find(id);
    if (capability != nullptr) modules[std::string(capability->entry.module())].push_back(capability);
  }
  std::string out;
  for (const auto& [name, facets] : modules)
    out += (out.empty() ? "" : "\n") + module_declaration(name, facets);
  return out;
}

std::string global_declarations() {
  return R"(/** Writes to the host's log, under this plugin's name. */
declare const console: {
  log(...data: any[]): void;
  debug(...data: any[]): void;
  info(...data: any[]): void;
  warn(...data: any[]): void;
  error(...data: any[]): void;
  trace(...data: any[]): void;
};

/** Calls `handler` once, after `delay` milliseconds; gives an id for clearTimeout. */
declare function setTimeout<A extends any[]>(handler: (...args: A) => void, delay?: number, ...args: A): number;
/** Calls `handler` again and again, `delay` milliseconds apart; gives an id for clearInterval. */
declare function setInterval<A extends any[]>(handler: (...args: A) => void, delay?: number, ...args: A): number;
/** Forgets a timer; an id that names none is ignored. */
declare function clearTimeout(id: number | undefined): void;
/** Forgets a timer; an id that names none is ignored. */
declare function clearInterval(id: number | undefined): void;
/** Calls `callback` once the code that runs now has ended, before anything else. */
declare function queueMicrotask(callback: () => void): void;
)";
}

}  // namespace cloche
