# Builds the library with cargo and gives it two targets: nodenet::nodenet (shared) and nodenet::nodenet-static.
include(NodenetNativeLibs)

if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "this build knows only Linux so far, not ${CMAKE_SYSTEM_NAME}")
endif()

find_program(NODENET_CARGO cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin" REQUIRED)
find_program(NODENET_RUSTC rustc HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin" REQUIRED)

set(NODENET_CARGO_PROFILE "" CACHE STRING "Cargo profile; empty: dev for CMAKE_BUILD_TYPE=Debug, else release")
set(NODENET_CARGO_TARGET_DIR "${CMAKE_CURRENT_BINARY_DIR}/cargo" CACHE PATH "Where cargo keeps what it compiled")
set(NODENET_CARGO_FLAGS "" CACHE STRING "More arguments for cargo build, such as --offline (a list)")

set(nodenet_profile "${NODENET_CARGO_PROFILE}")
if(NOT nodenet_profile)
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(nodenet_profile dev)
  else()
    set(nodenet_profile release)
  endif()
endif()
# Cargo's folder for the profile dev is called debug.
if(nodenet_profile STREQUAL "dev")
  set(nodenet_cargo_out "${NODENET_CARGO_TARGET_DIR}/debug")
else()
  set(nodenet_cargo_out "${NODENET_CARGO_TARGET_DIR}/${nodenet_profile}")
endif()

nodenet_abi_version("${PROJECT_VERSION}" NODENET_ABI_VERSION)
nodenet_native_libs("${NODENET_RUSTC}" NODENET_NATIVE_LIBS)

set(NODENET_INCLUDE_DIR "${PROJECT_SOURCE_DIR}/include")
set(NODENET_LIB_DIR "${PROJECT_BINARY_DIR}/lib")
set(NODENET_SONAME "libnodenet.so.${NODENET_ABI_VERSION}")
set(NODENET_SHARED "${NODENET_LIB_DIR}/libnodenet.so.${PROJECT_VERSION}")
set(NODENET_STATIC "${NODENET_LIB_DIR}/libnodenet.a")
file(MAKE_DIRECTORY "${NODENET_LIB_DIR}")

# Cargo is asked on every build, for only it knows what changed; files that did not change keep their time,
# so nothing is linked again for it.
add_custom_target(nodenet-cargo ALL
  COMMAND "${CMAKE_COMMAND}" -E env "CARGO_TARGET_DIR=${NODENET_CARGO_TARGET_DIR}"
    "${NODENET_CARGO}" build --lib --locked --profile "${nodenet_profile}" ${NODENET_CARGO_FLAGS}
  COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${nodenet_cargo_out}/libnodenet.so" "${NODENET_SHARED}"
  COMMAND "${CMAKE_COMMAND}" -E copy_if_different "${nodenet_cargo_out}/libnodenet.a" "${NODENET_STATIC}"
  COMMAND "${CMAKE_COMMAND}" -E create_symlink "libnodenet.so.${PROJECT_VERSION}" "${NODENET_LIB_DIR}/${NODENET_SONAME}"
  COMMAND "${CMAKE_COMMAND}" -E create_symlink "${NODENET_SONAME}" "${NODENET_LIB_DIR}/libnodenet.so"
  BYPRODUCTS "${NODENET_SHARED}" "${NODENET_STATIC}"
  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
  COMMENT "cargo build --profile ${nodenet_profile}"
  USES_TERMINAL VERBATIM)

add_library(nodenet::nodenet SHARED IMPORTED GLOBAL)
set_target_properties(nodenet::nodenet PROPERTIES
  IMPORTED_LOCATION "${NODENET_SHARED}"
  IMPORTED_SONAME "${NODENET_SONAME}"
  INTERFACE_INCLUDE_DIRECTORIES "${NODENET_INCLUDE_DIR}")
add_dependencies(nodenet::nodenet nodenet-cargo)

add_library(nodenet::nodenet-static STATIC IMPORTED GLOBAL)
set_target_properties(nodenet::nodenet-static PROPERTIES
  IMPORTED_LOCATION "${NODENET_STATIC}"
  INTERFACE_INCLUDE_DIRECTORIES "${NODENET_INCLUDE_DIR}"
  INTERFACE_LINK_LIBRARIES "${NODENET_NATIVE_LIBS}")
add_dependencies(nodenet::nodenet-static nodenet-cargo)
