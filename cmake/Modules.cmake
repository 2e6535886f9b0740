# The house: modules from the ground up. A module may include itself, what its row names, and what those rows allow;
# tests/repository/layers_test.py reads these rows and proves it of every #include.
include_guard()

# weft_module(NAME [MAY_INCLUDE module...]) makes the object library weft_NAME from src/NAME/*.cc and the folders there. A module that has no
# source yet is left out.
set(WEFT_MODULES)
function(weft_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "MAY_INCLUDE")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc ${PROJECT_SOURCE_DIR}/src/${name}/*/*.cc)
  if(NOT sources)
    return()
  endif()
  add_library(weft_${name} OBJECT ${sources})
  set_target_properties(weft_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(weft_${name} PRIVATE weft_settings PUBLIC ${WEFT_ABSL_TARGETS} Threads::Threads)
  foreach(below IN LISTS arg_MAY_INCLUDE)
    if(TARGET weft_${below})
      target_link_libraries(weft_${name} PUBLIC weft_${below})
    endif()
  endforeach()
  list(APPEND WEFT_MODULES weft_${name})
  set(WEFT_MODULES ${WEFT_MODULES} PARENT_SCOPE)
endfunction()

weft_module(base)
weft_module(tensor MAY_INCLUDE base)
weft_module(wire MAY_INCLUDE tensor)
weft_module(kernel MAY_INCLUDE tensor)
weft_module(graph MAY_INCLUDE kernel)
weft_module(ops MAY_INCLUDE graph wire)
weft_module(build MAY_INCLUDE ops)
weft_module(gradients MAY_INCLUDE build)
weft_module(formats MAY_INCLUDE build)
weft_module(runtime MAY_INCLUDE graph)
weft_module(session MAY_INCLUDE runtime)
weft_module(train MAY_INCLUDE gradients session formats)
weft_module(debug MAY_INCLUDE session formats)

if(TARGET weft_base)
  target_compile_definitions(weft_base PRIVATE WEFT_VERSION="${PROJECT_VERSION}")
endif()

foreach(module IN ITEMS wire formats)
  target_include_directories(weft_${module} SYSTEM PRIVATE ${WEFT_PROTOZERO_INCLUDE})
endforeach()

if(TARGET weft_ops)
  # Eigen under a name of our own: a host that compiles Eigen with other flags must not share symbols with ours.
  target_include_directories(weft_ops SYSTEM PRIVATE ${WEFT_EIGEN_INCLUDE})
  target_compile_definitions(weft_ops PRIVATE Eigen=weft_eigen EIGEN_DONT_PARALLELIZE)
  # g++ 12 takes the AVX-512 intrinsics' own "undefined" values for mistakes.
  target_compile_options(weft_ops PRIVATE $<$<CONFIG:Release>:-O3> -Wno-maybe-uninitialized)
  if(WEFT_HAVE_ONEDNN)
    target_include_directories(weft_ops SYSTEM PRIVATE ${WEFT_ONEDNN_INCLUDE})
    target_compile_definitions(weft_ops PRIVATE WEFT_HAVE_ONEDNN)
  endif()
endif()
