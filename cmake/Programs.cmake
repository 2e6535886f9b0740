# The command line (build/weft) and the examples (build/examples/NAME, one for each examples/*.cc).
include_guard()

if(WEFT_BUILD_TOOLS)
  file(GLOB weft_tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/weft/*.cc
       ${PROJECT_SOURCE_DIR}/tools/weft/*/*.cc)
  if(weft_tool_sources)
    find_path(WEFT_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
    find_path(WEFT_JSON_INCLUDE nlohmann/json.hpp REQUIRED)
    add_executable(weft_tool ${weft_tool_sources})
    set_target_properties(weft_tool PROPERTIES OUTPUT_NAME weft RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    target_include_directories(weft_tool SYSTEM PRIVATE ${WEFT_PROTOZERO_INCLUDE})
    target_link_libraries(weft_tool PRIVATE weft::weft weft_settings)
    install(TARGETS weft_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endif()

set(WEFT_EXAMPLES)
if(WEFT_BUILD_EXAMPLES)
  file(GLOB weft_example_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cc)
  foreach(source IN LISTS weft_example_sources)
    cmake_path(GET source STEM name)
    add_executable(example_${name} ${source})
    set_target_properties(example_${name} PROPERTIES
      OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
    target_link_libraries(example_${name} PRIVATE weft::weft weft_settings)
    list(APPEND WEFT_EXAMPLES ${name})
  endforeach()
endif()
