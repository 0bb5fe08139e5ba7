// Every route of the service on one screen. A line: method, pattern, access, handler, name in the
// OpenAPI document and the metrics, the largest body taken, and who is asked for one of more than a
// megabyte before it is read (HeadCheck).
#include "api/routes/handlers.h"

#include <array>

namespace countersign::api {

namespace {

constexpr std::size_t kDefinitionBytes = 8 << 20;
constexpr std::size_t kSheetBytes = 64 << 20;
constexpr std::size_t kEvidenceBytes = 1 << 30;  // the service's setting is what counts

#define CAMPAIGN "/v1/campaigns/{campaign}"
#define TABLE CAMPAIGN "/tables/{table}"

constexpr auto kOpen = Access::open;
constexpr auto kAuth = Access::authenticated;

template <typename Handler>
constexpr Endpoint route(std::string_view method, std::string_view pattern, Access access,
                         Handler handler, std::string_view name,
                         std::size_t body_bytes_max = 1 << 20, BodyTo body_to = BodyTo::memory,
                         HeadCheck head_check = nullptr) {
  return {method, pattern, access, handler, name, body_bytes_max, body_to, head_check};
}

// What the whole of a deadline's last hour is made of.
template <typename Handler>
constexpr Endpoint quick(std::string_view method, std::string_view pattern, Access access,
                         Handler handler, std::string_view name) {
  Endpoint endpoint = route(method, pattern, access, handler, name);
  endpoint.pace = Pace::quick;
  return endpoint;
}

// clang-format off
const auto kEndpoints = std::to_array<Endpoint>({
    route("POST",   "/v1/login",                                 kOpen, &login,               "login", 4096),
    route("GET",    "/v1/me",                                    kAuth, &show_me,             "show_me"),
    route("POST",   "/v1/password",                              kAuth, &change_own_password, "change_own_password", 4096),
    route("GET",    "/v1/ledger",                                kOpen, &show_ledger,         "show_ledger"),
    route("POST",   "/v1/simulation/clock",                      kAuth, &advance_clock,       "advance_clock", 4096),

    route("GET",    "/v1/campaigns",                             kAuth, &list_campaigns,      "list_campaigns"),
    route("GET",    CAMPAIGN,                                    kAuth, &show_campaign,       "show_campaign"),
    route("PUT",    CAMPAIGN,                                    kAuth, &define_campaign,     "define_campaign", kDefinitionBytes, BodyTo::memory, &may_define_campaign),
    route("POST",   CAMPAIGN "/assignments",                     kAuth, &assign_tasks,        "assign_tasks"),
    route("POST",   CAMPAIGN "/phases/{phase}/open",             kAuth, &open_phase,          "open_phase"),
    route("POST",   CAMPAIGN "/phases/{phase}/close",            kAuth, &close_phase,         "close_phase"),
    route("POST",   CAMPAIGN "/extensions",                      kAuth, &move_due,            "move_due"),
    route("POST",   CAMPAIGN "/delegations",                     kAuth, &grant_delegation,    "grant_delegation"),
    route("DELETE", CAMPAIGN "/delegations/{delegation}",        kAuth, &revoke_delegation,   "revoke_delegation"),
    route("GET",    CAMPAIGN "/deadlines",                       kAuth, &show_deadlines,      "show_deadlines"),
    route("GET",    CAMPAIGN "/tasks",                           kAuth, &list_tasks,          "list_tasks"),
    route("GET",    CAMPAIGN "/facts",                           kAuth, &list_facts,          "list_facts"),
    route("GET",    CAMPAIGN "/acts",                            kAuth, &list_acts,           "list_acts"),
    route("GET",    CAMPAIGN "/late-changes",                    kAuth, &list_late_changes,   "list_late_changes"),
    route("GET",    CAMPAIGN "/changes",                         kAuth, &export_changes,      "export_changes"),
    route("GET",    CAMPAIGN "/tables",                          kAuth, &list_tables,         "list_tables"),

    route("POST",   CAMPAIGN "/facts/{fact}/objection",          kAuth, &object_to_fact,      "object_to_fact"),
    route("POST",   CAMPAIGN "/facts/{fact}/decision",           kAuth, &decide_fact,         "decide_fact"),
    route("GET",    CAMPAIGN "/bulletins",                       kAuth, &list_bulletins,      "list_bulletins"),
    route("POST",   CAMPAIGN "/bulletins",                       kAuth, &draft_bulletin,      "draft_bulletin"),
    route("POST",   CAMPAIGN "/bulletins/{bulletin}/correction", kAuth, &correct_bulletin,    "correct_bulletin"),
    route("POST",   CAMPAIGN "/bulletins/{bulletin}/publication", kAuth, &publish_bulletin,   "publish_bulletin"),

    route("GET",    CAMPAIGN "/rules",                           kAuth, &list_rules,          "list_rules"),
    route("POST",   CAMPAIGN "/rules/{rule}/withdrawal",         kAuth, &withdraw_rule,       "withdraw_rule", 65536),
    route("POST",   TABLE "/validation",                         kAuth, &validate_table,      "validate_table", 4096),
    route("GET",    TABLE "/findings",                           kAuth, &list_findings,       "list_findings"),
    route("POST",   TABLE "/explanations",                       kAuth, &explain_finding,     "explain_finding"),
    route("POST",   TABLE "/explanations/{explanation}/decision", kAuth, &decide_explanation, "decide_explanation", 65536),
    route("GET",    CAMPAIGN "/cases",                           kAuth, &list_cases,          "list_cases"),
    route("POST",   CAMPAIGN "/cases",                           kAuth, &open_case,           "open_case"),
    route("GET",    CAMPAIGN "/cases/{case}",                    kAuth, &show_case,           "show_case"),
    route("POST",   CAMPAIGN "/cases/{case}/pack",               kAuth, &seal_pack,           "seal_pack", 4096),
    route("GET",    CAMPAIGN "/cases/{case}/pack",               kAuth, &export_pack,         "export_pack"),
    route("POST",   CAMPAIGN "/cases/{case}/service",            kAuth, &serve_case,          "serve_case", 4096),
    route("POST",   CAMPAIGN "/cases/{case}/acknowledgement",    kAuth, &acknowledge_case,    "acknowledge_case", 4096),
    route("POST",   CAMPAIGN "/cases/{case}/conclusion",         kAuth, &conclude_case,       "conclude_case"),
    route("POST",   CAMPAIGN "/cases/{case}/correction",         kAuth, &correct_case,        "correct_case"),
    route("GET",    "/v1/departments/{department}/pack",         kAuth, &export_unit_pack,    "export_unit_pack"),
    route("GET",    CAMPAIGN "/cases/{case}/pack.zip",           kAuth, &export_case_archive, "export_case_archive"),
    route("GET",    "/v1/departments/{department}/pack.zip",     kAuth, &export_unit_archive, "export_unit_archive"),
    route("GET",    CAMPAIGN "/tables/{table}/pack.zip",         kAuth, &export_table_archive, "export_table_archive"),

    route("GET",    CAMPAIGN "/proceedings",                     kAuth, &show_proceedings,    "show_proceedings"),
    route("POST",   CAMPAIGN "/bodies/{body}/report",            kAuth, &table_campaign,      "table_campaign", 4096),
    route("POST",   CAMPAIGN "/bodies/{body}/decision",          kAuth, &decide_campaign,     "decide_campaign"),
    route("POST",   CAMPAIGN "/freeze",                          kAuth, &freeze_campaign,     "freeze_campaign", 4096),
    route("POST",   CAMPAIGN "/submission",                      kAuth, &submit_campaign,     "submit_campaign", 4096),
    route("POST",   CAMPAIGN "/acceptance",                      kAuth, &accept_campaign,     "accept_campaign", 4096),
    route("POST",   CAMPAIGN "/reopening",                       kAuth, &reopen_campaign,     "reopen_campaign"),

    route("GET",    CAMPAIGN "/evidence",                        kAuth, &list_indicator_evidence, "list_indicator_evidence"),
    route("POST",   CAMPAIGN "/evidence",                        kAuth, &register_indicator_evidence, "register_indicator_evidence"),
    route("GET",    CAMPAIGN "/evidence/coverage",               kAuth, &show_evidence_coverage, "show_evidence_coverage"),
    route("POST",   CAMPAIGN "/evidence/files",                  kAuth, &upload_evidence,     "upload_evidence", kEvidenceBytes, BodyTo::file, &may_upload_evidence),
    route("GET",    CAMPAIGN "/evidence/{evidence}/file",        kAuth, &show_evidence_file,  "show_evidence_file"),
    route("POST",   CAMPAIGN "/evidence/{evidence}/showing",     kAuth, &record_evidence_showing, "record_evidence_showing", 4096),
    route("POST",   CAMPAIGN "/evidence/{evidence}/withdrawal",  kAuth, &withdraw_evidence,   "withdraw_evidence", 65536),
    route("POST",   CAMPAIGN "/evidence/{evidence}/missing",     kAuth, &report_evidence_missing, "report_evidence_missing", 65536),
    route("GET",    TABLE "/evidence",                           kAuth, &list_evidence,       "list_evidence"),
    route("POST",   TABLE "/evidence",                           kAuth, &register_evidence,   "register_evidence", 4 << 20, BodyTo::memory, &may_upload_evidence),
    route("GET",    CAMPAIGN "/chases",                          kAuth, &list_chases,         "list_chases"),
    route("POST",   CAMPAIGN "/chases",                          kAuth, &chase_unit,          "chase_unit"),
    route("POST",   CAMPAIGN "/chases/{chase}/answer",           kAuth, &answer_chase,        "answer_chase"),
    route("GET",    CAMPAIGN "/chase-list",                      kAuth, &show_chase_list,     "show_chase_list"),
    route("GET",    CAMPAIGN "/readiness",                       kAuth, &list_readiness,      "list_readiness"),
    route("POST",   CAMPAIGN "/readiness",                       kAuth, &record_readiness,    "record_readiness"),
    route("GET",    CAMPAIGN "/outages",                         kAuth, &list_outages,        "list_outages"),
    route("POST",   CAMPAIGN "/outages",                         kAuth, &record_outage,       "record_outage"),
    route("GET",    "/v1/departments/{department}/record",       kAuth, &show_department_record, "show_department_record"),
    route("GET",    CAMPAIGN "/indicators",                      kAuth, &list_indicators,     "list_indicators"),
    route("POST",   CAMPAIGN "/indicators",                      kAuth, &compute_indicators,  "compute_indicators", 4096),
    route("GET",    CAMPAIGN "/indicators/{indicator}",          kAuth, &show_indicator,      "show_indicator"),
    route("GET",    CAMPAIGN "/indicators/{indicator}/cells",    kAuth, &list_indicator_cells, "list_indicator_cells"),
    route("GET",    CAMPAIGN "/plans",                           kAuth, &list_plans,          "list_plans"),
    route("POST",   CAMPAIGN "/plans/followups",                 kAuth, &follow_up_plan,      "follow_up_plan", 65536),
    route("POST",   CAMPAIGN "/plans/{indicator}/draft",         kAuth, &draft_plan,          "draft_plan"),
    route("POST",   CAMPAIGN "/plans/{indicator}/decision",      kAuth, &decide_plan,         "decide_plan"),

    route("GET",    TABLE "/rows",                               kAuth, &list_rows,           "list_rows"),
    route("POST",   TABLE "/rows",                               kAuth, &change_rows,         "change_rows", kDefinitionBytes, BodyTo::memory, &may_fill_table),
    route("GET",    TABLE "/rows/{key}",                         kAuth, &show_row,            "show_row"),
    route("GET",    TABLE "/rows/{key}/proof",                   kAuth, &prove_row,           "prove_row"),
    route("POST",   TABLE "/attestations",                       kAuth, &attest_table,        "attest_table", 4096),
    quick("PUT",    TABLE "/rows/{key}",                         kAuth, &put_row,             "put_row"),
    quick("PATCH",  TABLE "/rows/{key}",                         kAuth, &patch_row,           "patch_row"),
    quick("DELETE", TABLE "/rows/{key}",                         kAuth, &remove_row,          "remove_row"),
    route("POST",   TABLE "/rows/{key}/erasure",                 kAuth, &erase_row,           "erase_row", 65536),
    route("GET",    CAMPAIGN "/erasures",                        kAuth, &list_erasures,       "list_erasures"),
    route("GET",    TABLE "/sheet",                              kAuth, &export_sheet,        "export_sheet"),
    route("PUT",    TABLE "/sheet",                              kAuth, &import_sheet,        "import_sheet", kSheetBytes, BodyTo::memory, &may_fill_table),
    route("GET",    TABLE "/history",                            kAuth, &show_history,        "show_history"),
    route("GET",    TABLE "/entries",                            kAuth, &list_table_entries,  "list_table_entries"),
    route("GET",    TABLE "/blame",                              kAuth, &show_blame,          "show_blame"),
    route("GET",    TABLE "/diff",                               kAuth, &show_diff,           "show_diff"),
    route("GET",    TABLE "/version",                            kAuth, &show_version,        "show_version"),
    route("GET",    TABLE "/status",                             kAuth, &show_task,           "show_task"),
    route("POST",   TABLE "/sign-off-text",                      kAuth, &show_sign_off_text,  "show_sign_off_text", 4096),
    route("POST",   TABLE "/submit",                             kAuth, &submit_table,        "submit_table", 65536),
    route("POST",   TABLE "/approvals",                          kAuth, &approve_table,       "approve_table", 65536),
    route("POST",   TABLE "/returns",                            kAuth, &return_table,        "return_table"),
    route("POST",   TABLE "/exception",                          kAuth, &grant_exception,     "grant_exception", 4096),
    route("POST",   TABLE "/assists",                            kAuth, &request_assist,      "request_assist"),
    route("POST",   TABLE "/assists/{part}/deliver",             kAuth, &deliver_assist,      "deliver_assist"),
    route("POST",   TABLE "/assists/{part}/decline",             kAuth, &decline_assist,      "decline_assist"),

    route("POST",   TABLE "/carry-forward",                      kAuth, &carry_forward,       "carry_forward", 4096),
    route("GET",    TABLE "/provenance",                         kAuth, &show_provenance,     "show_provenance"),
    route("POST",   TABLE "/confirmations",                      kAuth, &confirm_rows,        "confirm_rows", kDefinitionBytes, BodyTo::memory, &may_fill_table),
    route("GET",    TABLE "/corrections",                        kAuth, &list_corrections,    "list_corrections"),
    route("POST",   TABLE "/corrections/{correction}/answer",    kAuth, &answer_correction,   "answer_correction", 65536),
    route("GET",    TABLE "/statistics",                         kAuth, &show_statistics,     "show_statistics"),
    route("GET",    CAMPAIGN "/burden",                          kAuth, &show_burden,         "show_burden"),
    route("GET",    "/v1/me/data",                               kAuth, &show_own_data,       "show_own_data"),
    route("POST",   "/v1/me/corrections",                        kAuth, &request_correction,  "request_correction", 65536),

    route("GET",    "/v1/accounts",                              kAuth, &list_accounts,       "list_accounts"),
    route("POST",   "/v1/accounts",                              kAuth, &open_account,        "open_account"),
    route("POST",   "/v1/accounts/{account}/close",              kAuth, &close_account,       "close_account"),
    route("POST",   "/v1/accounts/{account}/password",           kAuth, &set_account_password, "set_account_password", 4096),
    route("GET",    "/v1/persons/{person}/keys",                 kAuth, &list_keys,           "list_keys"),
    route("POST",   "/v1/persons/{person}/key/revoke",           kAuth, &revoke_key,          "revoke_key"),
    route("POST",   "/v1/me/keys",                               kAuth, &enrol_key,           "enrol_key", 16384),

    route("GET",    "/v1/events",                                kAuth, &follow_events,       "follow_events"),
    route("GET",    "/v1/facts/{fact}",                          kAuth, &show_fact,           "show_fact"),
    route("GET",    "/v1/entries/{index}",                       kAuth, &show_entry,          "show_entry"),
    route("POST",   "/v1/entries/{index}/erasure",               kAuth, &erase_texts,         "erase_texts", 65536),
    route("POST",   "/v1/persons/{person}/erasure",              kAuth, &erase_person,        "erase_person", 65536),
    route("GET",    "/v1/erasures",                              kAuth, &list_all_erasures,   "list_all_erasures"),
    route("GET",    "/v1/backups",                               kAuth, &list_backups,        "list_backups"),
    route("POST",   "/v1/backups",                               kAuth, &start_backup,        "start_backup", 4096),
    route("GET",    "/v1/views",                                 kAuth, &show_views,          "show_views"),
    route("POST",   "/v1/views/rebuild",                         kAuth, &rebuild_views,       "rebuild_views", 4096),
    route("GET",    "/v1/log/export",                            kAuth, &export_log,          "export_log"),

    route("GET",    "/log/checkpoint",                           kOpen, &show_checkpoint,     "show_checkpoint"),
    route("GET",    "/log/cosigned-checkpoint",                  kOpen, &show_cosigned_checkpoint, "show_cosigned_checkpoint"),
    route("GET",    "/log/timestamps",                           kOpen, &list_timestamps,     "list_timestamps"),
    route("GET",    "/log/timestamps/{number}",                  kOpen, &show_timestamp,      "show_timestamp"),
    route("GET",    "/log/timestamps/{number}/checkpoint",       kOpen, &show_stamped_checkpoint, "show_stamped_checkpoint"),
    route("GET",    "/log/timestamps/{number}/request",          kOpen, &show_timestamp_request, "show_timestamp_request"),
    route("GET",    "/log/tile/{rest...}",                       kOpen, &show_tile,           "show_tile"),
    route("GET",    "/log/proof/{index}",                        kOpen, &show_proof,          "show_proof"),
    route("GET",    "/log/consistency",                          kOpen, &show_consistency,    "show_consistency"),
    route("GET",    "/log/vkey",                                 kOpen, &show_verifier_key,   "show_verifier_key"),
    route("GET",    "/log/vkey.sm2",                             kOpen, &show_sm2_verifier_key, "show_sm2_verifier_key"),
    route("GET",    "/log/keys",                                 kOpen, &show_log_keys,       "show_log_keys"),

    route("GET",    "/healthz",                                  kOpen, &show_health,         "show_health"),
    route("GET",    "/readyz",                                   kOpen, &show_readiness,      "show_readiness"),
    route("GET",    "/metrics",                                  kOpen, &show_metrics,        "show_metrics"),
    route("GET",    "/openapi.json",                             kOpen, &show_openapi,        "show_openapi"),
    route("GET",    "/schemas/campaign.json",                    kOpen, &show_campaign_schema, "show_campaign_schema"),
});
// clang-format on

#undef TABLE
#undef CAMPAIGN

}  // namespace

std::span<const Endpoint> endpoints() { return kEndpoints; }

}  // namespace countersign::api
