# SPDX-License-Identifier: BSD-3-Clause
# How the house is put together: one object library per folder, one shared library from all of them,
# one plugin for everything that needs LLVM.

# Flags that every target has. Contraction is off because results are promised to the bit; errno is
# off because nothing reads it and it keeps sqrt out of line.
add_library(neurodyn_flags INTERFACE)
target_compile_features(neurodyn_flags INTERFACE cxx_std_20)
target_compile_options(neurodyn_flags INTERFACE -ffp-contract=off -fno-math-errno -Wall -Wextra
                       -Wpedantic $<$<BOOL:${NEURODYN_WERROR}>:-Werror>)
# Warnings that are wrong in the shipped compiler: gcc 12 reports both from inside the standard
# library (PR 105329, PR 105562).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(neurodyn_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
target_include_directories(neurodyn_flags INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src> $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>)
if(NEURODYN_SANITIZE)
  target_compile_options(neurodyn_flags INTERFACE -fsanitize=${NEURODYN_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(neurodyn_flags INTERFACE -fsanitize=${NEURODYN_SANITIZE})
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_INSTALL_RPATH "$ORIGIN:$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
set(NEURODYN_FOLDERS "" CACHE INTERNAL "")

# neurodyn_folder(NAME DEPENDS folders... LIBRARIES targets...): src/NAME as one object library.
function(neurodyn_folder name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/compile/llvm/")
  if(NOT sources)
    return()
  endif()
  add_library(neurodyn_${name} OBJECT ${sources})
  target_link_libraries(neurodyn_${name} PUBLIC neurodyn_flags ${ARG_LIBRARIES})
  set(NEURODYN_FOLDERS ${NEURODYN_FOLDERS} neurodyn_${name} CACHE INTERNAL "")
endfunction()

# All folders together: libneurodyn.so.
function(neurodyn_library)
  add_library(neurodyn SHARED)
  foreach(folder ${NEURODYN_FOLDERS})
    target_link_libraries(neurodyn PRIVATE ${folder})
    target_sources(neurodyn PRIVATE $<TARGET_OBJECTS:${folder}>)
  endforeach()
  target_link_libraries(neurodyn PUBLIC $<BUILD_INTERFACE:neurodyn_flags>)
  target_include_directories(neurodyn PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(neurodyn PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINKER_LANGUAGE CXX)
  # For this file alone, so that the compiler's cache serves every checkout.
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/experiment/library.cpp PROPERTIES
    COMPILE_DEFINITIONS "NEURODYN_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\"")
endfunction()

# Everything that includes LLVM: one module that the library opens when a kernel has to be compiled.
function(neurodyn_llvm_plugin)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/compile/llvm/*.cpp)
  if(NOT sources)
    return()
  endif()
  find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19)
  add_library(neurodyn_llvm MODULE ${sources})
  target_include_directories(neurodyn_llvm SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})
  target_compile_options(neurodyn_llvm PRIVATE -fno-rtti)
  target_link_libraries(neurodyn_llvm PRIVATE neurodyn LLVM fmt::fmt)
  target_link_directories(neurodyn_llvm PRIVATE ${LLVM_LIBRARY_DIRS})
  set_target_properties(neurodyn_llvm PROPERTIES PREFIX "lib")
  install(TARGETS neurodyn_llvm LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# neurodyn_app(FOLDER NAME): a program from all files of FOLDER.
function(neurodyn_app folder name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_app ${sources})
  set_target_properties(${name}_app PROPERTIES OUTPUT_NAME ${name})
  target_link_libraries(${name}_app PRIVATE neurodyn CLI11::CLI11 fmt::fmt nlohmann_json::nlohmann_json)
  install(TARGETS ${name}_app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
