#include <doctest/doctest.h>

#include <string>

#include "files_world.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;
using testing::Caller;
using testing::file_failure;
using testing::FilesWorld;
using testing::path_rule;

// A plugin's function that notes what it is told, and answers when it is told to.
class Ear final : public FunctionTarget {
 public:
  [[nodiscard]] Future<Value> call(std::vector<Value> arguments) override {
    const Value& event = arguments.at(0);
    heard += *event.find("type")->as<std::string>() + " " + *event.find("path")->as<std::string>() + "\n";
    if (answers) return Result<Value>(Value());
    return waiting.emplace_back().future();
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

  std::string heard;
  bool answers = true;
  std::vector<Promise<Value>> waiting;

 private:
  std::string name_ = "ear";
};

struct Listener {
  std::shared_ptr<Ear> ear = std::make_shared<Ear>();
  Result<Value> watch(Caller& call, const std::string& path) const {
    return call("fs", "watch", {path, Function(ear)});
  }
  // Serves until the text was heard.
  void await(Caller& call, const std::string& text) const {
    while (ear->heard.find(text) == std::string::npos) call.services().serve(std::chrono::milliseconds(50));
  }
  [[nodiscard]] bool heard(const std::string& text) const {
    return ear->heard.find(text) != std::string::npos;
  }
};

TEST_CASE("what is created, changed and removed in a folder is told by the name the plugin used") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener listener;
  REQUIRE(listener.watch(call, "sub"));
  world.folder.put("ws/sub/new", "1");
  stdfs::rename(world.at("ws/sub/new"), world.at("ws/sub/newer"));
  stdfs::remove(world.at("ws/sub/newer"));
  listener.await(call, "removed sub/newer\n");
  CHECK(listener.ear->heard ==
        "created sub/new\nchanged sub/new\nremoved sub/new\ncreated sub/newer\nremoved sub/newer\n");
}

TEST_CASE("nothing is told of what is outside the scope") {
  const FilesWorld world;
  Caller call = world.allowed({path_rule("$WORKSPACE"), path_rule("$WORKSPACE/*.md")});
  const Listener listener;
  REQUIRE(listener.watch(call, "$WORKSPACE"));
  world.folder.put("ws/hidden.key", "1");
  world.folder.put("ws/.dotted.md", "1");
  world.folder.put("ws/shown.md", "1");
  listener.await(call, "changed $WORKSPACE/shown.md\n");
  CHECK(listener.ear->heard == "created $WORKSPACE/shown.md\nchanged $WORKSPACE/shown.md\n");
  CHECK(file_failure(call, "watch", {"secret", Function(listener.ear)}) == Errc::not_capable);
  CHECK(file_failure(call, "watch", {"none.md", Function(listener.ear)}) == Errc::io);
}

TEST_CASE("of a file that a plugin writes, only its name is seen, not how it is put in place") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener listener;
  REQUIRE(listener.watch(call, "sub"));
  world.folder.put("ws/sub/.cloche-0123456789abcdef.tmp", "left by a crash");
  REQUIRE(call("fs", "writeText", {"sub/new", "1"}));
  REQUIRE(call("fs", "remove", {"sub/new"}));
  listener.await(call, "removed sub/new\n");
  CHECK(listener.heard("created sub/new\n"));
  CHECK_FALSE(listener.heard(".cloche-"));
  CHECK(inspect(call("fs", "list", {"sub"}).value()).find(".cloche-") == std::string::npos);
}

TEST_CASE("a file is watched until it is gone") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener listener;
  REQUIRE(listener.watch(call, "a.md"));
  world.folder.put("ws/a.md", "new");
  listener.await(call, "changed a.md\n");
  stdfs::remove(world.at("ws/a.md"));
  listener.await(call, "removed a.md\n");
}

TEST_CASE("a folder that was moved, alone or with one it lies in, is watched no longer") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener inner;
  const Listener outer;
  REQUIRE(inner.watch(call, "sub/deep"));
  REQUIRE(outer.watch(call, "sub"));
  stdfs::rename(world.at("ws/sub"), world.at("ws_evil/sub"));
  world.folder.put("ws_evil/sub/deep/leak", "1");
  outer.await(call, "removed sub\n");
  inner.await(call, "removed sub/deep\n");
  CHECK_FALSE(inner.heard("leak"));
}

TEST_CASE("a watch ends when the plugin says so, and with the capability") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener first;
  const Listener second;
  const Value number = first.watch(call, "sub").value();
  REQUIRE(second.watch(call, "sub"));
  CHECK(call("fs", "unwatch", {number}).value() == Value(true));
  CHECK(call("fs", "unwatch", {number}).value() == Value(false));
  world.folder.put("ws/sub/one", "1");
  second.await(call, "changed sub/one\n");
  CHECK(first.ear->heard.empty());
  call.bindings().take("fs.read", Permission::denied);
  second.ear->heard.clear();
  world.folder.put("ws/sub/two", "1");
  call.services().serve(std::chrono::milliseconds(20));
  CHECK(second.ear->heard.empty());
}

TEST_CASE("a plugin that does not listen is told that it missed something") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener listener;
  listener.ear->answers = false;
  REQUIRE(listener.watch(call, "sub"));
  for (int i = 0; i < 200; ++i) world.folder.put("ws/sub/" + std::to_string(i), "1");
  const std::size_t room = Limits().mailbox / 2;
  while (listener.ear->waiting.size() < room) call.services().serve(std::chrono::milliseconds(50));
  const Listener last;  // told of the end, by when all events were read
  REQUIRE(last.watch(call, "a.md"));
  stdfs::remove(world.at("ws/a.md"));
  last.await(call, "removed a.md\n");
  CHECK(listener.ear->waiting.size() == room);
  listener.ear->answers = true;
  for (const auto& promise : std::exchange(listener.ear->waiting, {})) promise.settle(Value());
  CHECK(listener.heard("overflow sub\n"));
}

TEST_CASE("a plugin watches no more than 256 files") {
  const FilesWorld world;
  Caller call = world.everywhere();
  const Listener listener;
  for (int i = 0; i < 256; ++i) REQUIRE(listener.watch(call, "sub"));
  CHECK(listener.watch(call, "sub").error().code() == Errc::quota);
}

}  // namespace
}  // namespace cloche
