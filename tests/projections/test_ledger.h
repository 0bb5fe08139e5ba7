// A ledger of recorded decisions without its sequencer: commands are decided, encoded and folded
// by the real domain, at instants the test chooses, into an event log in memory.
#pragma once

#include "ledger/domain/decide.h"
#include "ledger/log/announcement.h"
#include "ledger/log/event_log.h"
#include "ledger/reader.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

// The campaign of every test ledger.
inline const ledger::CampaignId kCampaign("2020");

// 2020-10-`day` at `hour`:`minute`, +08:00.
ledger::Timestamp october(int day, int hour, int minute = 0);

class TestLedger final : public ledger::EventLog {
 public:
  // Ledger, campaign "2020" and keys are made; tasks are not assigned yet. Tables: units (owner
  // OFFICE, due 10-10 24:00), staff and majors (owners HR and AA, wait for units, due 10-11 24:00;
  // LIB assists staff with part "books"), books (owner LIB, no dependency, due 10-15 24:00).
  // Accounts "<department>.filler", ".reviewer", ".head", "CENTRE.office" and
  // "CENTRE.appraisal" (accountability reviewer), persons "p-" + the account's id. Approval chain:
  // review (releases), head, first_review (school-wide).
  explicit TestLedger(std::string origin = "test.example/2020");

  const ledger::Reader& reader() const { return reader_; }
  const ledger::State& state() const { return state_; }

  // The first entry of what the command became. Fails the test on a refusal. Account "system" is
  // the service's own processes.
  ledger::LeafIndex act(const std::string& account, const ledger::Command& command,
                        ledger::Timestamp at, std::optional<ledger::Timestamp> claimed = {});
  // Changes rows; a row whose cells are empty is removed. `imported`: ends in an import's receipt.
  ledger::LeafIndex edit(const std::string& account, const std::string& table,
                         const std::map<std::string, ledger::Cells>& rows, ledger::Timestamp at,
                         const std::string& reason = "", bool imported = false);
  // Changes these columns of rows that are there, as an assisting department does.
  ledger::LeafIndex edit_columns(const std::string& account, const std::string& table,
                                 const std::vector<std::string>& columns,
                                 const std::map<std::string, ledger::Cells>& rows,
                                 ledger::Timestamp at);
  // Brings rows of the edition before.
  ledger::LeafIndex carry(const std::string& account, const std::string& table,
                          const std::map<std::string, ledger::Cells>& rows, ledger::Timestamp at,
                          const ledger::CarrySource& from);
  // A campaign "2019" of the same tables, in which `table` was submitted; "2020" names it as the
  // edition before, and its rows as being about whom their "no" says. To be carried from it.
  ledger::CarrySource submit_before(const std::string& department, const std::string& table,
                                    ledger::Timestamp at);
  void assign_and_open(ledger::Timestamp at);
  ledger::LeafIndex submit(const std::string& account, const std::string& table,
                           ledger::Timestamp at, std::optional<ledger::Timestamp> claimed = {});
  ledger::LeafIndex approve(const std::string& account, const std::string& table,
                            const std::string& level, ledger::Timestamp at);
  ledger::LeafIndex give_back(const std::string& account, const std::string& table,
                              const std::string& level, ledger::Timestamp at,
                              std::optional<ledger::Timestamp> due = {});
  // Filled by the filler, submitted and passed by the reviewer of `department`.
  void fill_and_submit(const std::string& department, const std::string& table,
                       ledger::Timestamp at);
  // A new revision of the definition, as `change` makes it.
  void redefine(const std::function<void(ledger::CampaignDefinition&)>& change,
                ledger::Timestamp at);
  // A new revision of the definition with one column more in `table`.
  void add_column(const std::string& table, const std::string& column, ledger::Timestamp at);

  // A new revision that asks for accounts and training.
  void ask_readiness(ledger::Timestamp at);

  // Erases the words of an entry, from its payload too; false: it holds none.
  bool erase_texts(ledger::LeafIndex entry, ledger::Timestamp at);
  // Closes the account, and erases its person's name.
  void erase_person(const std::string& account, ledger::Timestamp at);

