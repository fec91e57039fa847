# Runs PROGRAM, which must succeed and print EXPECTED (with \n for a new line) to standard output.
string(REPLACE "\\n" "\n" EXPECTED "${EXPECTED}")
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL EXPECTED)
  message(FATAL_ERROR "expected '${EXPECTED}', found '${printed}'")
endif()
