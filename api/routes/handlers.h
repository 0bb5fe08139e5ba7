// Every handler, by file. The table that binds them to methods and paths is routes.cc; their
// bodies and answers are described in ../README.md and /openapi.json.
#pragma once

#include "api/routes/access.h"
#include "api/routes/endpoint.h"

namespace countersign::api {

// session.cc
ReadResult login(const Request&, Services&);
ReadResult show_me(const Request&, Services&);
WriteResult change_own_password(const Request&, Services&);
// Compares a password under the guard; none when it is right. `record` may be null. Whoever has a
// valid session is guarded apart from strangers, who would else keep them from signing in time.
std::optional<Problem> refuse_password(LoginGuard& guard, const std::string& account,
                                       const ledger::AccountRecord* record,
                                       const std::string& password);
// The same by a comparison of the caller's own, as LoginGuard takes it.
std::optional<Problem> refuse_password(LoginGuard& guard, const std::string& account,
                                       const std::function<bool()>& matches);

// campaigns.cc
ReadResult list_campaigns(const Request&, Services&);
ReadResult show_campaign(const Request&, Services&);
std::optional<Problem> may_define_campaign(const Request&, const Services&);
WriteResult define_campaign(const Request&, Services&);
WriteResult assign_tasks(const Request&, Services&);
WriteResult open_phase(const Request&, Services&);
WriteResult close_phase(const Request&, Services&);
WriteResult move_due(const Request&, Services&);
WriteResult grant_delegation(const Request&, Services&);
WriteResult revoke_delegation(const Request&, Services&);
ReadResult list_tables(const Request&, Services&);

// accounts.cc
ReadResult list_accounts(const Request&, Services&);
WriteResult open_account(const Request&, Services&);
WriteResult close_account(const Request&, Services&);
WriteResult set_account_password(const Request&, Services&);

// keys.cc
ReadResult list_keys(const Request&, Services&);
WriteResult enrol_key(const Request&, Services&);
WriteResult revoke_key(const Request&, Services&);

// rows.cc
RecordedRead list_rows(const Request&, Services&);
RecordedRead show_row(const Request&, Services&);
WriteResult put_row(const Request&, Services&);
WriteResult patch_row(const Request&, Services&);
WriteResult remove_row(const Request&, Services&);
WriteResult change_rows(const Request&, Services&);

// sheet.cc
RecordedRead export_sheet(const Request&, Services&);
WriteResult import_sheet(const Request&, Services&);

// trace.cc
RecordedRead show_history(const Request&, Services&);
ReadResult list_table_entries(const Request&, Services&);
RecordedRead show_blame(const Request&, Services&);
RecordedRead show_diff(const Request&, Services&);
RecordedRead show_entry(const Request&, Services&);

// row_proof.cc
RecordedRead prove_row(const Request&, Services&);
WriteResult attest_table(const Request&, Services&);

// activity.cc
ReadResult list_acts(const Request&, Services&);
ReadResult list_late_changes(const Request&, Services&);
RecordedRead export_changes(const Request&, Services&);

// feed.cc
ReadResult follow_events(const Request&, Services&);

// workflow.cc
ReadResult show_version(const Request&, Services&);
ReadResult show_sign_off_text(const Request&, Services&);
WriteResult submit_table(const Request&, Services&);
WriteResult approve_table(const Request&, Services&);
WriteResult return_table(const Request&, Services&);
WriteResult request_assist(const Request&, Services&);
WriteResult deliver_assist(const Request&, Services&);
WriteResult decline_assist(const Request&, Services&);

// timeliness.cc
ReadResult show_deadlines(const Request&, Services&);
ReadResult list_tasks(const Request&, Services&);
ReadResult show_task(const Request&, Services&);

// log.cc
ReadResult show_checkpoint(const Request&, Services&);
ReadResult show_cosigned_checkpoint(const Request&, Services&);
ReadResult show_tile(const Request&, Services&);
ReadResult show_proof(const Request&, Services&);
ReadResult show_consistency(const Request&, Services&);
ReadResult show_verifier_key(const Request&, Services&);
ReadResult show_sm2_verifier_key(const Request&, Services&);
ReadResult show_log_keys(const Request&, Services&);
RecordedRead export_log(const Request&, Services&);

// erasures.cc
ReadResult list_erasures(const Request&, Services&);
WriteResult erase_row(const Request&, Services&);
WriteResult erase_texts(const Request&, Services&);
WriteResult erase_person(const Request&, Services&);
ReadResult list_all_erasures(const Request&, Services&);

// timestamps.cc
ReadResult list_timestamps(const Request&, Services&);
ReadResult show_timestamp(const Request&, Services&);
ReadResult show_stamped_checkpoint(const Request&, Services&);
ReadResult show_timestamp_request(const Request&, Services&);

// backups.cc
ReadResult list_backups(const Request&, Services&);
WriteResult start_backup(const Request&, Services&);

// facts.cc
ReadResult list_facts(const Request&, Services&);
ReadResult show_fact(const Request&, Services&);
WriteResult object_to_fact(const Request&, Services&);
WriteResult decide_fact(const Request&, Services&);

// bulletins.cc
ReadResult list_bulletins(const Request&, Services&);
WriteResult draft_bulletin(const Request&, Services&);
WriteResult correct_bulletin(const Request&, Services&);
WriteResult publish_bulletin(const Request&, Services&);

// rules.cc
ReadResult list_rules(const Request&, Services&);
WriteResult withdraw_rule(const Request&, Services&);
WriteResult validate_table(const Request&, Services&);
RecordedRead list_findings(const Request&, Services&);
WriteResult explain_finding(const Request&, Services&);
WriteResult decide_explanation(const Request&, Services&);
// cases.cc
ReadResult list_cases(const Request&, Services&);
ReadResult show_case(const Request&, Services&);
WriteResult open_case(const Request&, Services&);
WriteResult seal_pack(const Request&, Services&);
WriteResult serve_case(const Request&, Services&);
WriteResult acknowledge_case(const Request&, Services&);
WriteResult conclude_case(const Request&, Services&);
WriteResult correct_case(const Request&, Services&);

// packs.cc
RecordedRead export_pack(const Request&, Services&);
RecordedRead export_unit_pack(const Request&, Services&);
RecordedRead export_case_archive(const Request&, Services&);
RecordedRead export_unit_archive(const Request&, Services&);
RecordedRead export_table_archive(const Request&, Services&);

// proceedings.cc
ReadResult show_proceedings(const Request&, Services&);
WriteResult table_campaign(const Request&, Services&);
WriteResult decide_campaign(const Request&, Services&);
WriteResult grant_exception(const Request&, Services&);
WriteResult freeze_campaign(const Request&, Services&);
WriteResult submit_campaign(const Request&, Services&);
WriteResult accept_campaign(const Request&, Services&);
WriteResult reopen_campaign(const Request&, Services&);

// carry_forward.cc
WriteResult carry_forward(const Request&, Services&);
RecordedRead show_provenance(const Request&, Services&);
WriteResult confirm_rows(const Request&, Services&);
ReadResult show_burden(const Request&, Services&);

// subjects.cc
RecordedRead show_own_data(const Request&, Services&);
WriteResult request_correction(const Request&, Services&);
RecordedRead list_corrections(const Request&, Services&);
WriteResult answer_correction(const Request&, Services&);

// statistics.cc
ReadResult show_statistics(const Request&, Services&);
// evidence.cc
RecordedRead list_evidence(const Request&, Services&);
ReadResult list_indicator_evidence(const Request&, Services&);
ReadResult show_evidence_coverage(const Request&, Services&);
WriteResult register_evidence(const Request&, Services&);
WriteResult register_indicator_evidence(const Request&, Services&);
WriteResult record_evidence_showing(const Request&, Services&);
WriteResult withdraw_evidence(const Request&, Services&);
WriteResult report_evidence_missing(const Request&, Services&);

// evidence_files.cc
// The piece that the path names; nullopt: no number.
std::optional<ledger::LeafIndex> evidence_id(const Request&);
std::optional<Problem> may_upload_evidence(const Request&, const Services&);
WriteResult upload_evidence(const Request&, Services&);
RecordedRead show_evidence_file(const Request&, Services&);
// reminders.cc
ReadResult list_chases(const Request&, Services&);
ReadResult show_chase_list(const Request&, Services&);
WriteResult chase_unit(const Request&, Services&);
WriteResult answer_chase(const Request&, Services&);
ReadResult list_readiness(const Request&, Services&);
WriteResult record_readiness(const Request&, Services&);
ReadResult list_outages(const Request&, Services&);
WriteResult record_outage(const Request&, Services&);

// records.cc
ReadResult show_department_record(const Request&, Services&);
// indicators.cc
ReadResult list_indicators(const Request&, Services&);
WriteResult compute_indicators(const Request&, Services&);
ReadResult show_indicator(const Request&, Services&);
RecordedRead list_indicator_cells(const Request&, Services&);

// plans.cc
ReadResult list_plans(const Request&, Services&);
WriteResult draft_plan(const Request&, Services&);
WriteResult decide_plan(const Request&, Services&);
WriteResult follow_up_plan(const Request&, Services&);

// views.cc
ReadResult show_views(const Request&, Services&);
WriteResult rebuild_views(const Request&, Services&);

// service.cc
ReadResult show_ledger(const Request&, Services&);
WriteResult advance_clock(const Request&, Services&);
ReadResult show_health(const Request&, Services&);
ReadResult show_readiness(const Request&, Services&);
ReadResult show_metrics(const Request&, Services&);
ReadResult show_openapi(const Request&, Services&);
ReadResult show_campaign_schema(const Request&, Services&);

}  // namespace countersign::api
