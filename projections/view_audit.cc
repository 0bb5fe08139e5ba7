#include "projections/view_audit.h"

#include "ledger/base/bytes.h"
#include "ledger/domain/state_codec.h"
#include "projections/generation.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

constexpr std::size_t kBatchEntries = 500;

// A file of views that exists while this does.
class ScratchFile {
 public:
  static Result<std::unique_ptr<ScratchFile>> make(std::filesystem::path path) {
    CS_CHECK(ViewStore::discard(path));
    return std::unique_ptr<ScratchFile>(new ScratchFile(std::move(path)));
  }
  ~ScratchFile() { static_cast<void>(ViewStore::discard(path_)); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFile(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// What the file says of itself.
struct Claim {
  TreeSize applied = 0;
  std::optional<std::string> state;  // the snapshot of the folded state
  TreeSize state_size = 0;
};

Result<std::optional<std::string>> meta_text(Database& database, std::string_view name) {
  auto query = database.query("SELECT CAST(value AS TEXT) FROM meta WHERE name = ?");
  CS_TRY(const bool found, query.bind(name).step());
  if (!found) return std::optional<std::string>();
  return std::optional(query.string(0));
}

Result<Claim> claim_of(Database& database, const ledger::Reader& reader) {
  Claim claim;
  auto applied = database.query("SELECT value FROM meta WHERE name = 'applied'");
  CS_TRY(const bool found, applied.step());
  if (!found) return Error{Errc::corrupt, "the file does not say how far its views are"};
  claim.applied = applied.index(0);
  CS_TRY(claim.state, meta_text(database, "state"));
  if (!claim.state) return claim;
  CS_TRY(const auto bytes, ledger::from_base64(*claim.state));
  CS_TRY(const auto state, ledger::decode_state(bytes, [&reader](const auto& indexes) {
           return reader.definitions(indexes);
         }));
  claim.state_size = state.size;
  return claim;
}

class Comparison {
 public:
  // `built` has the audited file attached as `live`.
  Comparison(Database& built, ViewAudit& audit) : built_(built), audit_(audit) {}

  Result<void> run() {
    CS_CHECK(definitions());
    auto names = built_.query(
        "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        " AND name IN (SELECT name FROM live.sqlite_master) ORDER BY name");
    CS_TRY(const auto tables, names.strings());
    for (const std::string& table : tables) CS_CHECK(rows(table));
    return {};
  }

 private:
  // Tables, indexes and triggers: a trigger that is not ours could write what it likes later.
  Result<void> definitions() {
    auto query = built_.query(
        "SELECT type, name, 1 FROM (SELECT type, name, sql FROM main.sqlite_master EXCEPT"
        " SELECT type, name, sql FROM live.sqlite_master) UNION ALL "
        "SELECT type, name, 0 FROM (SELECT type, name, sql FROM live.sqlite_master EXCEPT"
        " SELECT type, name, sql FROM main.sqlite_master)");
    for (;;) {
      CS_TRY(const bool found, query.step());
      if (!found) return {};
      const bool ours = query.integer(2) == 1;
      audit_.differences.push_back(
          {query.string(1), 0, 0,
           query.string(0) + (ours ? " is missing or defined otherwise" : " is not ours")});
    }
  }

  Result<void> rows(const std::string& table) {
    ++audit_.tables;
    // The snapshot is held against the fold at its own size.
    const std::string name = quoted_name(table) + (table == "meta" ? " WHERE name <> 'state'" : "");
    CS_TRY(const auto missing, without("main." + name, "live." + name));
    CS_TRY(const auto foreign, without("live." + name, "main." + name));
    CS_TRY(const auto ours, count("main." + name));
    CS_TRY(const auto theirs, count("live." + name));
    if (missing == 0 && foreign == 0 && ours == theirs) return {};
    audit_.differences.push_back({table, missing, foreign,
                                  std::to_string(missing) +
                                      " rows that the log gives are not there, " +
                                      std::to_string(foreign) + " are that it does not give" +
                                      (missing + foreign == 0 ? "; some stand twice" : "")});
    return {};
  }

  Result<std::uint64_t> without(const std::string& one, const std::string& other) {
    return count("(SELECT * FROM " + one + " EXCEPT SELECT * FROM " + other + ")");
  }
  Result<std::uint64_t> count(const std::string& what) {
    auto query = built_.query("SELECT count(*) FROM " + what);
    CS_CHECK(query.step());
    return query.index(0);
  }

  Database& built_;
  ViewAudit& audit_;
};

Result<void> apply_until(Projector& projector, TreeSize size, TreeSize total,
                         const std::function<void(TreeSize, TreeSize)>& progress) {
  while (projector.applied() < size) {
    const TreeSize left = size - projector.applied();
    if (!projector.apply_next(std::min<TreeSize>(left, kBatchEntries))) {
      const auto parked = projector.parked();
      return Error{Errc::corrupt, "entry " + std::to_string(projector.applied()) +
                                      " cannot be applied" + (parked ? ": " + parked->why : "")};
    }
    if (progress) progress(projector.applied(), total);
  }
  return {};
}

Result<void> compare(const ledger::Reader& reader, const Claim& claim,
                     const std::filesystem::path& scratch,
                     const std::function<void(TreeSize, TreeSize)>& progress, ViewAudit& audit) {
  CS_TRY(const auto store, ViewStore::open(scratch, Projector::schema(), 1));
  CS_TRY(const auto projector, Projector::resume(reader, *store));
  if (claim.state) {
    CS_CHECK(apply_until(*projector, claim.state_size, claim.applied, progress));
    projector->save();
    CS_TRY(const auto state, meta_text(store->writer(), "state"));
    if (state != claim.state)
      audit.differences.push_back(
          {"meta", 0, 0, "the snapshot of the state is not what the log gives"});
  }
  CS_CHECK(apply_until(*projector, claim.applied, claim.applied, progress));
  CS_CHECK(store->writer().execute("ATTACH ? AS live", audit.file.string()));
  return Comparison(store->writer(), audit).run();
}

}  // namespace

Result<std::optional<ViewAudit>> audit_views(
    const ledger::Reader& reader, const std::filesystem::path& first,
    const std::function<void(TreeSize, TreeSize)>& progress) {
  CS_TRY(const auto file, live_file(first));
  if (!file) return std::optional<ViewAudit>();
  ViewAudit audit;
  audit.file = *file;
  const auto unreadable = [&audit](const Error& error) {
    audit.differences.push_back({"meta", 0, 0, "it cannot be read: " + error.detail});
    return std::optional(audit);
  };
  Claim claim;
  {
    CS_TRY(const auto live, Database::open(*file, Database::Mode::read));
    auto claimed = claim_of(*live, reader);
    if (!claimed) return unreadable(claimed.error());
    claim = std::move(*claimed);
  }
  audit.entries = claim.applied;
  if (claim.applied > reader.size() || claim.state_size > claim.applied)
    return unreadable({Errc::corrupt, "its views hold more entries than there are"});
  CS_TRY(const auto scratch, ScratchFile::make(first.parent_path() / "views.audit.sqlite"));
  CS_CHECK(compare(reader, claim, scratch->path(), progress, audit));
  return std::optional(std::move(audit));
}

}  // namespace countersign::projections