  // The rows of a table after `size` entries, by replay.
  std::map<std::string, ledger::Cells> replay(const std::string& table,
                                              ledger::TreeSize size) const;

  // Makes readers see the first `size` entries only.
  void show(ledger::TreeSize size) { shown_ = size; }
  // Announces what the other ledger has behind those that this one shows, before `end`: as it may be
  // written here too, or come to nothing. Settled by settle(), before either ledger is gone.
  void announce(const TestLedger& from, ledger::TreeSize end);
  // Durable: they are shown from now on; only where they are this ledger's own.
  void settle(bool durable);
  // Returns once so many of the announced entries were read.
  void wait_until_read(std::size_t announced) const;
  // Flips a byte in the header of an entry, or puts it back.
  void damage(ledger::LeafIndex index);
  // While the lock is held, whoever reads an entry waits.
  std::unique_lock<std::mutex> hold_entries() const { return std::unique_lock(entry_gate_); }

  ledger::Result<std::uint64_t> take_over() override { return std::uint64_t{1}; }
  ledger::Result<void> append(const ledger::AppendBatch& batch) override;
  ledger::TreeSize size() const override;
  bool wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) const override;
  std::shared_ptr<const ledger::Announcement> announced() const override;
  bool wait_for_foreseen(ledger::TreeSize at_least,
                          std::chrono::milliseconds timeout) const override;
  void interrupt_waits() override {}
  ledger::Result<ledger::StoredEntry> entry(ledger::LeafIndex index) const override;
  ledger::Result<std::string> header(ledger::LeafIndex index) const override;
  ledger::Result<void> scan(
      ledger::LeafIndex first, ledger::LeafIndex end,
      const std::function<bool(ledger::LeafIndex, ledger::StoredEntry&&)>& visit)
      const override;
  ledger::Result<ledger::Hash> node(std::uint64_t id) const override;
  ledger::Result<std::string> checkpoint(ledger::TreeSize size) const override;
  ledger::Result<std::string> latest_checkpoint() const override;
  ledger::Result<std::optional<ledger::CommandRecord>> command(
      std::string_view command_id) const override;
  std::unique_ptr<RowView> row_view() const override { return nullptr; }
  ledger::Result<std::optional<ledger::StateSnapshot>> snapshot() const override;

 private:
  ledger::LeafIndex change(const std::string& account, ledger::ChangeRows command,
                           const std::map<std::string, ledger::Cells>& rows, ledger::Timestamp at);
  ledger::LeafIndex record(const std::string& account, const ledger::Command& command,
                           std::vector<std::string> row_items, ledger::Timestamp at,
                           std::optional<ledger::Timestamp> claimed);
  ledger::VersionRef version_of(const std::string& table) const;
  // Takes out of the payloads what the targets name.
  void carry_out(const std::vector<ledger::ErasureTarget>& targets);

  struct Change {
    ledger::LeafIndex index;
    std::string table;
    std::map<std::string, ledger::Cells> rows;
  };

  const std::string origin_;
  ledger::State state_;
  ledger::Timestamp sequenced_{};
  mutable std::mutex mutex_;  // of entries_: views follow from their own thread
  mutable std::mutex entry_gate_;
  std::vector<ledger::StoredEntry> entries_;
  std::map<std::string, ledger::LeafIndex> heads_;  // "table/key"
  std::vector<Change> changes_;
  std::atomic<ledger::TreeSize> shown_;
  std::vector<ledger::StoredEntry> announced_entries_;
  std::atomic<std::size_t> announced_read_{0};
  std::shared_ptr<ledger::Announcement> announced_;  // guarded by mutex_
  const ledger::Reader reader_;
};

// A directory for views that is gone when the test ends.
class ViewsDirectory {
 public:
  std::filesystem::path file(const std::string& name = "views.sqlite") const {
    return directory_ / name;
  }

 private:
  countersign::testing::TempDir directory_;
};

// Everything the store holds, as text.
std::string dump(const std::filesystem::path& file);

}  // namespace countersign::projections
