#pragma once

#include <utility>

#include "fs/file_scope.h"
#include "fs/quota.h"
#include "fs/watches.h"

namespace cloche::fs {

/// What a plugin holds of `fs.read` or `fs.write` under one grant.
struct Access {
  explicit Access(FileScope the_scope) : scope(std::move(the_scope)), watches(scope) {}

  const FileScope scope;
  QuotaGate quotas;
  Watches watches;
};

}  // namespace cloche::fs
