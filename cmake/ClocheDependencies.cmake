# Every third-party library Cloche is built with, found once. HACKING.md says why each is there and who may include it.

# What tools/set-up could not install beside other packages of the machine, it has unpacked here.
set(CLOCHE_PRIVATE_PREFIX "${PROJECT_SOURCE_DIR}/.deps" CACHE PATH "Folder that tools/set-up unpacks packages into")
mark_as_advanced(CLOCHE_PRIVATE_PREFIX)
list(PREPEND CMAKE_PREFIX_PATH "${CLOCHE_PRIVATE_PREFIX}/usr")

# Only for Cloche itself: whoever adds Cloche to their own project chooses their own launcher.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CLOCHE_CCACHE ccache)
  mark_as_advanced(CLOCHE_CCACHE)
  if(CLOCHE_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CLOCHE_CCACHE}")
  endif()
endif()

# Whoever adds Cloche as a subdirectory links with these targets too, from a folder that is not below this one.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(V8 10.2 REQUIRED)
# 1.81 is the oldest Boost with everything used here: System's result, Describe and Fiber.
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS context fiber)
find_package(yaml-cpp REQUIRED)
find_package(valijson QUIET)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
# 7.85 is the oldest libcurl that is told which protocols it may use by name.
find_package(CURL 7.85 REQUIRED)
find_package(LibArchive REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)

if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
