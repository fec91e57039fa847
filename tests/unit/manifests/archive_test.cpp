// Plugins that come as one file, and what such a file may try.
#include "result_text.h"

#include <archive.h>
#include <archive_entry.h>
#include <cloche/archive.h>
#include <cloche/package.h>
#include <doctest/doctest.h>
#include <filesystem>
#include <functional>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

enum class Format { zip, tar, gzipped_tar };

// An archive in a folder of its own, written entry by entry.
class Made {
 public:
  explicit Made(Format format = Format::tar) : writer_(::archive_write_new()) {
    std::string name = (fs::temp_directory_path() / "cloche-archive-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    format == Format::zip ? ::archive_write_set_format_zip(writer_) : ::archive_write_set_format_pax(writer_);
    if (format == Format::gzipped_tar) ::archive_write_add_filter_gzip(writer_);
    REQUIRE(::archive_write_open_filename(writer_, path().c_str()) == ARCHIVE_OK);
  }
  ~Made() {
    close();
    fs::remove_all(folder_);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  [[nodiscard]] fs::path path() const { return folder_ / "plugin.archive"; }

  Made& file(const std::string& name, const std::string& text) {
    return add(
        name, AE_IFREG, [](archive_entry*) {}, text);
  }
  Made& entry(const std::string& name, unsigned type, const std::function<void(archive_entry*)>& more = {}) {
    return add(name, type, more ? more : [](archive_entry*) {}, {});
  }

  [[nodiscard]] cloche::Result<cloche::ArchiveFiles> read(const cloche::ArchiveLimits& limits = {}) {
    close();
    return cloche::read_archive(path(), limits);
  }
  [[nodiscard]] std::string refusal() {
    const auto files = read();
    REQUIRE_FALSE(files);
    CHECK(files.error().code() == cloche::Errc::source_invalid);
    return files.error().message();
  }
  void close() {
    if (writer_ != nullptr) ::archive_write_free(std::exchange(writer_, nullptr));
  }

 private:
  Made& add(const std::string& name, unsigned type, const std::function<void(archive_entry*)>& more,
            const std::string& text) {
    archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, name.c_str());
    ::archive_entry_set_filetype(entry, type);
    ::archive_entry_set_perm(entry, 0644);
    ::archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    more(entry);
    REQUIRE(::archive_write_header(writer_, entry) >= ARCHIVE_WARN);
    ::archive_write_data(writer_, text.data(), text.size());
    ::archive_entry_free(entry);
    return *this;
  }

  fs::path folder_;
  archive* writer_;
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a plugin is opened from a zip, a tar and a gzipped tar") {
  for (const Format format : {Format::zip, Format::tar, Format::gzipped_tar}) {
    Made made(format);
    made.file("plugin.yaml", "manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: dist/main.js\n")
        .entry("dist/", AE_IFDIR)
        .file("dist/main.js", "export const x = 1;")
        .close();
    const auto package = cloche::Package::open(made.path());
    REQUIRE(package);
    CHECK(package->manifest().id == "com.acme.x");
    CHECK(package->read("dist/main.js").value() == "export const x = 1;");
    CHECK(package->read("dist/other.js").error().code() == cloche::Errc::io);
    CHECK(package->read("../plugin.archive").error().code() == cloche::Errc::io);
    CHECK(package->read("dist/main.js", 3).error().code() == cloche::Errc::size_limit);
  }
}

TEST_CASE("an archive without a manifest, or without the main module, is no plugin") {
  Made empty;
  empty.file("main.js", "").close();
  CHECK(cloche::Package::open(empty.path()).error().code() == cloche::Errc::manifest_invalid);
  Made no_main;
  no_main.file("plugin.yaml", "manifest_version: 1\nid: com.acme.x\nversion: 1.0.0\nmain: main.js\n")
      .entry("main.js", AE_IFDIR)
      .close();
  CHECK(contains(cloche::Package::open(no_main.path()).error().message(), "main"));
}

TEST_CASE("a name that leads out of the archive is refused, and the archive with it") {
  for (const char* name :
       {"../evil", "a/../../evil", "/etc/evil", "a//b", "./a", "a/./b", "..", "a\\b", "a\nb",
        "a\xe2\x80\xae"
        "b"}) {
    CAPTURE(std::string(name));
    CHECK(contains(Made().file("good", "x").file(name, "x").refusal(), "its name"));
  }
}

TEST_CASE("links, devices and pipes are refused") {
  CHECK(contains(
      Made()
          .entry("a", AE_IFLNK, [](archive_entry* entry) { ::archive_entry_set_symlink(entry, "/etc"); })
          .refusal(),
      "neither a file nor a folder"));
  CHECK(contains(
      Made()
          .file("a", "x")
          .entry("b", AE_IFREG, [](archive_entry* entry) { ::archive_entry_set_hardlink(entry, "a"); })
          .refusal(),
      "link"));
  CHECK(contains(Made().entry("a", AE_IFIFO).refusal(), "neither"));
  CHECK(contains(Made().entry("a", AE_IFCHR).refusal(), "neither"));
}

TEST_CASE(
    "a link followed by a write through it is refused at the link, and so is a file that is a folder as "
    "well") {
  Made made;
  made.entry("out", AE_IFLNK, [](archive_entry* entry) { ::archive_entry_set_symlink(entry, "/tmp"); })
      .file("out/evil", "x");
  CHECK(contains(made.refusal(), "'out'"));
  CHECK(contains(Made().file("a", "x").file("a/b", "x").refusal(), "lies in what is a file"));
  CHECK(contains(Made().file("a/b", "x").file("a", "x").refusal(), "two entries"));
}

TEST_CASE("two entries of one name are refused") {
  CHECK(contains(Made().file("main.js", "good").file("main.js", "evil").refusal(), "two entries"));
  CHECK(contains(Made(Format::zip).file("main.js", "good").file("main.js", "evil").refusal(), "two entries"));
}

TEST_CASE("an archive that unpacks to more than it may is refused, however small it is") {
  Made bomb(Format::gzipped_tar);
  for (int i = 0; i < 4; ++i) bomb.file("zeros" + std::to_string(i), std::string(1U << 20, '\0'));
  CHECK(bomb.read({.bytes = 3U << 20}).error().code() == cloche::Errc::size_limit);
  CHECK(fs::file_size(bomb.path()) < 64 * 1024);
  CHECK(bomb.read({.bytes = 4U << 20}).has_value());
  CHECK(bomb.read({.entries = 3}).error().code() == cloche::Errc::size_limit);
}

TEST_CASE("what is no archive, or a damaged one, is told apart from one that is not there") {
  Made made(Format::gzipped_tar);
  made.file("a", std::string(100'000, 'x')).close();
  fs::resize_file(made.path(), fs::file_size(made.path()) / 2);
  CHECK(cloche::read_archive(made.path()).error().code() == cloche::Errc::source_invalid);
  CHECK(cloche::read_archive(made.path() / "missing").error().code() == cloche::Errc::io);
}
