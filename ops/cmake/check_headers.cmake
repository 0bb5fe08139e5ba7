# Every header of ours compiles alone, and twice: target check_headers, built by ops/test and
# `tools/dev check`, not by default.
file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/ledger/*.h ${CMAKE_SOURCE_DIR}/projections/*.h ${CMAKE_SOURCE_DIR}/api/*.h
  ${CMAKE_SOURCE_DIR}/tools/*.h)
set(sources)
foreach(header ${headers})
  string(MAKE_C_IDENTIFIER ${header} name)
  set(source ${CMAKE_BINARY_DIR}/check_headers/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND sources ${source})
endforeach()
add_library(check_headers OBJECT EXCLUDE_FROM_ALL ${sources})
target_link_libraries(check_headers PRIVATE countersign_options nlohmann_json::nlohmann_json
  Boost::headers CLI11::CLI11)
target_compile_options(check_headers PRIVATE -O0)
