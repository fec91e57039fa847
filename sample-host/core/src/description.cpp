#include "workbench/description.h"

#include "workbench/desk.h"
#include "workbench/editor.h"

#include <array>
#include <cloche/json.h>
#include <cloche/registry.h>
#include <cloche/types.h>
#include <memory>
#include <utility>

namespace workbench {
namespace {

// None of them takes a scope.
cloche::Value describe(const cloche::Registry& registry, const cloche::CatalogueEntry& entry) {
  cloche::Array functions(entry.functions.begin(), entry.functions.end());
  const std::array<std::string, 1> ids{entry.id};
  return cloche::Object{{"id", entry.id},
                        {"summary", entry.summary},
                        {"functions", std::move(functions)},
                        {"types", type_declarations(registry, ids)}};
}

}  // namespace

cloche::Result<std::string> host_description() {
  cloche::Registry registry;
  define_editor(registry, std::make_shared<Desk>());
  cloche::Array capabilities;
  for (const auto& entry : registry.catalogue().entries) capabilities.push_back(describe(registry, entry));
  auto text = to_json(cloche::Object{{"capabilities", std::move(capabilities)}}, 2);
  if (text) *text += "\n";
  return text;
}

}  // namespace workbench
