// What moves, copies and removes files, and what bounds how many there are.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "files_world.h"

namespace cloche {
namespace {

namespace stdfs = std::filesystem;
using testing::Caller;
using testing::file_failure;
using testing::FilesWorld;
using testing::path_rule;
using testing::rule_of;
using testing::set_of;

const Object kRecursive{{"recursive", true}};

TEST_CASE("files and folders are renamed, in place of what is there") {
  const FilesWorld world;
  Caller call = world.everywhere();
  CHECK(call("fs", "rename", {"a.md", "sub/b.md"}));
  CHECK(world.folder.get("ws/sub/b.md") == "alpha");
  CHECK_FALSE(stdfs::exists(world.at("ws/a.md")));
  CHECK(call("fs", "rename", {"sub", "moved"}));
  CHECK(world.folder.get("ws/moved/deep/c.md") == "gamma");
  CHECK(file_failure(call, "rename", {"moved", "secret"}) == Errc::io);  // which is not empty
  CHECK(file_failure(call, "rename", {"moved", "moved/inside"}) == Errc::io);
  CHECK(file_failure(call, "rename", {"none", "x"}) == Errc::io);
  CHECK(file_failure(call, "rename", {"$WORKSPACE", "x"}) == Errc::not_capable);
}

TEST_CASE("both ends of a rename must be inside, and all that goes along") {
  const FilesWorld world;
  Caller call = world.allowed({path_rule("$WORKSPACE/**")},
                              {path_rule("$WORKSPACE/secret"), path_rule("$WORKSPACE/sub/deep/*"),
                               path_rule("$WORKSPACE/closed/deep/**")});
  CHECK(file_failure(call, "rename", {"secret/key", "key"}) == Errc::not_capable);
  CHECK(file_failure(call, "rename", {"a.md", "secret/a.md"}) == Errc::not_capable);
  CHECK(file_failure(call, "rename", {"a.md", "../ws_evil/a.md"}) == Errc::not_capable);
  CHECK(file_failure(call, "rename", {"sub", "elsewhere"}) == Errc::not_capable);  // with it what is denied
  world.folder.put("ws/open/deep/d.md", "delta");
  CHECK(file_failure(call, "rename", {"open", "closed"}) == Errc::not_capable);
  CHECK(world.folder.get("ws/sub/deep/c.md") == "gamma");
  CHECK(world.folder.get("ws/open/deep/d.md") == "delta");
}

TEST_CASE("nothing becomes readable by being moved or copied") {
  const FilesWorld world;
  const Grant read{"", {set_of({path_rule("$WORKSPACE/sub/**")})}, {}};
  const Grant write{"", {set_of({path_rule("$WORKSPACE/**")})}, {}};
  Caller call = world.plugin(read, write).value();
  CHECK(file_failure(call, "rename", {"secret/key", "sub/key"}) == Errc::not_capable);
  CHECK(file_failure(call, "rename", {"secret", "sub/secret"}) == Errc::not_capable);
  CHECK(file_failure(call, "copy", {"secret/key", "sub/key"}) == Errc::not_capable);
  CHECK(call("fs", "rename", {"secret/key", "key"}));
  CHECK(call("fs", "rename", {"sub/b.md", "b.md"}));
  call.bindings().take("fs.read", Permission::denied);
  CHECK(file_failure(call, "copy", {"sub/deep/c.md", "c.md"}) == Errc::not_capable);
}

TEST_CASE("a copy has the content and mode of what is copied, within the size that may be written") {
  const FilesWorld world;
  ::chmod(world.at("ws/a.md").c_str(), 0640);
  Caller call = world.allowed({path_rule("$WORKSPACE/**")});
  CHECK(call("fs", "copy", {"a.md", "sub/copy.md"}));
  CHECK(world.folder.get("ws/sub/copy.md") == "alpha");
  struct stat status {};
  REQUIRE(::stat(world.at("ws/sub/copy.md").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(file_failure(call, "copy", {"sub", "sub2"}) == Errc::io);
  CHECK(file_failure(call, "copy", {"a.md", "none/a.md"}) == Errc::io);
  Caller small = world.allowed({rule_of({{"path", "$WORKSPACE/**"}, {"max_bytes", std::uint64_t{4}}})});
  CHECK(file_failure(small, "copy", {"a.md", "b.md"}) == Errc::size_limit);
  CHECK_FALSE(stdfs::exists(world.at("ws/b.md")));
}

TEST_CASE("a folder is removed with all in it, but nothing of it when something in it is denied") {
  const FilesWorld world;
  stdfs::create_symlink("../secret", world.at("ws/sub/link"));
  Caller denied = world.allowed({path_rule("$WORKSPACE/**")}, {path_rule("$WORKSPACE/sub/deep/c.md")});
  CHECK(file_failure(denied, "remove", {"sub", kRecursive}) == Errc::not_capable);
  CHECK(world.folder.get("ws/sub/b.md") == "beta");
  Caller call = world.everywhere();
  CHECK(file_failure(call, "remove", {"sub"}) == Errc::io);
  CHECK(call("fs", "remove", {"sub", kRecursive}));
  CHECK_FALSE(stdfs::exists(world.at("ws/sub")));
  CHECK(world.folder.get("ws/secret/key") == "hidden");
  CHECK(call("fs", "remove", {"a.md", kRecursive}));
  CHECK(file_failure(call, "remove", {"$WORKSPACE", kRecursive}) == Errc::not_capable);
}

TEST_CASE("a real path begins with the folder that has a name") {
  const FilesWorld world;
  stdfs::create_symlink("sub/deep", world.at("ws/short"));
  stdfs::create_symlink("../ws_evil/x", world.at("ws/leak"));
  Caller call = world.everywhere();
  CHECK(call("fs", "realpath", {"short/../a.md"}).value() == Value("$WORKSPACE/a.md"));
  CHECK(call("fs", "realpath", {"short/c.md"}).value() == Value("$WORKSPACE/sub/deep/c.md"));
  CHECK(call("fs", "realpath", {"."}).value() == Value("$WORKSPACE"));
  CHECK(file_failure(call, "realpath", {"leak"}) == Errc::not_capable);
}

TEST_CASE("all files of a folder with a quota stay within it") {
  const FilesWorld world;
  Caller call = world.allowed(
      {rule_of({{"path", "$PLUGIN_DATA/**"}, {"quota", std::uint64_t{10'000}}}), path_rule("$WORKSPACE/**")});
  const auto text = [](std::size_t size) { return Value(std::string(size, 'x')); };
  CHECK(call("fs", "writeText", {"$PLUGIN_DATA/one", text(6000)}));
  CHECK(call("fs", "writeText", {"$PLUGIN_DATA/one", text(8000)}));  // in its own place
  const auto refused = call("fs", "writeText", {"$PLUGIN_DATA/two", text(1000)});
  CHECK(refused.error().code() == Errc::quota);
  CHECK(refused.error().message() ==
        "'$PLUGIN_DATA/two' does not fit: all files there together may have 10000 bytes, and 976 are left; "
        "remove some");
  CHECK(file_failure(call, "makeDirectory", {"$PLUGIN_DATA/folder"}) == Errc::quota);
  CHECK(file_failure(call, "copy", {"a.md", "$PLUGIN_DATA/a"}) == Errc::quota);
  CHECK(file_failure(call, "rename", {"sub", "$PLUGIN_DATA/sub"}) == Errc::quota);
  CHECK(call("fs", "writeText", {"large", text(20'000)}));
  CHECK(call("fs", "rename", {"$PLUGIN_DATA/one", "$PLUGIN_DATA/two"}));
  CHECK(call("fs", "remove", {"$PLUGIN_DATA/two"}));
  CHECK(call("fs", "rename", {"sub/b.md", "$PLUGIN_DATA/b"}));
}

TEST_CASE("a quota counts names, so that empty files come to an end") {
  const FilesWorld world;
  Caller call = world.allowed({rule_of({{"path", "$PLUGIN_DATA/**"}, {"quota", std::uint64_t{10'240}}})});
  int made = 0;
  while (made < 100 && call("fs", "writeText", {"$PLUGIN_DATA/" + std::to_string(made), ""})) ++made;
  CHECK(made == 10);
}

TEST_CASE("each plugin has a folder of its own for what is temporary, until it is unloaded") {
  const FilesWorld world;
  const auto folders = [&] {
    return std::distance(stdfs::directory_iterator(world.at("tmp")), stdfs::directory_iterator());
  };
  {
    Caller one = world.allowed({path_rule("$TEMP/**")});
    Caller two = world.allowed({path_rule("$TEMP/**")});
    Caller none = world.everywhere();
    CHECK(folders() == 2);
    CHECK(one("fs", "writeText", {"$TEMP/x", "mine"}));
    CHECK(one("fs", "readText", {"$TEMP/x"}).value() == Value("mine"));  // fs.read and fs.write share it
    CHECK(file_failure(two, "readText", {"$TEMP/x"}) == Errc::io);
    CHECK(file_failure(two, "list", {world.at("tmp")}) == Errc::not_capable);
    const stdfs::path folder = stdfs::directory_iterator(world.at("tmp"))->path();
    CHECK((stdfs::status(folder).permissions() & stdfs::perms::mask) == stdfs::perms::owner_all);
  }
  CHECK(folders() == 0);
}

}  // namespace
}  // namespace cloche
