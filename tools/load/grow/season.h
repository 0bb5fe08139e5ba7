// Season: one autumn's campaign, from its definition to the receiver's acceptance. What is done in
// the course of it are acts, each at an instant; edits and looks fill the hours between, more of
// them the nearer the due instants are.
//
// Every table is imported when what it depends on has passed, edited, and handed in several times:
// validated, submitted, reviewed, signed, reviewed by the office, sometimes returned, sometimes
// late. Then the deciding bodies decide, and the data are frozen and handed over.
#pragma once

#include "tools/demo/synthetic_school.h"
#include "tools/load/grow/crew.h"
#include "tools/load/grow/sheet_model.h"
#include "tools/load/grow/writer.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace countersign::tools {

struct SeasonPlan {
  int year = 0;
  ledger::TreeSize entries_end = 0;  // the ledger's size when it is over
  double rows_share = 1;             // of each table's rows
  unsigned rounds = 1;               // how often a table is handed in, at most
};

class Season {
 public:
  // All must outlive the season. The campaign is defined and its accounts have their keys.
  Season(const SeasonPlan& plan, const ledger::CampaignDefinition& campaign, const Crew& crew,
         ledger::Ledger& ledger, Writer& writer, Random& random);

  // `progress` is called with the ledger's size now and then.
  //   any error; Errc::conflict when the ledger refuses something, with the refusal in words
  ledger::Result<void> play(const std::function<void(ledger::TreeSize)>& progress);

 private:
  // A table on its way.
  struct Sheet {
    const ledger::TableDefinition* table = nullptr;
    std::unique_ptr<SheetModel> model;  // none: not imported yet
    std::vector<ledger::Timestamp> rounds;  // still to come
    ledger::Timestamp due;
    ledger::VersionRef submitted;  // number 0: never
    std::size_t levels = 0;        // passed by that version
    bool under_way = false;        // between a submission and the office's answer
    bool returned = false;         // waits to be handed in again
    bool released = false;         // what waits for it may begin
    bool finished = false;
    bool help_asked = false;
    std::vector<ledger::LeafIndex> explanations;  // without an answer
  };
  using Sheets = std::vector<std::size_t>;  // positions in sheets_
  enum class Act : std::uint8_t {
    open_base, open_all, bring_in, submit, review, sign, first_review, extend, ask_help,
    answer_help, chase, bring_in_again, show_evidence, close_base, close_all
  };

  // season.cc: what is when.
  void plan_acts();
  void plan_rounds(Sheet& sheet, ledger::Timestamp first);
  void at(ledger::Timestamp when, Act act, std::size_t sheet = 0);
  ledger::Result<void> run_acts(ledger::Timestamp until);
  ledger::Result<void> run_act(Act act, const Sheets& sheets);
  ledger::Result<void> fill_hour(ledger::Timestamp begin, double share);
  ledger::Result<void> fill_up();
  ledger::Timestamp window_end(const Sheet& sheet) const;

  // season_acts.cc: what departments and the office do with tables.
  ledger::Result<void> prepare_campaign();
  ledger::Result<void> open_or_close(const char* phase, bool open);
  ledger::Result<void> bring_in(const Sheets& sheets);
  ledger::Result<void> bring_in_again(const Sheets& sheets);
  ledger::Result<void> submit(const Sheets& sheets);
  ledger::Result<void> validate(const Sheets& sheets);
  ledger::Result<void> approve(const Sheets& sheets, std::size_t level);
  ledger::Result<void> answer_explanations(const Sheets& sheets);
  ledger::Result<void> extend(const Sheets& sheets);
  ledger::Result<void> ask_help(const Sheets& sheets);
  ledger::Result<void> answer_help(const Sheets& sheets);
  ledger::Result<void> chase(const Sheets& sheets);
  ledger::Result<void> show_evidence(const Sheets& sheets);
  ledger::Result<void> conclude();
  bool may_return(const Sheet& sheet, std::size_t level);

  // season_edits.cc: single rows, and looks at them.
  ledger::Result<void> edit_and_look(std::size_t count, ledger::Timestamp from,
                                     ledger::Timestamp to);
  std::optional<Order> edit(ledger::Timestamp when);
  std::optional<Order> look(ledger::Timestamp when, bool any_time);
  Sheet* any_open_sheet();

  ledger::AccountId filler(const Sheet& sheet) const;
  Order order(ledger::AccountId account, ledger::Command command) const;
  bool draw(unsigned of_a_thousand) { return random_() % 1000 < of_a_thousand; }

  const SeasonPlan plan_;
  const ledger::CampaignDefinition& campaign_;
  const Crew& crew_;
  ledger::Ledger& ledger_;
  Writer& writer_;
  Random& random_;
  const SyntheticSchool school_;

  ledger::Timestamp now_;
  std::vector<Sheet> sheets_;
  std::map<ledger::TableKey, std::size_t> positions_;
  std::map<std::pair<ledger::Timestamp, Act>, Sheets> acts_;
  std::set<ledger::PhaseId> open_;
  std::size_t entries_ahead_ = 0;  // that acts to come will make, roughly
  double owed_ = 0;                // entries of an hour that were too few to be worth a step

  // Tables that take edits now, and the running sums of how likely each is to.
  std::vector<std::size_t> open_sheets_;
  std::vector<std::uint64_t> open_sums_;
  // Rows touched by this step and the one before, which may still be on its way.
  std::unordered_set<std::string> touched_;
  std::unordered_set<std::string> touched_before_;
};

}  // namespace countersign::tools
