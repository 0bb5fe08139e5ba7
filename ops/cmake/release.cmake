# Optimised, with debug information and every assertion on.
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT "-O2 -g1 -D_FORTIFY_SOURCE=2" CACHE STRING "")
