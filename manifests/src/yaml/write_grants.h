#pragma once

#include <cloche/grant_file.h>
#include <string>

namespace cloche::yaml {

/// `file` as YAML. Whether it can be read back is for the caller to see: not every text can stand in YAML.
[[nodiscard]] std::string write_grants(const GrantFile& file);

}  // namespace cloche::yaml
