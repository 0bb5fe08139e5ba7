# Thread sanitizer. gcc warns about fences in Asio that it cannot instrument.
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT "-O1 -g1 -Wno-tsan" CACHE STRING "")
set(COUNTERSIGN_SANITIZER thread CACHE STRING "")
# Instrumented code misleads gcc's flow analysis; the release build judges warnings.
set(COUNTERSIGN_WERROR OFF CACHE BOOL "")
