#include "describe.h"
#include "documents.h"
#include "interactive.h"
#include "plugin_log.h"
#include "style.h"
#include "tour.h"
#include "workbench/description.h"
#include "workbench/workbench.h"

#include <CLI/CLI.hpp>
#include <cloche/directory.h>
#include <cloche/policy.h>
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

namespace {

using namespace workbench;
using namespace workbench::terminal;
using cloche::Errc;
using cloche::Error;
using cloche::Result;
namespace fs = std::filesystem;

constexpr const char* kDetails =
    R"(Without --interactive it shows the plugins, what each may do and why, what each of their
commands makes of the documents, and what was refused. Nothing is written to the documents. The
exit code is 0 when all went as it should, which includes the plugin that is refused and the one
that is contained.

Examples:
  cloche-sample-host
  cloche-sample-host --interactive README.md
  cloche-sample-host --plugins my-plugins --policy my-policy.yaml notes.md)";

constexpr int kUsage = 2;

struct Options {
  fs::path root;
  fs::path plugins;
  fs::path policy;
  fs::path data;
  std::vector<fs::path> documents;
  bool interactive = false;
  bool describe = false;
};

fs::path default_data() {
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && *data_home == '/') return fs::path(data_home) / "cloche-sample-host";
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "." : home) / ".local" / "share" / "cloche-sample-host";
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("DOCUMENT", options.documents,
                 "Texts to work on; the Markdown files of the workspace if none is named");
  app.add_flag("-i,--interactive", options.interactive, "Read what to do from stdin, line by line");
  app.add_option("--workspace", options.root, "The folder to work in; where sample-host/ is if not given")
      ->type_name("DIR")
      ->take_last();
  app.add_option("--plugins", options.plugins, "The folder of the plugins; sample-host/plugins if not given")
      ->type_name("DIR")
      ->take_last();
  app.add_option("--policy", options.policy, "What they may do; sample-host/policy.yaml if not given")
      ->type_name("FILE")
      ->take_last();
  app.add_option("--data", options.data, "Where plugins' data is kept; in the XDG data home if not given")
      ->type_name("DIR")
      ->take_last();
  app.add_flag("--describe", options.describe,
               "Print cloche-host.json, what the editor offers plugins, and end");
  app.footer(kDetails);
}

Result<void> fill_in(Options& options) {
  const fs::path home = find_root();
  if (home.empty() && (options.root.empty() || options.plugins.empty() || options.policy.empty())) {
    return Error(Errc::invalid_argument,
                 "there is no sample-host/plugins here or above the program: name --workspace, --plugins and "
                 "--policy");
  }
  if (options.root.empty()) options.root = home;
  if (options.plugins.empty()) options.plugins = home / "sample-host" / "plugins";
  if (options.policy.empty()) options.policy = home / "sample-host" / "policy.yaml";
  if (options.data.empty()) options.data = default_data();
  options.root = fs::absolute(options.root);
  if (options.documents.empty()) options.documents = markdown_files(options.root);
  return {};
}

Result<cloche::Policy> read_policy(const fs::path& path) {
  constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 20;
  auto folder = cloche::Directory::open(fs::absolute(path).parent_path());
  if (!folder) return folder.error();
  auto text = folder->read_file(path.filename().string(), kMaxBytes);
  if (!text) return Error(Errc::policy_invalid, text.error().message()).at({path.string(), 0, 0});
  return cloche::parse_policy(*text, path.string());
}

std::map<std::string, fs::path> home_directory() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::map<std::string, fs::path>()
                         : std::map<std::string, fs::path>{{"HOME", home}};
}

Result<Workbench> open_workbench(const Options& options, const Style& style) {
  auto policy = read_policy(options.policy);
  if (!policy) return policy.error();
  auto bench = Workbench::create({.policy = std::move(*policy),
                                  .workspace = options.root,
                                  .directories = home_directory(),
                                  .data = options.data,
                                  .log = make_plugin_log(std::cout, style)});
  if (!bench) return bench;
  if (auto loaded = bench->load_plugins(options.plugins); !loaded) return loaded.error();
  return bench;
}

Result<std::vector<Document>> open_documents(const Options& options) {
  std::vector<Document> documents;
  for (const fs::path& path : options.documents) {
    auto document = read_document(path, options.root);
    if (!document) return document.error();
    documents.push_back(std::move(*document));
  }
  return documents;
}

int fail(const Error& error) {
  std::cerr << "cloche-sample-host: " << to_string(error) << '\n';
  return EXIT_FAILURE;
}

int describe_host() {
  const auto text = host_description();
  if (!text) return fail(text.error());
  std::cout << *text;
  return EXIT_SUCCESS;
}

int run(const Options& options) {
  const Style style = Style::of_stdout();
  auto documents = open_documents(options);
  if (!documents) return fail(documents.error());
  if (documents->empty() && !options.interactive) {
    return fail(Error(Errc::invalid_argument, "there is no Markdown file in the workspace: name a document")
                    .at({options.root.string(), 0, 0}));
  }
  auto bench = open_workbench(options, style);
  if (!bench) return fail(bench.error());
  const Describer describer(style, options.root);
  if (options.interactive) {
    serve_lines(*bench, describer, std::move(*documents), options.root, std::cin, std::cout);
    return EXIT_SUCCESS;
  }
  return show_tour(*bench, describer, std::move(*documents), std::cout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Options options;
    CLI::App app("A text workbench whose commands are plugins, each with only what it was granted.",
                 "cloche-sample-host");
    add_options(app, options);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& told) {
      return app.exit(told) == 0 ? EXIT_SUCCESS : kUsage;
    }
    if (options.describe) return describe_host();
    if (auto filled = fill_in(options); !filled) return fail(filled.error());
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "cloche-sample-host: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
