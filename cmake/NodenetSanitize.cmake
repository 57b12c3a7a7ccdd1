# NODENET_SANITIZE instruments the C that is compiled from here on. The library itself is safe Rust but for its
# borders; its allocations go through the sanitizer's malloc, so leaks and double frees in it are seen too.
if(NODENET_SANITIZE)
  list(JOIN NODENET_SANITIZE "," nodenet_sanitizers)
  add_compile_options("-fsanitize=${nodenet_sanitizers}" -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # GCC takes what std::optional holds for uninitialised once it is instrumented.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>")
  endif()
  add_link_options("-fsanitize=${nodenet_sanitizers}")
endif()
