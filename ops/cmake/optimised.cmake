# As release.cmake, inlined and laid out across files by what a run of it did most, with RocksDB
# within. The counts (.gcda) stand where the objects will; ops/optimise puts them there. What has
# none, or changed since, is compiled as without. No warnings: the release build judges them, and
# other inlining has other false ones.
set(CMAKE_BUILD_TYPE "" CACHE STRING "")
set(CMAKE_CXX_FLAGS_INIT "-O2 -g1 -D_FORTIFY_SOURCE=2 -w -Wno-coverage-mismatch \
-fprofile-use -fprofile-partial-training -fprofile-correction" CACHE STRING "")
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON CACHE BOOL "")
set(COUNTERSIGN_ROCKSDB_WITHIN ON CACHE BOOL "")
