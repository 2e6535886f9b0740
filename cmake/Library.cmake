# The library that users link, weft::weft, and its installation for find_package and pkg-config.
include_guard()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(weft_objects)
foreach(module IN LISTS WEFT_MODULES)
  list(APPEND weft_objects $<TARGET_OBJECTS:${module}>)
endforeach()
if(NOT weft_objects)
  message(FATAL_ERROR "No sources under src/")
endif()

# The target is not called weft: build/weft is the command line.
add_library(weft_library STATIC ${weft_objects})
add_library(weft::weft ALIAS weft_library)
set_target_properties(weft_library PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME weft EXPORT_NAME weft)
target_compile_features(weft_library PUBLIC cxx_std_20)
target_include_directories(weft_library PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(weft_library PUBLIC ${WEFT_ABSL_TARGETS} Threads::Threads)
if(WEFT_HAVE_ONEDNN)
  target_link_libraries(weft_library PRIVATE ${WEFT_ONEDNN_LIBRARY})
endif()

install(TARGETS weft_library EXPORT weftTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/weft DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(weft_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
install(EXPORT weftTargets NAMESPACE weft:: DESTINATION ${weft_cmake_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/weftConfig.cmake.in ${PROJECT_BINARY_DIR}/weftConfig.cmake
  INSTALL_DESTINATION ${weft_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/weftConfig.cmake ${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  DESTINATION ${weft_cmake_dir})

list(TRANSFORM WEFT_ABSL_PARTS PREPEND "absl_" OUTPUT_VARIABLE weft_pc_requires)
list(JOIN weft_pc_requires ", " weft_pc_requires)
set(weft_pc_libs "-pthread")
if(WEFT_HAVE_ONEDNN)
  string(APPEND weft_pc_libs " -ldnnl")
endif()
# Relocatable: the prefix is found from where the file lies, ${libdir}/pkgconfig.
file(RELATIVE_PATH weft_pc_up ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" weft_pc_up "${weft_pc_up}")
configure_file(${PROJECT_SOURCE_DIR}/cmake/weft.pc.in ${PROJECT_BINARY_DIR}/weft.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/weft.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
