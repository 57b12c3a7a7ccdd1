# Install rules, the CMake package (find_package(nodenet CONFIG)) and the pkg-config file. All of it can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(nodenet_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/nodenet")

install(FILES "${NODENET_SHARED}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime
  PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(FILES "${NODENET_LIB_DIR}/${NODENET_SONAME}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime)
install(FILES "${NODENET_LIB_DIR}/libnodenet.so" "${NODENET_STATIC}"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${NODENET_INCLUDE_DIR}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE-MIT" "${PROJECT_SOURCE_DIR}/LICENSE-APACHE"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/nodenet" COMPONENT runtime)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/nodenet-config.cmake.in"
  "${PROJECT_BINARY_DIR}/package/nodenet-config.cmake"
  INSTALL_DESTINATION "${nodenet_package_dir}"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# While the major version is 0, each minor version may break the ABI.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(nodenet_compatibility SameMinorVersion)
else()
  set(nodenet_compatibility SameMajorVersion)
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/nodenet-config-version.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY ${nodenet_compatibility})
install(FILES "${PROJECT_BINARY_DIR}/package/nodenet-config.cmake"
  "${PROJECT_BINARY_DIR}/package/nodenet-config-version.cmake"
  DESTINATION "${nodenet_package_dir}" COMPONENT development)

# From lib/pkgconfig back to the prefix, so that the file says nothing about where it was installed first.
file(RELATIVE_PATH nodenet_pc_to_prefix
  "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" nodenet_pc_to_prefix "${nodenet_pc_to_prefix}")
list(JOIN NODENET_NATIVE_LIBS " " nodenet_pc_libs_private)
foreach(dir IN ITEMS LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(nodenet_pc_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(nodenet_pc_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/nodenet.pc.in" "${PROJECT_BINARY_DIR}/package/nodenet.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/nodenet.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)
