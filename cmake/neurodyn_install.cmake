# SPDX-License-Identifier: BSD-3-Clause
# What `cmake --install` puts where, and the package that find_package(neurodyn) finds.
include(CMakePackageConfigHelpers)
install(TARGETS neurodyn EXPORT neurodyn_targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/neurodyn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY library experiments data DESTINATION ${CMAKE_INSTALL_DATADIR}/neurodyn)
install(EXPORT neurodyn_targets NAMESPACE neurodyn:: FILE neurodynTargets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/neurodyn)
file(WRITE ${CMAKE_BINARY_DIR}/neurodynConfig.cmake
     "include(\${CMAKE_CURRENT_LIST_DIR}/neurodynTargets.cmake)\n")
write_basic_package_version_file(${CMAKE_BINARY_DIR}/neurodynConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/neurodynConfig.cmake ${CMAKE_BINARY_DIR}/neurodynConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/neurodyn)
