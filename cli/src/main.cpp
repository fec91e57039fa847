#include "verb.h"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace cloche::cli;
  try {
    Program program;
    add_call(program);
    add_eval(program);
    add_run(program);
    add_check(program);
    add_types(program);
    add_explain(program);
    add_grant(program);
    add_revoke(program);
    add_policy(program);
    return static_cast<int>(program.run(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "cloche: error[internal]: " << error.what() << '\n';
    return static_cast<int>(ExitCode::other);
  }
}
