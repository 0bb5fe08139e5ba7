# Thread sanitizer, with clang as in asan.cmake.
set(CMAKE_CXX_COMPILER clang++-14 CACHE STRING "")
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT "-O0 -gline-tables-only" CACHE STRING "")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld-14" CACHE STRING "")
set(COUNTERSIGN_SANITIZER thread CACHE STRING "")
# The release build judges warnings.
set(COUNTERSIGN_WERROR OFF CACHE BOOL "")
