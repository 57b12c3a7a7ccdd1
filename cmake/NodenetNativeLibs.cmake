# What a program has to link beside libnodenet.a. rustc knows it and prints it on demand; nodenet itself adds no
# native library (a test compares this list with the one that rustc prints for nodenet).

# Sets out to a list such as -lgcc_s;-lm;-lc.
function(nodenet_native_libs rustc out)
  set(probe "${CMAKE_CURRENT_BINARY_DIR}/native_libs")
  file(MAKE_DIRECTORY "${probe}")
  file(WRITE "${probe}/probe.rs" "")
  execute_process(
    COMMAND "${rustc}" --crate-type staticlib --print native-static-libs -o "${probe}/probe.a" "${probe}/probe.rs"
    RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0 OR NOT text MATCHES "native-static-libs: ([^\n]*)")
    message(FATAL_ERROR "rustc --print native-static-libs failed:\n${text}")
  endif()
  separate_arguments(libs UNIX_COMMAND "${CMAKE_MATCH_1}")
  list(REMOVE_DUPLICATES libs)
  set(${out} "${libs}" PARENT_SCOPE)
endfunction()
