#include <cloche/archive.h>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <cloche/text.h>
#include <memory>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cloche {
namespace {

struct Closer {
  void operator()(archive* opened) const noexcept { ::archive_read_free(opened); }
};
using Archive = std::unique_ptr<archive, Closer>;

constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kLongestName = 1024;

std::string reason(archive* opened) {
  const char* const text = ::archive_error_string(opened);
  return text == nullptr ? "it is damaged" : text;
}

bool is_plain(std::string_view part) { return !part.empty() && part != "." && part != ".."; }

// What is wrong with a name, or nothing. A folder's may end with '/'.
std::string_view fault_of(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return "its name is empty or too long";
  if (name.front() == '/') return "its name is absolute";
  if (name.find('\\') != std::string_view::npos) return "its name has a backslash";
  if (!is_utf8(name) || escape_controls(name) != name) return "its name is not plain UTF-8 text";
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (!is_plain(name.substr(begin, end - begin))) return "its name has an empty part, '.' or '..'";
    begin = end + 1;
  }
  return {};
}

/// One reading of an archive.
class Reading {
 public:
  Reading(std::filesystem::path file, const ArchiveLimits& limits)
      : file_(std::move(file)), limits_(limits), archive_(::archive_read_new()) {
    ::archive_read_support_filter_gzip(archive_.get());
    ::archive_read_support_format_zip(archive_.get());
    ::archive_read_support_format_tar(archive_.get());
  }

  Result<ArchiveFiles> read() {
    if (::access(file_.c_str(), R_OK) != 0) {
      return Error(Errc::io, "cannot open the archive: " + std::generic_category().message(errno))
          .at({file_.string(), 0, 0});
    }
    if (::archive_read_open_filename(archive_.get(), file_.c_str(), kBlock) != ARCHIVE_OK)
      return invalid(reason(archive_.get()));
    archive_entry* entry = nullptr;
    int next = ARCHIVE_OK;
    while ((next = ::archive_read_next_header(archive_.get(), &entry)) == ARCHIVE_OK) {
      if (++entries_ > limits_.entries) return too_large(std::to_string(limits_.entries) + " entries");
      if (auto added = add(entry); !added) return added.error();
    }
    if (next != ARCHIVE_EOF) return invalid(reason(archive_.get()));
    return std::move(files_);
  }

 private:
  Result<void> add(archive_entry* entry) {
    const char* const text = ::archive_entry_pathname_utf8(entry);
    std::string name = text == nullptr ? "" : text;
    if (const auto fault = fault_of(name); !fault.empty()) return refused(name, fault);
    if (::archive_entry_hardlink(entry) != nullptr) return refused(name, "it is a link");
    if (::archive_entry_is_encrypted(entry) != 0) return refused(name, "it is encrypted");
    const bool folder = ::archive_entry_filetype(entry) == AE_IFDIR;
    if (!folder && ::archive_entry_filetype(entry) != AE_IFREG)
      return refused(name, "it is neither a file nor a folder");
    if (name.back() == '/') name.pop_back();
    if (!kinds_.emplace(name, folder).second) return refused(name, "there are two entries of this name");
    if (auto fits = check_folders(name); !fits || folder) return fits;
    auto content = read_content(name);
    if (!content) return content.error();
    files_.emplace(std::move(name), std::move(*content));
    return {};
  }

  // A file is no folder of another entry.
  Result<void> check_folders(const std::string& name) {
    for (auto end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
      if (!kinds_.emplace(name.substr(0, end), true).first->second)
        return refused(name, "it lies in what is a file");
    }
    return {};
  }

  // The sizes that the archive tells of are not relied on.
  Result<std::string> read_content(const std::string& name) {
    std::string content;
    std::array<char, kBlock> block{};
    for (;;) {
      const auto count = ::archive_read_data(archive_.get(), block.data(), block.size());
      if (count < 0) return refused(name, reason(archive_.get()));
      if (count == 0) return content;
      bytes_ += static_cast<std::uint64_t>(count);
      if (bytes_ > limits_.bytes) return too_large(std::to_string(limits_.bytes) + " bytes");
      content.append(block.data(), static_cast<std::size_t>(count));
    }
  }

  [[nodiscard]] Error invalid(const std::string& why) const {
    return Error(Errc::source_invalid, "the archive cannot be used: " + why).at({file_.string(), 0, 0});
  }
  [[nodiscard]] Error refused(std::string_view name, std::string_view why) const {
    return invalid("'" + escape_controls(name.substr(0, kLongestName)) + "': " + std::string(why));
  }
  [[nodiscard]] Error too_large(const std::string& most) const {
    return Error(Errc::size_limit, "the archive holds more than " + most).at({file_.string(), 0, 0});
  }

  const std::filesystem::path file_;
  const ArchiveLimits limits_;
  Archive archive_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::map<std::string, bool, std::less<>> kinds_;  // whether it is a folder, of every name there is
  ArchiveFiles files_;
};

}  // namespace

Result<ArchiveFiles> read_archive(const std::filesystem::path& file, const ArchiveLimits& limits) {
  return Reading(file, limits).read();
}

}  // namespace cloche
