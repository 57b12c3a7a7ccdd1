# The one version is the one in Cargo.toml; CMake, the .pc file and the SONAME all read it from there.

# Sets out to MAJOR.MINOR.PATCH of the package in the manifest.
function(nodenet_read_version manifest out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
  file(STRINGS "${manifest}" lines REGEX "^version *= *\"[0-9]+\\.[0-9]+\\.[0-9]+")
  list(LENGTH lines count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "${manifest}: expected one line 'version = \"X.Y.Z\"', found ${count}")
  endif()
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${lines}")
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Sets out to the version that names the ABI: MAJOR, or 0.MINOR while the major version is 0. build.rs does the same.
function(nodenet_abi_version version out)
  string(REGEX REPLACE "^([0-9]+)\\.([0-9]+).*" "\\1;\\2" parts "${version}")
  list(GET parts 0 major)
  list(GET parts 1 minor)
  if(major EQUAL 0)
    set(${out} "0.${minor}" PARENT_SCOPE)
  else()
    set(${out} "${major}" PARENT_SCOPE)
  endif()
endfunction()
