# FindV8: one imported target, V8::V8, from the first of these places that has both the headers and the library.
#
#   1. V8_ROOT, a CMake or an environment variable: a prefix with include/v8.h or include/node/v8.h, and libnode,
#      libv8_monolith or libv8. When it is set, nothing else is tried.
#   2. CLOCHE_PRIVATE_PREFIX, the folder that tools/set-up fills where the distribution's package cannot be installed.
#   3. The distribution's libnode (Debian and Ubuntu: libnode-dev).
#   4. Homebrew, vcpkg and whatever else CMAKE_PREFIX_PATH names.
#
# Headers and library always come from the same place: a machine may well have the headers of one V8 and the library of
# another, and mixing them compiles, links, and crashes.
#
# Sets V8_FOUND, V8_VERSION and V8_ORIGIN (a few words that say which place it was). Cache variables: V8_INCLUDE_DIR and
# V8_LIBRARY name both parts directly; V8_COMPILE_DEFINITIONS holds what a V8 of one's own was built with, for instance
# V8_COMPRESS_POINTERS.

set(V8_COMPILE_DEFINITIONS "" CACHE STRING "Definitions a hand-built V8 needs (V8_COMPRESS_POINTERS, V8_ENABLE_SANDBOX)")
mark_as_advanced(V8_COMPILE_DEFINITIONS)
set(_v8_oldest 10.2)

