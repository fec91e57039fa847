# Configures the project SOURCE in a fresh folder BUILD with SETTINGS, builds it, runs its program `consumer` on PLUGIN, and
# checks what it prints. With GENERATE_ONLY it stops after the first of these.

# A line of its own for each step, and an end where one fails.
function(step what)
  message(STATUS "${what}")
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${BUILD}")
step("configuring ${SOURCE}" "${CMAKE_COMMAND}" -G Ninja -C "${SETTINGS}" -S "${SOURCE}" -B "${BUILD}")
if(GENERATE_ONLY)
  return()
endif()
step("building" "${CMAKE_COMMAND}" --build "${BUILD}" --target consumer --parallel 2)
execute_process(COMMAND "${BUILD}/consumer" "${PLUGIN}" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL "3 words\n")
  message(FATAL_ERROR "expected '3 words', found '${printed}'")
endif()
# The larger part of its size; nothing more is asked of it.
file(REMOVE_RECURSE "${BUILD}")
