// countersign: the command line of the ledger.
#include "tools/cli/command.h"

#include <iostream>
#include <regex>

int main(int argc, char** argv) {
  using namespace countersign::tools;
  CLI::App app{
      "countersign: who changed what, when, on whose authority, and was it late\n"
      "台账命令行：谁、何时、凭何权限改了什么，是否逾期"};
  app.require_subcommand(1);
  app.set_version_flag("--version", COUNTERSIGN_VERSION);
  app.footer(
      "The service is named by `countersign login --url …` or COUNTERSIGN_URL.\n"
      "Passwords are asked for, or taken from COUNTERSIGN_PASSWORD, one that is to be set from\n"
      "COUNTERSIGN_NEW_PASSWORD; never from the command line.");
  GlobalOptions global;
  app.add_flag("--json", global.json, "print JSON for scripts instead of tables");
  app.add_option("--campaign,-c", global.campaign, "campaign id")->capture_default_str();
  app.add_option("--lang", global.lang, "language of tables: zh or en; else as LANG says")
      ->check(CLI::IsMember({"zh", "en"}));
  app.add_option("--zone", global.zone, "offset of the times shown")
      ->check(CLI::Validator(
          [](const std::string& zone) {
            return std::regex_match(zone, std::regex("[+-][0-2][0-9]:[0-5][0-9]"))
                       ? std::string()
                       : std::string("an offset such as +08:00 is expected");
          },
          "OFFSET"))
      ->capture_default_str();
  app.fallthrough();

  Action action;
  add_session_commands(app, global, action);
  add_campaign_commands(app, global, action);
  add_account_commands(app, global, action);
  add_key_commands(app, global, action);
  add_sheet_commands(app, global, action);
  add_workflow_commands(app, global, action);
  add_trace_commands(app, global, action);
  add_activity_commands(app, global, action);
  add_timeliness_commands(app, global, action);
  add_verify_command(app, global, action);
  add_proof_command(app, global, action);
  add_init_command(app, action);
  add_fsck_command(app, global, action);
  add_ledger_keys_command(app, global, action);
  add_erase_commands(app, global, action);
  add_case_commands(app, global, action);
  add_rule_commands(app, global, action);
  add_appraisal_commands(app, global, action);
  add_pack_commands(app, global, action);
  add_indicator_commands(app, global, action);
  add_proceedings_commands(app, global, action);
  add_carry_commands(app, global, action);
  add_subject_commands(app, global, action);
  add_reminder_commands(app, global, action);
  add_backup_commands(app, global, action);
  add_views_command(app, global, action);
  add_evidence_commands(app, global, action);
  add_timestamp_commands(app, global, action);
  add_witness_commands(app, global, action);
  add_demo_command(app, global, action);
  CLI11_PARSE(app, argc, argv);

  const auto done = action();
  if (!done) {
    std::cerr << "countersign: " << done.error().detail << "\n";
    return 1;
  }
  return 0;
}
