# Counts how often what is run, for optimised.cmake. Several times as slow as what it counts.
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT
  "-O2 -g1 -D_FORTIFY_SOURCE=2 -fprofile-generate -fprofile-update=prefer-atomic" CACHE STRING "")
# The release build judges warnings.
set(COUNTERSIGN_WERROR OFF CACHE BOOL "")
