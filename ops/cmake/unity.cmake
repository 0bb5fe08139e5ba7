# The parts with many files are compiled several files at a time: most of what the compiler does for
# one of our files is the same templates again. Names in unnamed namespaces are therefore unique
# within such a part. The debug preset compiles every file alone, for quick rebuilds.
option(COUNTERSIGN_UNITY "Compile several files at a time" ON)

if(COUNTERSIGN_UNITY)
  foreach(part ledger_domain projections api_routes demo
      domain_test projections_test api_http_test rights_matrix_test)
    if(TARGET ${part})
      set_target_properties(${part} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
      # Types of unnamed namespaces are seen as if a header named them.
      target_compile_options(${part} PRIVATE
        $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    endif()
  endforeach()
endif()
