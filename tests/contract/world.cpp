#include "contract/world.h"

namespace cloche::contract {
namespace {

void define_editor(Registry& registry, World& world) {
  registry.define("editor.open")
      .scope<OpenRule>([](const OpenRule& rule, const std::string& language) {
        return rule.language == "*" || rule.language == language;
      })
      .async("open", [&world](Call& call, const std::string& language, bool now) -> Result<Value> {
        auto admitted = call.scope<RuleScope<OpenRule, std::string>>().admit(call, language, language);
        if (!admitted) return admitted.error();
        if (now) return Value("open");
        return call.wait(world.answers.next());
      });
}

testing::HttpServer::Reply reply_to(const testing::HttpServer::Request& request) {
  auto reply = testing::HttpServer::reply(200, "text");
  if (request.target.starts_with("/later")) reply.then = testing::HttpServer::Reply::Then::hold;
  return reply;
}

}  // namespace

World::World() : server_(reply_to) {
  folder.put("ws/a.md", "alpha");
  folder.put("ws/secret/key", "hidden");
  BuiltinOptions options;
  options.directories = {{"WORKSPACE", folder.path() / "ws"}};
  options.data_directory = folder.path() / "data";
  options.log = spdlog_sink(log);
  options.config = config;
  options.events = events;
  options.net.secrets = secrets_in_memory({{"token", "hidden"}});
  registry_ = std::make_shared<Registry>(builtin_capabilities(std::move(options)));
  define_editor(*registry_, *this);
}

}  // namespace cloche::contract
