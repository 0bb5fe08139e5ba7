# Address and undefined-behaviour sanitizers.
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT "-O1 -g1" CACHE STRING "")
set(COUNTERSIGN_SANITIZER address CACHE STRING "")
# Instrumented code misleads gcc's flow analysis; the release build judges warnings.
set(COUNTERSIGN_WERROR OFF CACHE BOOL "")
