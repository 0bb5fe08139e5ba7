// One whole set of views in a file of its own. The first stands in `views.sqlite`; each that is
// built anew beside it stands in the next of `views.1.sqlite`, `views.2.sqlite`, … and takes its
// place when it is as far.
#pragma once

#include "projections/projector.h"
#include "projections/view_store.h"
#include "projections/views.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace countersign::projections {

struct Generation {
  unsigned number = 0;
  std::filesystem::path file;
  std::shared_ptr<ViewStore> store;
  std::unique_ptr<Projector> projector;

  // Opens the generation, or makes an empty one. `background`: as for Projector::resume().
  //   Errc::io        the file cannot be made or read
  //   anything else   it is damaged, or not of this ledger
  static ledger::Result<std::shared_ptr<Generation>> open(
      const ledger::Reader& reader, const ViewsOptions& options,
      const std::shared_ptr<BackgroundThreads>& background, unsigned number);
  // As open(), with whatever stood there discarded, and marked as being built: until mark_whole()
  // a restart does not take it for views that can answer.
  static ledger::Result<std::shared_ptr<Generation>> begin(
      const ledger::Reader& reader, const ViewsOptions& options,
      const std::shared_ptr<BackgroundThreads>& background, unsigned number);
  ledger::Result<void> mark_whole();
};

// What a start finds.
struct Generations {
  std::shared_ptr<Generation> live;        // the newest whole one; an empty one when there is none
  std::shared_ptr<Generation> unfinished;  // a newer one that was being built, if any
};

// Opens what is there, discards what is damaged, not of this ledger, or older than the live one.
//   Errc::io   a file cannot be read, made or removed
ledger::Result<Generations> open_generations(
    const ledger::Reader& reader, const ViewsOptions& options,
    const std::shared_ptr<BackgroundThreads>& background);

// The file of the views that a start would take, without opening them for writing or discarding
// anything; `first` is ViewsOptions::file. Nothing: there is none.
//   Errc::io, Errc::corrupt   a file cannot be read
ledger::Result<std::optional<std::filesystem::path>> live_file(const std::filesystem::path& first);

}  // namespace countersign::projections
