// Who may do what on the routes of no table: every role; rights_matrix.h has the whole.
#include "tests/api/rights_matrix.h"

namespace countersign::api {
namespace {

using namespace rights;

TEST_F(RightsMatrix, EveryRoleOnEveryOtherRoute) {
  using May = std::function<bool(const Account&)>;
  const May anybody = [](const Account&) { return true; };
  const May administrators = [](const Account& a) { return wears_hat(a, Role::administrator); };
  const May office = [](const Account& a) { return wears_hat(a, Role::centre_office); };
  const May reviews = [](const Account& a) { return wears_hat(a, Role::accountability_reviewer); };
  const std::string filler = [] {
    for (const auto& account : campaign().accounts) {
      if (wears_hat(account, Role::filler)) return account.id.value;
    }
    return std::string();
  }();
  const std::string table = campaign().tables.front().key.value;
  const std::string owner = campaign().tables.front().owner.value;
  const std::string phase = campaign().phases.front().id.value;
  const std::string body = campaign().bodies.front().id.value;
  const std::string c = "/v1/campaigns/2020";
  const std::string document = R"({"title":"matrix","hash":")" + std::string(64, '0') + R"("})";
  struct Rule {
    May may;
    Asked asks;
  };
  const std::map<std::string, Rule> rules = {
      {"show_me", {anybody, {"/v1/me", ""}}},
      {"change_own_password",
       {anybody, {"/v1/password", R"({"current":"wrong","new":"also wrong, and long"})"}}},
      {"advance_clock",
       {administrators, {"/v1/simulation/clock", R"({"to":"2030-01-01T00:00:00Z"})"}}},
      {"list_campaigns", {anybody, {"/v1/campaigns", ""}}},
      {"show_campaign", {anybody, {c, ""}}},
      {"define_campaign", {administrators, {c, definition_text()}}},
      {"assign_tasks", {office, {c + "/assignments", json{{"tables", {table}}}.dump()}}},
      {"open_phase", {office, {c + "/phases/" + phase + "/open", "{}"}}},
      {"move_due",
       {office,
        {c + "/extensions",
         json{{"tables", {table}}, {"due", "2030-01-01T00:00:00+08:00"}, {"reason", "matrix"}}
             .dump()}}},
      // Which department a fact is about decides; of one that is not, all hear that alone.
      {"object_to_fact", {anybody, {c + "/facts/none/objection", R"({"ground":"matrix"})"}}},
      {"decide_fact",
       {anybody, {c + "/facts/none/decision", R"({"verdict":"upheld","reason":"matrix"})"}}},
      {"list_bulletins", {anybody, {c + "/bulletins", ""}}},
      {"draft_bulletin",
       {office, {c + "/bulletins", R"({"departments":[],"facts":[],"text":"matrix"})"}}},
      {"correct_bulletin",
       {[&](const Account& a) { return office(a) || wears_hat(a, Role::accountability_reviewer); },
        {c + "/bulletins/0/correction", R"({"text":"matrix","reason":"matrix"})"}}},
      {"publish_bulletin",
       {[](const Account& a) { return wears_hat(a, Role::accountability_reviewer); },
        {c + "/bulletins/0/publication", R"({"to":["all"]})"}}},
      {"list_rules", {anybody, {c + "/rules", ""}}},
      {"withdraw_rule",
       {office, {c + "/rules/none/withdrawal", R"({"version":1,"reason":"matrix"})"}}},
      {"list_cases", {anybody, {c + "/cases", ""}}},
      // Of a case that is not, or was not served, all hear that alone.
      {"show_case", {anybody, {c + "/cases/0", ""}}},
      {"export_pack", {anybody, {c + "/cases/0/pack", ""}}},
      {"export_case_archive", {anybody, {c + "/cases/0/pack.zip", ""}}},
      {"open_case",
       {reviews, {c + "/cases", R"({"department":"HR","facts":[],"title":"matrix"})"}}},
      {"seal_pack", {reviews, {c + "/cases/0/pack", "{}"}}},
      {"serve_case", {reviews, {c + "/cases/0/service", "{}"}}},
      {"acknowledge_case",
       {[](const Account& a) { return wears_hat(a, Role::unit_head); },
        {c + "/cases/0/acknowledgement", "{}"}}},
      {"conclude_case",
       {reviews, {c + "/cases/0/conclusion", R"({"outcome":"closed","text":"matrix"})"}}},
      {"correct_case",
       {reviews, {c + "/cases/0/correction", R"({"text":"matrix","reason":"matrix"})"}}},
      {"export_unit_pack",
       {[&](const Account& a) {
          return of_department(a, DepartmentId("HR")) || office(a) || reviews(a) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/departments/HR/pack?campaign=2020", ""}}},
      {"export_unit_archive",
       {[&](const Account& a) {
          return of_department(a, DepartmentId("HR")) || office(a) || reviews(a) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/departments/HR/pack.zip?campaign=2020", ""}}},
      {"show_burden", {&follows_any, {c + "/burden", ""}}},
      {"show_own_data", {&has_number, {"/v1/me/data?campaign=2020", ""}}},
      {"request_correction",
       {[&](const Account& a) {
          return has_number(a) && !campaign().table(ledger::TableKey(table))->subject_column.empty();
        },
        {"/v1/me/corrections", json{{"campaign", "2020"},
                                    {"table", table},
                                    {"row", "none"},
                                    {"column", "none"},
                                    {"text", "matrix"}}
                                   .dump()}}},
      {"show_proceedings", {anybody, {c + "/proceedings", ""}}},
      {"table_campaign",
       {office, {c + "/bodies/" + body + "/report", R"({"report":)" + document + "}"}}},
      {"decide_campaign",
       {[](const Account& a) { return wears_hat(a, campaign().bodies.front().role); },
        {c + "/bodies/" + body + "/decision",
         R"({"report":")" + std::string(64, '0') +
             R"(","outcome":"approved","attended":1,"minutes":)" + document + "}"}}},
      {"freeze_campaign", {administrators, {c + "/freeze", "{}"}}},
      {"submit_campaign", {administrators, {c + "/submission", R"({"receipt":)" + document + "}"}}},
      {"accept_campaign", {administrators, {c + "/acceptance", R"({"notice":)" + document + "}"}}},
      {"reopen_campaign",
       {administrators,
        {c + "/reopening", R"({"order":)" + document + R"(,"tables":[")" + table +
                               R"("],"due":"2030-01-01T00:00:00+08:00"})"}}},
      {"list_chases", {anybody, {c + "/chases", ""}}},
      {"show_chase_list", {anybody, {c + "/chase-list?within=3d", ""}}},
      {"chase_unit",
       {office,
        {c + "/chases",
         json{{"department", owner}, {"tables", {table}}, {"text", "matrix"}}.dump()}}},
      // Whose chase it is decides; of one that is not, all hear that alone.
      {"answer_chase", {anybody, {c + "/chases/0/answer", R"({"text":"matrix"})"}}},
      {"list_readiness", {anybody, {c + "/readiness", ""}}},
      {"record_readiness",
       {office,
        {c + "/readiness",
         json{{"departments", {owner}}, {"what", "training"}, {"text", "matrix"}}.dump()}}},
      {"list_outages", {anybody, {c + "/outages", ""}}},
      {"record_outage",
       {[&](const Account& a) { return office(a) || administrators(a); },
        {c + "/outages",
         R"({"from":"2020-01-01T00:00:00Z","to":"2020-01-01T01:00:00Z","text":"matrix"})"}}},
      {"list_erasures",
       {[&](const Account& a) {
          return office(a) || administrators(a) || reviews(a) || wears_hat(a, Role::auditor);
        },
        {c + "/erasures", ""}}},
      {"list_all_erasures",
       {[&](const Account& a) {
          return office(a) || administrators(a) || reviews(a) || wears_hat(a, Role::auditor);
        },
        {"/v1/erasures", ""}}},
      {"erase_texts",
       {administrators,
        {"/v1/entries/0/erasure", R"({"order":)" + document + R"(,"basis":"matrix"})"}}},
      {"erase_person",
       {administrators,
        {"/v1/persons/none/erasure", R"({"order":)" + document + R"(,"basis":"matrix"})"}}},
      {"show_department_record",
       {[&](const Account& a) { return follows(a, DepartmentId(owner)); },
        {"/v1/departments/" + owner + "/record", ""}}},
      {"list_indicators", {&follows_any, {c + "/indicators", ""}}},
      {"compute_indicators", {office, {c + "/indicators", "{}"}}},
      // Which department an indicator is of decides; of one that is not, all hear that alone.
      {"show_indicator", {anybody, {c + "/indicators/none", ""}}},
      {"list_indicator_cells", {anybody, {c + "/indicators/none/cells?quantity=none", ""}}},
      {"list_plans", {&follows_any, {c + "/plans", ""}}},
      {"draft_plan", {anybody, {c + "/plans/none/draft", R"({"items":[]})"}}},
      {"decide_plan",
       {[](const Account& a) { return wears_hat(a, Role::leading_group); },
        {c + "/plans/none/decision", R"({"attended":9,"items":[]})"}}},
      {"follow_up_plan",
       {office,
        {c + "/plans/followups",
         R"({"indicator":"none","item":"1","outcome":"done","text":"matrix"})"}}},
      {"show_deadlines", {anybody, {c + "/deadlines", ""}}},
      {"list_tasks", {anybody, {c + "/tasks", ""}}},
      {"list_facts", {&follows_any, {c + "/facts", ""}}},
      {"list_acts", {anybody, {c + "/acts?limit=5", ""}}},
      {"list_late_changes", {anybody, {c + "/late-changes", ""}}},
      {"export_changes", {anybody, {c + "/changes", ""}}},
      {"list_tables", {anybody, {c + "/tables", ""}}},
      {"list_indicator_evidence", {anybody, {c + "/evidence", ""}}},
      // Whose the indicator is decides; of one that is not, nobody fills it.
      {"register_indicator_evidence",
       {[](const Account&) { return false; },
        {c + "/evidence", evidence(R"({"indicator":"none"})")}}},
      {"show_evidence_coverage", {anybody, {c + "/evidence/coverage", ""}}},
      {"upload_evidence",
       {[](const Account& a) { return wears_hat(a, Role::filler); },
        {c + "/evidence/files", "matrix"}}},
      // Of evidence that is not there all hear that alone.
      {"show_evidence_file", {anybody, {c + "/evidence/0/file", ""}}},
      {"record_evidence_showing", {anybody, {c + "/evidence/0/showing", R"({"to":"matrix"})"}}},
      {"withdraw_evidence", {anybody, {c + "/evidence/0/withdrawal", R"({"reason":"m"})"}}},
      {"report_evidence_missing", {anybody, {c + "/evidence/0/missing", R"({"reason":"m"})"}}},
      {"list_accounts", {administrators, {"/v1/accounts", ""}}},
      {"open_account",
       {administrators,
        {"/v1/accounts", json{{"id", "matrix"},
                              {"person", {{"id", "p-matrix"}, {"name", "M"}}},
                              {"hats", {{{"role", "auditor"}}}}}
                             .dump()}}},
      {"set_account_password",
       {administrators,
        {"/v1/accounts/" + filler + "/password", R"({"password":"matrix matrix matrix"})"}}},
      {"list_keys",
       {[](const Account& a) {
          return wears_hat(a, Role::administrator) || wears_hat(a, Role::centre_office) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/persons/p-none/keys", ""}}},
      // The password is asked for before anything is looked at.
      {"enrol_key",
       {anybody,
        {"/v1/me/keys", json{{"public_key", std::string(43, 'A') + "="},
                             {"note", "matrix"},
                             {"password", ""}}
                            .dump()}}},
      {"revoke_key", {administrators, {"/v1/persons/p-none/key/revoke", R"({"reason":"matrix"})"}}},
      {"show_fact", {anybody, {"/v1/facts/none", ""}}},
      {"show_entry", {anybody, {"/v1/entries/0", ""}}},
      {"export_log",
       {[](const Account& a) {
          return wears_hat(a, Role::administrator) || wears_hat(a, Role::centre_office) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/log/export", ""}}},
      {"show_views", {administrators, {"/v1/views", ""}}},
      {"rebuild_views", {administrators, {"/v1/views/rebuild", "{}"}}},
      {"list_backups", {administrators, {"/v1/backups", ""}}},
      {"start_backup", {administrators, {"/v1/backups", "{}"}}},
      {"close_account",
       {administrators, {"/v1/accounts/" + filler + "/close", R"({"reason":"matrix"})"}}},
      {"close_phase", {office, {c + "/phases/" + phase + "/close", "{}"}}},
      {"grant_delegation",
       {[&](const Account& a) { return wears_hat(a, Role::administrator); },
        {c + "/delegations", json{{"role", "leading_group"},
                                  {"from", "p-none"},
                                  {"to", "p-admin"},
                                  {"until", "2030-01-01T00:00:00+08:00"},
                                  {"reason", "matrix"}}
                                 .dump()}}},
      {"revoke_delegation", {anybody, {c + "/delegations/999999", ""}}},
  };
  // A feed does not end; who is told what in it is tested with the feed.
  const std::set<std::string> elsewhere = {"follow_events"};

  std::vector<const Account*> casts{&admin_};
  std::set<Role> roles;
  for (const auto& account : campaign().accounts) {
    if (account.id.value != filler && roles.insert(account.hats.front().role).second) {
      casts.push_back(&account);
    }
  }
  std::size_t met = 0;
  for (const Endpoint& route : endpoints()) {
    if (route.access == Access::open ||
        route.pattern.find("/tables/{table}") != std::string_view::npos) {
      continue;
    }
    const std::string name(route.name);
    if (elsewhere.contains(name)) continue;
    const auto rule = rules.find(name);
    ASSERT_NE(rule, rules.end()) << name << " has no rule: who may use it?";
    ++met;
    const Asked& asked = rule->second.asks;
    EXPECT_EQ(ask(std::string(), std::string(route.method), asked.target, asked.body).status, 401)
        << name;
    for (const Account* account : casts) {
      expect(rule->second.may(*account), *account, route, asked);
    }
  }
  EXPECT_EQ(met, rules.size()) << "a rule is left of a route that is gone";
  std::cout << "rights: " << met << " routes of no table, " << allowed_ << " allowed, " << refused_
            << " refused, as the roles say\n";
}

}  // namespace
}  // namespace countersign::api
