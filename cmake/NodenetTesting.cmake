# ctest, and the settings of `ctest -T memcheck` (scripts/valgrind.sh runs it).
set(MEMORYCHECK_TYPE Valgrind)
set(MEMORYCHECK_COMMAND_OPTIONS
  "--leak-check=full --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible \
--error-exitcode=99 --num-callers=30 --fair-sched=yes -q")
set(MEMORYCHECK_SUPPRESSIONS_FILE "${PROJECT_SOURCE_DIR}/cmake/valgrind.supp")
include(CTest)
