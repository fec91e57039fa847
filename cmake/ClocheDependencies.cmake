# Every third-party library Cloche is built with, found once. HACKING.md says why each is there and who may include it.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(V8 10.2 REQUIRED)
# 1.81 is the oldest Boost with everything used here: System's result, Describe and Fiber.
find_package(Boost 1.81 REQUIRED COMPONENTS context fiber)
find_package(yaml-cpp REQUIRED)
find_package(valijson QUIET)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)

if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
