# `cmake --build DIR --target demo`: the echo server, talked to by clients that are not ours.
add_custom_target(demo
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/demo/run.sh" "$<TARGET_FILE:echo_server>"
  DEPENDS echo_server
  USES_TERMINAL VERBATIM)