if(NOT DEFINED CLOCHE_PRIVATE_PREFIX)
  get_filename_component(CLOCHE_PRIVATE_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../.deps" ABSOLUTE)
endif()

# Looks in the prefixes given (in CMake's default places when there are none) and, when both parts are there, sets
# V8_INCLUDE_DIR, V8_LIBRARY and V8_ORIGIN. What an earlier place or the user has set stays as it is.
macro(_v8_look_in origin)
  if(NOT V8_INCLUDE_DIR OR NOT V8_LIBRARY)
    set(_v8_where ${ARGN})
    if(_v8_where)
      set(_v8_where PATHS ${_v8_where} NO_DEFAULT_PATH)
    endif()
    set(_v8_arch "${CMAKE_LIBRARY_ARCHITECTURE}")
    find_path(_v8_include NAMES v8-version.h ${_v8_where} NO_CACHE
              PATH_SUFFIXES include/node usr/include/node node include usr/include include/v8)
    find_library(_v8_library NAMES node v8_monolith v8 ${_v8_where} NO_CACHE
                 PATH_SUFFIXES lib "lib/${_v8_arch}" lib64 "usr/lib/${_v8_arch}" usr/lib usr/lib64)
    if(_v8_include AND _v8_library)
      set(V8_INCLUDE_DIR "${_v8_include}" CACHE PATH "Folder of v8.h" FORCE)
      set(V8_LIBRARY "${_v8_library}" CACHE FILEPATH "libnode, libv8_monolith or libv8" FORCE)
      set(V8_ORIGIN "${origin}" CACHE INTERNAL "Where FindV8 found V8")
    endif()
    unset(_v8_include)
    unset(_v8_library)
    unset(_v8_where)
  endif()
endmacro()

# "10.2.154" from the macros of v8-version.h.
function(_v8_read_version header result)
  file(STRINGS "${header}" lines REGEX "^#define V8_(MAJOR_VERSION|MINOR_VERSION|BUILD_NUMBER|PATCH_LEVEL) [0-9]+")
  set(parts)
  foreach(name IN ITEMS MAJOR_VERSION MINOR_VERSION BUILD_NUMBER PATCH_LEVEL)
    string(REGEX MATCH "V8_${name} ([0-9]+)" ignored "${lines}")
    list(APPEND parts "${CMAKE_MATCH_1}")
  endforeach()
  list(JOIN parts "." version)
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

# A path of an earlier configuration that is gone, or that came from a V8_ROOT that has changed, is looked for again.
if(V8_ROOT)
  set(_v8_root "${V8_ROOT}")
else()
  set(_v8_root "$ENV{V8_ROOT}")
endif()
if((V8_INCLUDE_DIR AND NOT EXISTS "${V8_INCLUDE_DIR}") OR (V8_LIBRARY AND NOT EXISTS "${V8_LIBRARY}")
   OR (DEFINED CACHE{V8_ROOT_USED} AND NOT "${_v8_root}" STREQUAL "$CACHE{V8_ROOT_USED}"))
  unset(V8_INCLUDE_DIR CACHE)
  unset(V8_LIBRARY CACHE)
endif()
set(V8_ROOT_USED "${_v8_root}" CACHE INTERNAL "The V8_ROOT of the last search")
if(V8_INCLUDE_DIR AND V8_LIBRARY AND NOT V8_ORIGIN)
  set(V8_ORIGIN "V8_INCLUDE_DIR and V8_LIBRARY" CACHE INTERNAL "Where FindV8 found V8")
endif()

if(_v8_root)
  _v8_look_in("V8_ROOT" "${_v8_root}")
  string(CONCAT _v8_missing "no V8 below V8_ROOT (${_v8_root}): expected include/v8.h or include/node/v8.h, and "
                            "libnode, libv8_monolith or libv8 in its lib folder")
else()
  _v8_look_in("the private prefix" "${CLOCHE_PRIVATE_PREFIX}")
  _v8_look_in("the distribution" /usr)
  _v8_look_in("Homebrew" /opt/homebrew/opt/libnode /opt/homebrew/opt/v8 /usr/local/opt/libnode /usr/local/opt/v8
              /home/linuxbrew/.linuxbrew/opt/libnode /home/linuxbrew/.linuxbrew/opt/v8)
  _v8_look_in("the search path")
  string(CONCAT _v8_missing "no V8 with headers and library: run tools/set-up, install libnode-dev, or set V8_ROOT to "
                            "the prefix of a V8 of your own")
endif()

unset(V8_VERSION)
if(V8_INCLUDE_DIR)
  _v8_read_version("${V8_INCLUDE_DIR}/v8-version.h" V8_VERSION)
endif()
if(V8_VERSION AND V8_VERSION VERSION_LESS _v8_oldest)
  set(V8_FOUND FALSE)
  string(CONCAT V8_NOT_FOUND_MESSAGE
         "V8 ${V8_VERSION} from ${V8_ORIGIN} (${V8_INCLUDE_DIR}) is too old: Cloche needs ${_v8_oldest} or newer; "
         "install a newer libnode-dev, or set V8_ROOT to the prefix of a newer V8")
  if(V8_FIND_REQUIRED)
    message(FATAL_ERROR "${V8_NOT_FOUND_MESSAGE}")
  endif()
  return()
endif()

include(FindPackageHandleStandardArgs)
set(_v8_quiet ${V8_FIND_QUIETLY})
set(V8_FIND_QUIETLY TRUE)
find_package_handle_standard_args(
  V8
  REQUIRED_VARS V8_LIBRARY V8_INCLUDE_DIR
  VERSION_VAR V8_VERSION
  REASON_FAILURE_MESSAGE "${_v8_missing}")
set(V8_FIND_QUIETLY ${_v8_quiet})
mark_as_advanced(V8_INCLUDE_DIR V8_LIBRARY)

if(V8_FOUND)
  include(FindPackageMessage)
  find_package_message(V8 "Found V8 ${V8_VERSION} in ${V8_ORIGIN}: ${V8_LIBRARY}"
                       "[${V8_LIBRARY}][${V8_INCLUDE_DIR}][${V8_VERSION}]")
endif()

if(V8_FOUND AND NOT TARGET V8::V8)
  find_package(Threads REQUIRED)
  set(_v8_companions)
  get_filename_component(_v8_library_dir "${V8_LIBRARY}" DIRECTORY)
  get_filename_component(_v8_library_name "${V8_LIBRARY}" NAME_WE)
  if(_v8_library_name STREQUAL "libv8")
    # A component build keeps its platform and base in libraries of their own.
    foreach(name IN ITEMS v8_libplatform v8_libbase)
      find_library(_v8_companion NAMES ${name} PATHS "${_v8_library_dir}" NO_DEFAULT_PATH NO_CACHE)
      if(_v8_companion)
        list(APPEND _v8_companions "${_v8_companion}")
      endif()
      unset(_v8_companion)
    endforeach()
  endif()
  add_library(V8::V8 UNKNOWN IMPORTED)
  set_target_properties(
    V8::V8
    PROPERTIES IMPORTED_LOCATION "${V8_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${V8_INCLUDE_DIR}"
               INTERFACE_COMPILE_DEFINITIONS "${V8_COMPILE_DEFINITIONS}"
               INTERFACE_LINK_LIBRARIES "${_v8_companions};Threads::Threads;${CMAKE_DL_LIBS}")
endif()
