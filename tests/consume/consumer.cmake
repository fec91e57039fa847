# The program of every consumer. Its own warnings are strict; of ours, and of our flags, it must notice nothing.
add_executable(consumer "${CMAKE_CURRENT_LIST_DIR}/main.cpp")
target_compile_options(consumer PRIVATE -Wall -Wextra -Werror)
target_link_libraries(consumer PRIVATE cloche::cloche)

foreach(part IN ITEMS base manifests capabilities sandbox cloche)
  foreach(property IN ITEMS INTERFACE_COMPILE_OPTIONS INTERFACE_COMPILE_DEFINITIONS INTERFACE_LINK_OPTIONS)
    get_target_property(leaked cloche::${part} ${property})
    if(leaked)
      message(FATAL_ERROR "cloche::${part} passes on ${property}: ${leaked}")
    endif()
  endforeach()
endforeach()
