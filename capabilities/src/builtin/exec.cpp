#include <cloche/builtin/exec.h>

#include <utility>

#include "exec/commands.h"
#include "fs/folders.h"

namespace cloche {
namespace {

using exec::Commands;
using exec::Request;
using Number = std::uint32_t;
using Arguments = std::optional<std::vector<std::string>>;

std::vector<ScopeField> scope_fields() {
  return {{"command", ScopeKind::text, true, {}},       {"args", ScopeKind::text_list, false, {}},
          {"cwd", ScopeKind::path, false, {}},          {"env", ScopeKind::text_list, false, {}},
          {"set_env", ScopeKind::text_list, false, {}}, {"max_output", ScopeKind::size, false, {}},
          {"timeout", ScopeKind::duration, false, {}}};
}

auto scope_maker(ExecOptions options) {
  if (!options.folders.temporary) options.folders.temporary = make_temporary_folders();
  return [options = std::move(options)](const Grant& grant,
                                        const PluginInfo& plugin) -> Result<std::shared_ptr<Commands>> {
    auto folders = fs::folders_for(options.folders, grant, plugin);
    if (!folders) return folders.error();
    auto scope = exec::CommandScope::make(options, grant, std::move(*folders));
    if (!scope) return scope.error();
    return std::make_shared<Commands>(std::move(*scope));
  };
}

Commands& commands(Call& call) { return call.scope<Commands>(); }

template <class Options>
Request request(std::string command, Arguments arguments, const std::optional<Options>& options) {
  Request request{std::move(command), std::move(arguments).value_or(std::vector<std::string>()), {}, {}};
  if (!options) return request;
  request.folder = options->cwd;
  request.variables = options->env.value_or(Environment());
  return request;
}

void define_run(CapabilityBuilder& builder) {
  builder
      .async(
          "run",
          [](Call& call, std::string command, Arguments arguments, std::optional<exec::RunOptions> options) {
            return commands(call).run(call, request(std::move(command), std::move(arguments), options),
                                      options ? options->input : std::nullopt);
          },
          {{"command", "args", "options"},
           "Runs a program to its end; input is its stdin. What it leaves behind is killed."})
      .async("start",
             [](Call& call, std::string command, Arguments arguments,
                std::optional<exec::StartOptions> options) {
               return commands(call).start(call, request(std::move(command), std::move(arguments), options),
                                           options && options->input.value_or(false));
             },
             {{"command", "args", "options"},
              "Starts a program, and gives a number for it. With input: true it can be written to."});
}

void define_started(CapabilityBuilder& builder) {
  builder
      .async("read", [](Call& call, Number id) { return commands(call).read(call, id); },
             {{"id"}, "What a started program has written since; waits until there is something."})
      .async("write",
             [](Call& call, Number id, const Bytes& bytes) { return commands(call).write(call, id, bytes); },
             {{"id", "bytes"}, "Writes to a started program's stdin; waits until it was taken."})
      .async("closeInput", [](Call& call, Number id) { return commands(call).close_input(id); },
             {{"id"}, "Ends a started program's stdin."})
      .async("wait", [](Call& call, Number id) { return commands(call).wait(call, id); },
             {{"id"}, "Waits until a started program is gone, and tells how it ended."})
      .async("kill", [](Call& call, Number id) { return commands(call).kill(id); },
             {{"id"}, "Kills a started program with all that it has started."})
      .async("close", [](Call& call, Number id) { return commands(call).close(id); },
             {{"id"}, "Kills a started program, if it still runs, and forgets it."});
}

}  // namespace

void define_exec(Registry& registry, ExecOptions options) {
  auto builder = registry.define("exec");
  builder.summary("Runs programs").scope(scope_fields(), scope_maker(std::move(options)));
  define_run(builder);
  define_started(builder);
}

}  // namespace cloche
