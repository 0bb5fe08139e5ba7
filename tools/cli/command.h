// One subcommand of the command line: its options, its help, and what it does. Every file named
// after a subcommand (or a family of them) registers itself here; main.cc lists them.
#pragma once

#include "ledger/base/result.h"

#include <functional>

#include <CLI/CLI.hpp>

namespace countersign::tools {

// Options that every subcommand understands.
struct GlobalOptions {
  bool json = false;
  std::string campaign = "2020";
  std::string lang;             // "zh", "en", or empty: as the environment asks (language.h)
  std::string zone = "+08:00";  // of the times shown to people
};

// Of the option --key-passphrase-file, which every subcommand has that opens a ledger's own files.
inline constexpr const char* kKeyPassphraseHelp =
    "file with the passphrase of the ledger's key files; else COUNTERSIGN_KEY_PASSPHRASE";

// Of an option by which something is demanded, such as a key that must have signed: an empty value, as
// a shell makes it of "$(a command that failed)", is refused, not taken for no demand.
inline CLI::Validator not_empty() {
  return CLI::Validator([](std::string& value) { return value.empty() ? "it is empty" : ""; }, "");
}

// Set by the subcommand that was chosen; runs after parsing.
using Action = std::function<ledger::Result<void>()>;

void add_session_commands(CLI::App& app, const GlobalOptions& global, Action& action);  // login, me
void add_init_command(CLI::App& app, Action& action);
void add_ledger_keys_command(CLI::App& app, const GlobalOptions& global,
                             Action& action);  // ledger-keys …
void add_fsck_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_verify_command(CLI::App& app, const GlobalOptions& global,
                        Action& action);  // verify, log-export
void add_proof_command(CLI::App& app, const GlobalOptions& global, Action& action);  // proof row
void add_campaign_commands(CLI::App& app, const GlobalOptions& global,
                           Action& action);  // campaign …
void add_account_commands(CLI::App& app, const GlobalOptions& global, Action& action);  // account …
void add_key_commands(CLI::App& app, const GlobalOptions& global, Action& action);  // key …
void add_sheet_commands(CLI::App& app, const GlobalOptions& global,
                        Action& action);  // import, export, edit
void add_workflow_commands(CLI::App& app, const GlobalOptions& global,
                           Action& action);  // submit, pass, return, sign
void add_trace_commands(CLI::App& app, const GlobalOptions& global,
                        Action& action);  // history, entries, entry, blame, diff
void add_activity_commands(CLI::App& app, const GlobalOptions& global,
                           Action& action);  // acts, late, changes, follow
void add_timeliness_commands(CLI::App& app, const GlobalOptions& global,
                             Action& action);  // facts, deadlines
void add_case_commands(CLI::App& app, const GlobalOptions& global,
                       Action& action);  // fact, bulletin
void add_rule_commands(CLI::App& app, const GlobalOptions& global,
                       Action& action);  // validate, findings, explain, rule
void add_appraisal_commands(CLI::App& app, const GlobalOptions& global,
                            Action& action);  // case
void add_pack_commands(CLI::App& app, const GlobalOptions& global, Action& action);  // pack …
void add_indicator_commands(CLI::App& app, const GlobalOptions& global,
                            Action& action);  // indicators, indicator, plan
void add_proceedings_commands(CLI::App& app, const GlobalOptions& global,
                              Action& action);  // proceedings
void add_carry_commands(CLI::App& app, const GlobalOptions& global,
                        Action& action);  // carry, confirm, provenance, burden
void add_subject_commands(CLI::App& app, const GlobalOptions& global,
                          Action& action);  // my, correction, statistics
void add_reminder_commands(CLI::App& app, const GlobalOptions& global,
                           Action& action);  // chase, readiness, outage, record
void add_backup_commands(CLI::App& app, const GlobalOptions& global,
                         Action& action);  // backup, backups, restore
void add_views_command(CLI::App& app, const GlobalOptions& global, Action& action);  // views
void add_evidence_commands(CLI::App& app, const GlobalOptions& global,
                           Action& action);  // evidence …
void add_timestamp_commands(CLI::App& app, const GlobalOptions& global,
                            Action& action);  // timestamp …
void add_witness_commands(CLI::App& app, const GlobalOptions& global,
                          Action& action);                                          // witness …
void add_erase_commands(CLI::App& app, const GlobalOptions& global,
                        Action& action);  // erase, erase-texts, erase-person, erasures
void add_demo_command(CLI::App& app, const GlobalOptions& global, Action& action);  // demo

}  // namespace countersign::tools
