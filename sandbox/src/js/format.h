#pragma once

#include "js/scope.h"

#include <span>
#include <string>

namespace cloche::js {

class Realm;

/// `values` as console.log shows them: the Formatter of the WHATWG Console Standard (%s %d %i %f %o %O %c
/// %%), then the rest parted by spaces. May run plugin code (getters); what throws or is too large is shown
/// as a placeholder.
std::string format(Realm& realm, const Entered& in, std::span<const v8::Local<v8::Value>> values);

}  // namespace cloche::js
