# Installs the libraries, their headers and schemas, and what CMake and pkg-config need to find them.

include(CMakePackageConfigHelpers)
include(ClochePkgConfig)

get_property(cloche_libraries GLOBAL PROPERTY CLOCHE_LIBRARIES)
get_property(cloche_include_directories GLOBAL PROPERTY CLOCHE_INCLUDE_DIRECTORIES)
set(cloche_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cloche")

# Folders of V8 and Boost that the loader would not look into by itself, a private prefix for instance.
get_filename_component(cloche_library_dirs "${V8_LIBRARY}" DIRECTORY)
get_filename_component(cloche_boost_dir "${Boost_DIR}/../.." ABSOLUTE)
list(APPEND cloche_library_dirs "${cloche_boost_dir}")
list(REMOVE_DUPLICATES cloche_library_dirs)
list(REMOVE_ITEM cloche_library_dirs ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})

set_target_properties(${cloche_libraries} PROPERTIES INSTALL_RPATH "$ORIGIN;${cloche_library_dirs}")
if(TARGET cloche)
  file(RELATIVE_PATH cloche_bin_to_lib "/${CMAKE_INSTALL_BINDIR}" "/${CMAKE_INSTALL_LIBDIR}")
  set_target_properties(cloche PROPERTIES INSTALL_RPATH "$ORIGIN/${cloche_bin_to_lib};${cloche_library_dirs}")
endif()

install(TARGETS ${cloche_libraries} cloche_umbrella EXPORT cloche-targets)
install(EXPORT cloche-targets NAMESPACE cloche:: DESTINATION "${cloche_package_dir}")
install(
  DIRECTORY ${cloche_include_directories}
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING
  PATTERN "*.h")
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/manifests/schema/"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/cloche/schema"
  FILES_MATCHING
  PATTERN "*.json")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/cloche-config.cmake.in" "${PROJECT_BINARY_DIR}/cloche-config.cmake"
                              INSTALL_DESTINATION "${cloche_package_dir}")
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cloche-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/cloche-config.cmake" "${PROJECT_BINARY_DIR}/cloche-config-version.cmake"
        "${CMAKE_CURRENT_LIST_DIR}/FindV8.cmake"
  DESTINATION "${cloche_package_dir}")

cloche_write_pc("${CMAKE_CURRENT_LIST_DIR}/cloche.pc.in" "${PROJECT_BINARY_DIR}/cloche.pc" "${cloche_libraries}"
                "${cloche_library_dirs}")
install(FILES "${PROJECT_BINARY_DIR}/cloche.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
