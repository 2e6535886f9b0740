# How weft's own code is compiled. Nothing here reaches the code of a program that links weft.
include_guard()

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  # -O2 compiles much faster than -O3 and is as fast outside the kernels; Modules.cmake gives -O3 to ops.
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of Release builds" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

add_library(weft_settings INTERFACE)
target_compile_features(weft_settings INTERFACE cxx_std_20)
target_include_directories(weft_settings INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR})
# Exact results: no contraction into FMA but where it is written, and never -ffast-math. errno and floating-point
# traps are not looked at, and giving them up changes no value.
target_compile_options(weft_settings INTERFACE
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  -ffunction-sections -fdata-sections  # so that --gc-sections can drop the ops that a program does not use
  -Wall -Wextra
  -Wno-restrict -Wno-maybe-uninitialized)  # g++ 12 reports std::string's (GCC bug 105329) and InlinedVector's own code
target_link_options(weft_settings INTERFACE -Wl,--gc-sections)
if(WEFT_WERROR)
  # The last ones guess about values at -O2 and guess wrongly at times: warnings, never errors.
  target_compile_options(weft_settings INTERFACE -Werror
    -Wno-error=array-bounds -Wno-error=stringop-overflow
    -Wno-error=stringop-overread -Wno-error=free-nonheap-object -Wno-error=deprecated-declarations)
endif()
if(WEFT_ARCH)
  target_compile_options(weft_settings INTERFACE -march=${WEFT_ARCH})
endif()

# Paths in __FILE__ and std::source_location are relative to the repository, in every checkout. The second form is what
# ccache turns the first into.
file(RELATIVE_PATH weft_source_from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
set(weft_path_flags "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=" "-ffile-prefix-map=${weft_source_from_build}=")
target_compile_options(weft_settings INTERFACE ${weft_path_flags})

if(WEFT_SANITIZE STREQUAL "address")
  set(weft_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(WEFT_SANITIZE STREQUAL "thread")
  set(weft_sanitize -fsanitize=thread -Wno-tsan)
elseif(WEFT_SANITIZE STREQUAL "undefined")
  set(weft_sanitize -fsanitize=undefined -fno-sanitize-recover=all)
elseif(WEFT_SANITIZE)
  message(FATAL_ERROR "WEFT_SANITIZE is '${WEFT_SANITIZE}'; it must be address, thread, undefined or empty")
endif()
if(WEFT_SANITIZE)
  target_compile_options(weft_settings INTERFACE ${weft_sanitize} -g1 -fno-omit-frame-pointer)
  target_link_options(weft_settings INTERFACE ${weft_sanitize})
endif()

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

find_program(WEFT_MOLD mold)
if(WEFT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# ccache, set so that another checkout of the repository finds the same entries. -march=native means what this machine
# is, so the meaning goes into the key.
find_program(WEFT_CCACHE ccache)
set(weft_launcher)
if(WEFT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(weft_launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros)
  if(WEFT_ARCH)
    set(weft_arch_meaning ${PROJECT_BINARY_DIR}/arch.txt)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=${WEFT_ARCH} -Q --help=target OUTPUT_FILE ${weft_arch_meaning})
    list(APPEND weft_launcher CCACHE_EXTRAFILES=${weft_arch_meaning})
  endif()
  list(APPEND weft_launcher ${WEFT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${weft_launcher})
endif()
