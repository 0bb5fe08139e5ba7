// Refusal: why the domain says no. A value, never an exception; it names the guard that failed and
// what would satisfy it. Each code is documented in refusal.cc by its two sentences, in both
// languages, which the edge sends as they are.
#pragma once

#include "ledger/domain/campaign.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace countersign::ledger {

enum class RefusalCode : std::uint8_t {
  unknown_account,    // credential names no account of this ledger
  account_not_valid,  // before its start, after its end, or closed
  right_missing,      // no hat of the actor allows this act on this table or part
  unknown_campaign,
  unknown_table,
  unknown_subject,  // person, account, phase, level, part, delegation not found
  already_exists,
  definition_moved_on,  // base revision or checked revision is not the current one
  task_not_assigned,
  task_blocked,      // waits for the tables named
  window_closed,     // the table's phase is not open
  wrong_state,       // the act does not fit the task's state
  version_moved_on,  // the version named is not the table's current one
  nothing_to_submit,
  same_person,         // the last editor may not pass this version
  level_out_of_order,  // an earlier level of the approval chain is missing
  level_may_not_return,
  level_sets_no_due,  // only the school moves what a department owes
  reason_missing,
  reason_names_nothing,  // a return reason names neither a cell nor a rule
  due_missing,
  due_in_past,          // the new instant is not in the future, or the old one has passed
  signature_not_valid,  // no enrolled key, another person's key, or a revoked one
  device_key_signs,     // the service's key does not sign for who has one on a device
  key_not_proved,       // the enrolment text is not signed by the key it enrols
  key_not_cosigned,     // the present device key did not sign for its replacement
  key_known,            // enrolled before, by whomever
  key_needs_administrator,  // the holder revoked the device key; only an administrator goes on
  assist_not_open,
  delegation_not_allowed,
  campaign_frozen,    // the data are final
  only_named_tables,  // after the last body's decision, tables change only where somebody says so
  tables_unsettled,   // tables have not passed what they have to
  body_out_of_order,  // another body decides first
  not_tabled,         // the report named does not lie before this body
  quorum_missing,
  minutes_missing,
  opinion_names_nothing,  // names no table of the campaign, or says nothing
  opinions_misplaced,     // an approval without opinions has some
  may_not_send_back,
  not_frozen,
  not_submitted,
  objection_too_late,  // the time to appeal against the decision is over
  objection_open,      // a fact waits for its decision
  party_to_the_case,   // who objected, or belongs to the unit, does not decide
  correction_missing,  // a corrected fact needs the overrun that remains
  bulletin_cites_nothing,
  bulletin_names_person,  // bulletins name units only
  fact_not_standing,      // a voided fact is cited
  period_running,         // the units' time to object is not over
  version_not_raised,     // a rule, quantity or indicator changed and its version did not
  chain_in_use,           // tables have passed levels of the approval chain that would change
  validation_missing,     // no run of the rules for this very version
  findings_open,          // blocking findings that nobody explained
  explanations_pending,   // explanations wait for the reviewer
  rule_withdrawn,         // the rule version was withdrawn
  evidence_missing,       // required evidence is not there
  inputs_unsettled,       // input tables have not passed the first review
  plans_unsettled,        // rectification plans wait to be drafted or accepted
  plan_incomplete,        // causes and measures must both be there, for every item
  items_undecided,        // every item of the plan is accepted or sent back, with a reason
  nothing_to_carry,       // no previous edition, or it was never submitted
  already_carried,        // rows were carried forward, or the table has rows
  nothing_to_confirm,
  pack_missing,   // the case has no sealed pack
  not_served,     // the unit has not been given the pack
  evidence_kind,  // the requirement named takes other kinds of evidence
  outage_not_over,  // the end does not follow the beginning, or has not come yet
  nothing_to_erase,  // the row, the entry or the person has nothing more to erase
  row_in_use,     // the row stands in a table that may still change
  not_a_text,     // an item named holds no words
  text_in_use,    // somebody has still to answer or decide on what it says
  person_in_use,  // an account of the person may still be used
  not_simulated,  // the clock of a real ledger cannot be set
  clock_goes_back,
  ledger_exists,
};
std::string_view to_string(RefusalCode code);

struct Refusal {
  RefusalCode code;
  std::map<std::string, std::string> facts;  // non-personal values for the texts: table, level, due

  BilingualText guard() const;  // what was not satisfied
  BilingualText cure() const;   // what would satisfy it
};

}  // namespace countersign::ledger
