# Libraries that weft is built on.
include_guard()

find_package(absl CONFIG REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# What public headers and sources use of Abseil; the names without "absl::" also make up weft.pc.
set(WEFT_ABSL_PARTS
  any_invocable btree cleanup flat_hash_map flat_hash_set function_ref hash inlined_vector int128 span status statusor
  str_format strings time)
list(TRANSFORM WEFT_ABSL_PARTS PREPEND "absl::" OUTPUT_VARIABLE WEFT_ABSL_TARGETS)

# Header-only, seen by the modules that name them and by no public header.
find_path(WEFT_PROTOZERO_INCLUDE protozero/pbf_reader.hpp REQUIRED)
find_path(WEFT_EIGEN_INCLUDE Eigen/Core PATH_SUFFIXES eigen3 REQUIRED)

# oneDNN by its files: its CMake package also asks for OpenCL, which weft does not use.
set(WEFT_HAVE_ONEDNN OFF)
if(NOT WEFT_ONEDNN STREQUAL "OFF")
  find_path(WEFT_ONEDNN_INCLUDE oneapi/dnnl/dnnl.hpp)
  find_library(WEFT_ONEDNN_LIBRARY dnnl)
  if(WEFT_ONEDNN_INCLUDE AND WEFT_ONEDNN_LIBRARY)
    set(WEFT_HAVE_ONEDNN ON)
  elseif(WEFT_ONEDNN STREQUAL "ON")
    message(FATAL_ERROR "WEFT_ONEDNN is ON and CMake finds no oneDNN (Debian: libdnnl-dev)")
  endif()
endif()
