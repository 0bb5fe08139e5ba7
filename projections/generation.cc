#include "projections/generation.h"

#include "ledger/base/diagnostics.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <vector>

namespace countersign::projections {

using ledger::Errc;
using ledger::Result;

namespace {

std::filesystem::path file_of(const std::filesystem::path& first, unsigned number) {
  if (number == 0) return first;
  return first.parent_path() /
         (first.stem().string() + "." + std::to_string(number) + first.extension().string());
}

// The numbers there are files of, newest first.
std::vector<unsigned> numbers_beside(const std::filesystem::path& first) {
  std::vector<unsigned> found;
  const std::string stem = first.stem().string() + ".";
  std::error_code failed;
  for (std::filesystem::directory_iterator at(first.parent_path(), failed), end;
       !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    unsigned number = 0;
    if (name == first.filename()) {
      found.push_back(0);
    } else if (name.starts_with(stem) &&
               std::from_chars(name.data() + stem.size(), name.data() + name.size(), number).ec ==
                   std::errc() &&
               file_of(first, number).filename() == name) {
      found.push_back(number);
    }
  }
  std::ranges::sort(found, std::greater());
  return found;
}

// One without entries was begun and did not come to say so.
Result<bool> is_being_built(Database& database) {
  return database
      .query("SELECT 1 FROM meta WHERE name = 'building' OR (name = 'applied' AND value = 0)")
      .step();
}

}  // namespace

Result<std::shared_ptr<Generation>> Generation::open(
    const ledger::Reader& reader, const ViewsOptions& options,
    const std::shared_ptr<BackgroundThreads>& background, unsigned number) {
  auto generation = std::make_shared<Generation>();
  generation->number = number;
  generation->file = file_of(options.file, number);
  CS_TRY(generation->store, ViewStore::open(generation->file, Projector::schema(),
                                            std::max<std::size_t>(options.query_connections, 1)));
  CS_TRY(generation->projector, Projector::resume(reader, *generation->store, background));
  return generation;
}

Result<std::shared_ptr<Generation>> Generation::begin(
    const ledger::Reader& reader, const ViewsOptions& options,
    const std::shared_ptr<BackgroundThreads>& background, unsigned number) {
  CS_CHECK(ViewStore::discard(file_of(options.file, number)));
  CS_TRY(auto generation, open(reader, options, background, number));
  CS_CHECK(
      generation->store->writer().script("INSERT INTO meta (name, value) VALUES ('building', 1)"));
  return generation;
}

Result<void> Generation::mark_whole() {
  return store->writer().script("DELETE FROM meta WHERE name = 'building'");
}

Result<Generations> open_generations(
    const ledger::Reader& reader, const ViewsOptions& options,
    const std::shared_ptr<BackgroundThreads>& background) {
  Generations found;
  for (const unsigned number : numbers_beside(options.file)) {
    if (found.live != nullptr) {
      CS_CHECK(ViewStore::discard(file_of(options.file, number)));
      continue;
    }
    auto opened = Generation::open(reader, options, background, number);
    if (!opened && opened.error().code == Errc::io) return opened.error();
    if (!opened) {
      ledger::diag::warn("views.rebuilt", {{"why", opened.error().detail}});
      CS_CHECK(ViewStore::discard(file_of(options.file, number)));
      continue;
    }
    CS_TRY(const bool building, is_being_built((*opened)->store->writer()));
    (building ? found.unfinished : found.live) = std::move(*opened);
  }
  if (found.live == nullptr && found.unfinished != nullptr) {
    // Nothing else could answer meanwhile, so it is no longer built beside anything.
    CS_CHECK(found.unfinished->mark_whole());
    found.live = std::move(found.unfinished);
    found.unfinished.reset();
  }
  if (found.live == nullptr) {
    CS_TRY(found.live, Generation::open(reader, options, background, 0));
  }
  return found;
}

Result<std::optional<std::filesystem::path>> live_file(const std::filesystem::path& first) {
  const auto numbers = numbers_beside(first);
  for (const unsigned number : numbers) {
    std::filesystem::path file = file_of(first, number);
    CS_TRY(const auto database, Database::open(file, Database::Mode::read));
    CS_TRY(const bool building, is_being_built(*database));
    // The only one is taken, however far it came.
    if (!building || number == numbers.back()) return std::optional(std::move(file));
  }
  return std::optional<std::filesystem::path>();
}

}  // namespace countersign::projections
