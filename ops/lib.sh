# Shared by ops/run, ops/test and .ci/run: plain messages, packages, build. Sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Installs what ops/packages lists and is missing. Other packages may be named as arguments.
install_packages() { install_missing $(sed 's/#.*//' ops/packages) "$@"; }

# install_missing PACKAGE…
install_missing() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "packages are missing and this is not root; install them or sudo"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q || fail "the package lists cannot be updated; is the network there?"
  # After sudo, which keeps nothing of the environment.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    "${missing[@]}" || fail "the packages cannot be installed; see the message above"
}

# build PRESET [TARGET…]: configures and builds into build/PRESET.
build() {
  local preset=$1
  shift
  say "Building ($preset)"
  local log
  log=$(mktemp)
  cmake -S . -B "build/$preset" -G Ninja -C "ops/cmake/$preset.cmake" >"$log" 2>&1 ||
    { cat "$log"; rm -f "$log"; fail "the build cannot be configured"; }
  rm -f "$log"
  cmake --build "build/$preset" ${1:+--target "$@"} || fail "the build failed; see the message above"
}

# What an optimised program is made of, as one hash: the tree's, the compiler, and what is linked into it.
sources_hash() {
  {
    find CMakeLists.txt ledger api projections tools ops/cmake -type f \
      \( -name '*.cc' -o -name '*.h' -o -name '*.cmake' -o -name CMakeLists.txt \) -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
    dpkg-query -W g++-12 librocksdb-dev
  } | sha256sum
}

# Builds the programs into build/optimised by the counts of a short load on build/profiling
# (ops/cmake/optimised.cmake).
build_optimised() {
  local programs=(countersign countersignd countersign-grow countersign-load countersign-verify)
  local counted=build/optimised/counted
  if ! cmp -s "$counted" <(sources_hash); then
    rm -f "$counted"
    build profiling "${programs[@]}"
    say "Counting what a load does"
    find build/profiling -name '*.gcda' -delete
    PYTHONPATH=tools/load python3 -B -m bench --build build/profiling --no-peers --seconds 2 --rounds 1 \
      --rows 20000 --grow 20000 >/dev/null || fail "the load failed; see above"
    mkdir -p build/optimised
    find build/optimised \( -name '*.gcda' -o -name '*.o' \) -delete
    (cd build/profiling && find . -name '*.gcda' -exec cp --parents -t ../optimised {} +)
    sources_hash >"$counted"
  fi
  build optimised "${programs[@]}"
}
