# SPDX-License-Identifier: BSD-3-Clause
# The report page: npm builds viewer/ into one HTML template, share/neurodyn/report.html of the build tree.
option(NEURODYN_VIEWER "Build the page of the HTML reports (needs npm, and its registry once)" ON)

find_program(NEURODYN_NPM npm)
if(NOT NEURODYN_VIEWER)
  message(STATUS "NEURODYN_VIEWER is OFF: this build cannot make HTML reports")
elseif(NOT NEURODYN_NPM)
  message(WARNING "npm was not found: this build cannot make HTML reports. Everything else works. "
                  "Install Node.js 20.19 or later with npm and configure again, or say -DNEURODYN_VIEWER=OFF.")
else()
  set(viewer_source ${CMAKE_SOURCE_DIR}/viewer)
  set(viewer_build ${CMAKE_BINARY_DIR}/viewer)
  set(NEURODYN_REPORT_TEMPLATE ${CMAKE_BINARY_DIR}/share/neurodyn/report.html)
  file(GLOB_RECURSE viewer_files CONFIGURE_DEPENDS ${viewer_source}/src/*)
  list(APPEND viewer_files ${viewer_source}/report.html ${viewer_source}/vite.config.ts ${viewer_source}/tsconfig.json)
  set(viewer_packages ${viewer_source}/package.json ${viewer_source}/package-lock.json ${viewer_source}/.npmrc)

  # A copy is built, so that the source tree stays clean and may be read-only.
  add_custom_command(OUTPUT ${viewer_build}/packages.stamp
    COMMAND ${CMAKE_COMMAND} -E make_directory ${viewer_build}
    COMMAND ${CMAKE_COMMAND} -E copy ${viewer_packages} ${viewer_build}
    COMMAND ${NEURODYN_NPM} ci --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${viewer_build}/packages.stamp
    DEPENDS ${viewer_packages} WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/viewer
    COMMENT "Fetching the packages of the report page (without a network: -DNEURODYN_VIEWER=OFF)" VERBATIM)
  file(MAKE_DIRECTORY ${viewer_build})
  add_custom_command(OUTPUT ${NEURODYN_REPORT_TEMPLATE}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${viewer_build}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${viewer_source}/src ${viewer_build}/src
    COMMAND ${CMAKE_COMMAND} -E copy ${viewer_source}/report.html ${viewer_source}/vite.config.ts
            ${viewer_source}/tsconfig.json ${viewer_build}
    COMMAND ${NEURODYN_NPM} run --silent build -- --logLevel error
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/share/neurodyn
    COMMAND ${CMAKE_COMMAND} -E copy ${viewer_build}/dist/report.html ${NEURODYN_REPORT_TEMPLATE}
    DEPENDS ${viewer_build}/packages.stamp ${viewer_files} WORKING_DIRECTORY ${viewer_build}
    COMMENT "Building the report page" VERBATIM)
  add_custom_target(neurodyn_viewer ALL DEPENDS ${NEURODYN_REPORT_TEMPLATE})
  install(FILES ${NEURODYN_REPORT_TEMPLATE} DESTINATION ${CMAKE_INSTALL_DATADIR}/neurodyn)
endif()
