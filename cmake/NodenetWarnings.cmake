# Link nodenet_warnings (PRIVATE) to compile C that belongs to nodenet: every warning is an error.
add_library(nodenet_warnings INTERFACE)
target_compile_features(nodenet_warnings INTERFACE c_std_11)
target_compile_options(nodenet_warnings INTERFACE -Wall -Wextra -Wpedantic -Werror)
