# How Cloche's own targets are made: one function for libraries, one for programs.

# Flags every target of this tree is compiled with. They are PRIVATE, so that nothing of ours leaks into a consumer.
function(cloche_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF
                                             POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                                           -Wcast-qual -Woverloaded-virtual)
  # g++ takes the inside of an empty std::optional for something about to be read, once it optimises.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  endif()
  # g++ 12 sees overlapping copies in std::string where there are none (GCC bug 105651, gone in 13).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(CLOCHE_DEVELOPER)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# cloche_library(NAME SOURCES file... [PUBLIC target...] [PRIVATE target...])
# Makes the static or shared library cloche_NAME with its alias cloche::NAME. Its public headers are those of include/;
# its private ones are found relative to src/.
function(cloche_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target cloche_${name})
  add_library(${target} ${arg_SOURCES})
  add_library(cloche::${name} ALIAS ${target})
  cloche_compile_options(${target})
  target_include_directories(
    ${target}
    PUBLIC "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src" "${CMAKE_CURRENT_BINARY_DIR}/src")
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION 0)
  set_property(GLOBAL APPEND PROPERTY CLOCHE_LIBRARIES ${target})
  set_property(GLOBAL APPEND PROPERTY CLOCHE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include/")
endfunction()

# cloche_program(NAME SOURCES file... [PRIVATE target...]): a program of this tree, built into the top of the build folder.
function(cloche_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PRIVATE")
  add_executable(${name} ${arg_SOURCES})
  cloche_compile_options(${name})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  target_link_libraries(${name} PRIVATE ${arg_PRIVATE})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endfunction()

# cloche::cloche: all the libraries made so far, for those who want Cloche and not a part of it.
function(cloche_umbrella)
  get_property(libraries GLOBAL PROPERTY CLOCHE_LIBRARIES)
  add_library(cloche_umbrella INTERFACE)
  add_library(cloche::cloche ALIAS cloche_umbrella)
  set_target_properties(cloche_umbrella PROPERTIES EXPORT_NAME cloche)
  target_link_libraries(cloche_umbrella INTERFACE ${libraries})
endfunction()
