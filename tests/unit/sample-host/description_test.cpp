#include "support.h"

#include <cloche/directory.h>
#include <workbench/description.h>

TEST_CASE(
    "sample-host/cloche-host.json says what the workbench offers; cloche-sample-host --describe writes it") {
  auto folder = cloche::Directory::open(CLOCHE_SOURCE_DIR "/sample-host");
  REQUIRE(folder);
  const auto written = folder->read_file("cloche-host.json", 1 << 20);
  REQUIRE(written);
  CHECK(*written == workbench::host_description().value());
}
