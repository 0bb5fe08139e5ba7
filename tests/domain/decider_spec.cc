#include "tests/domain/decider_spec.h"

#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

std::string account_json(const std::string& id, const std::string& hats,
                         const std::string& validity = "") {
  return R"({"id":")" + id + R"(","person":"p-)" + id + R"(","hats":[)" + hats + "]" + validity +
         "}";
}
std::string hat_json_text(const std::string& role, const std::string& department) {
  return R"({"role":")" + role + R"(","department":")" + department + R"("})";
}
std::string person_json(const std::string& id, const std::string& department) {
  const std::string of = department.empty() ? "" : R"(,"department":")" + department + "\"";
  return R"({"id":"p-)" + id + R"(","name":"某)" + id + "\"" + of + "}";
}

const std::vector<std::string> kDepartments = {"PO", "HR", "AA", "COL"};

Credential credential_of(const std::string& account) {
  // Any 32 bytes do: the domain compares keys, it does not use them.
  std::string key = account + "-key";
  key.resize(32, '.');
  return {"verifier", key, "sealed"};
}

}  // namespace

Timestamp at(const std::string& text) {
  return *parse_rfc3339("2020-" + text.substr(0, 5) + "T" + text.substr(6) + ":00+08:00");
}

std::string sample_definition() {
  const std::string both = R"({"zh":"名","en":"name"})";
  std::string persons;
  std::string accounts;
  const auto add = [&](const std::string& id, const std::string& hats,
                       const std::string& validity = "", const std::string& department = "") {
    persons += (persons.empty() ? "" : ",") + person_json(id, department);
    accounts += (accounts.empty() ? "" : ",") + account_json(id, hats, validity);
  };
  for (const std::string& department : kDepartments) {
    add(department + ".filler", hat_json_text("filler", department));
    add(department + ".reviewer", hat_json_text("reviewer", department));
    add(department + ".head", hat_json_text("unit_head", department));
  }
  add("centre", R"({"role":"centre_office"})");
  add("group", R"({"role":"leading_group"})");
  add("committee", R"({"role":"party_committee"})");
  add("appraisal", R"({"role":"accountability_reviewer"})");
  add("insider", R"({"role":"accountability_reviewer"})", "", "PO");
  add("dual", hat_json_text("filler", "HR") + "," + hat_json_text("reviewer", "HR"));
  add("late", hat_json_text("filler", "HR"), R"(,"valid_from":"2020-10-13T00:00:00+08:00")");
  std::string departments;
  int unit = 100;
  for (const std::string& department : kDepartments) {
    departments += (departments.empty() ? "" : ",") + (R"({"id":")" + department) + R"(","name":)" +
                   both + R"(,"kind":"office","unit_no":")" + std::to_string(++unit) + R"("})";
  }
  const auto level = [&](const std::string& id, const std::string& role, const std::string& more) {
    return R"({"id":")" + id + R"(","name":)" + both + R"(,"meaning":)" + both + R"(,"state":)" +
           both + R"(,"verb":"pass","role":")" + role + "\"" + more + "}";
  };
  const auto column = [&](const std::string& key) {
    return R"({"key":")" + key + R"(","name":)" + both + R"(,"type":"text","required":false})";
  };
  const auto table = [&](const std::string& key, const std::string& owner,
                         const std::string& columns, const std::string& more) {
    return R"({"key":")" + key + R"(","printed_no":"1","name":)" + both + R"(,"owner":")" + owner +
           R"(","phase":"base","due":"2020-10-14T24:00:00+08:00","columns":[)" + columns + "]" +
           more + "}";
  };
  return R"({"format":1,"id":"2020","edition":"2020","name":)" + both + R"(,"institution":)" +
         both +
         R"(,"notice":"n","calendar":{"utc_offset":"+08:00"},"phases":[{"id":"base","name":)" +
         both +
         R"(,"opens":"2020-09-30T08:00:00+08:00","closes":"2020-10-20T18:00:00+08:00"}],"departments":[)" +
         departments + R"(],"persons":[)" + persons + R"(],"accounts":[)" + accounts +
         R"(],"submission_meaning":)" + both + R"(,"approval_chain":[)" +
         level("review", "reviewer",
               R"(,"two_persons":true,"may_return":true,"releases_dependents":true)") +
         "," + level("head", "unit_head", "") + "," +
         level("office", "centre_office",
               R"(,"school_wide":true,"may_return":true,"return_needs_due":true)") +
         R"(],"bodies":[{"id":"group","name":)" + both +
         R"(,"role":"leading_group","quorum":3,"may_send_back":true,"again_through":"office"},)"
         R"({"id":"committee","name":)" +
         both + R"(,"role":"party_committee","again_through":"head"}],"submission":{"receiver":)" +
         both + R"(,"due":"2020-11-20T00:00:00+08:00"},"tables":[)" +
         table("units", "PO", column("unit_no"), R"(,"key_columns":["unit_no"])") + "," +
         table("staff", "HR", column("staff_no") + "," + column("unit_no") + "," + column("title"),
               R"(,"key_columns":["staff_no"],"depends_on":["units"],"assisting":[)"
               R"({"id":"rows","name":)" +
                   both +
                   R"(,"departments":["COL"],"row_column":"unit_no"},)"
                   R"({"id":"titles","name":)" +
                   both + R"(,"departments":["AA"],"columns":["title"]}])") +
         "," + table("profile", "PO", column("motto"), R"(,"single_row":true,"key_columns":[])") +
         "]}";
}

DefinitionsOf definitions_of(const State& state) {
  return [&state](const std::vector<LeafIndex>& indexes) -> Result<std::vector<Definition>> {
    std::vector<Definition> definitions;
    for (const LeafIndex index : indexes) {
      for (const auto& [id, campaign] : state.directory->campaigns) {
        if (campaign.defined_by == index) definitions.push_back(campaign.definition);
      }
    }
    return definitions;
  };
}

DeciderSpec::DeciderSpec() {
  accept("admin",
         CreateLedger{"spec.example/log",
                      {},
                      {PersonId("p-admin"), "管理员", {}},
                      AccountId("admin"),
                      credential_of("admin")},
         "09-20 09:00");
}

void DeciderSpec::open_campaign() {
  const auto definition = parse_campaign(sample_definition());
  ASSERT_TRUE(definition) << definition.error().detail;
  accept("admin", DefineCampaign{*definition, {}, 0}, "09-21 09:00");
  for (const Account& account : (*definition)->accounts) {
    accept("admin", SetCredential{account.id, credential_of(account.id.value)}, "09-22 09:00");
  }
  accept("centre", AssignTasks{kCampaign, {}}, "09-25 09:00");
  accept("centre", OpenPhase{kCampaign, PhaseId("base")}, "09-30 08:00");
}

std::variant<Decision, Refusal> DeciderSpec::decide_as(const std::string& account,
                                                       const Command& command,
                                                       const std::string& when,
                                                       std::optional<Hat> hat) const {
  Envelope envelope;
  envelope.account = AccountId(account);
  envelope.wanted_hat = std::move(hat);
  envelope.command_id = CommandId("c" + std::to_string(state_.size));
  envelope.received_at = at(when);
  envelope.by_process = account == "system";
  return decide(state_, command, envelope, at(when));
}

std::vector<Event> DeciderSpec::accept(const std::string& account, const Command& command,
                                       const std::string& when, std::optional<Hat> hat) {
  auto decided = decide_as(account, command, when, std::move(hat));
  if (auto* refusal = std::get_if<Refusal>(&decided)) {
    ADD_FAILURE() << account << " was refused: " << to_string(refusal->code);
    return {};
  }
  std::vector<Event> events;
  recorded_.clear();
  for (DecidedEvent& one : std::get<Decision>(decided).events) {
    RecordedEvent event;
    event.index = state_.size;
    event.actor = one.consequence
                      ? Actor{PersonId("system"), AccountId("system"), {Role::system, {}}, {}}
                      : std::get<Decision>(decided).actor;
    event.received_at = event.sequenced_at = at(when);
    event.event = one.event;
    evolve(state_, event);
    recorded_.push_back(event);
    events.push_back(std::move(one.event));
  }
  EXPECT_TRUE(encoder_.encode(state_) == encode_state(state_)) << "a change was not seen";
  return events;
}

Refusal DeciderSpec::refuse(const std::string& account, const Command& command,
                            const std::string& when, std::optional<Hat> hat) {
  auto decided = decide_as(account, command, when, std::move(hat));
  if (auto* refusal = std::get_if<Refusal>(&decided)) return *refusal;
  ADD_FAILURE() << account << " was not refused";
  return {RefusalCode::ledger_exists, {}};
}

Event DeciderSpec::accept_stored(const std::string& account, const Command& command,
                                 const std::string& when) {
  accept(account, command, when);
  const RecordedEvent& event = recorded().front();
  const auto items = payload_items(command);
  const std::vector<std::string_view> texts(items.at(0).begin(), items.at(0).end());
  const std::string header = encode_header(event, "spec.example/log", {1, {}});
  auto decoded = decode_header(header);
  if (!decoded) {
    ADD_FAILURE() << decoded.error().detail;
    return {};
  }
  const auto whole = decode_items(decoded->event, texts);
  EXPECT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(encode_header(decoded->event, "spec.example/log", {1, {}}), header);
  for (const std::string_view text : texts) {
    // Whatever is said in words stays out of the header.
    constexpr std::string_view kText = R"("text":)";
    const std::size_t found = text.find(kText);
    if (found == std::string_view::npos) continue;
    const std::size_t begin = found + kText.size();
    const std::string_view said = text.substr(begin, text.find('"', begin + 1) + 1 - begin);
    EXPECT_TRUE(said == R"("")" || header.find(':' + std::string(said)) == std::string::npos)
        << header;
  }
  const auto snapshot = decode_state(encode_state(state_), definitions_of(state_));
  if (!snapshot) {
    ADD_FAILURE() << snapshot.error().detail;
    return {};
  }
  EXPECT_EQ(encode_state(*snapshot), encode_state(state_));
  return decoded->event.event;
}

const Task& DeciderSpec::task(const std::string& table) const {
  return *state_.task(kCampaign, TableKey(table));
}

VersionRef DeciderSpec::version_of(const std::string& table) const {
  VersionRef version{task(table).draft, {}, task(table).rows};
  // Content is told apart by its last change, as a real hash would.
  version.hash[0] = static_cast<std::uint8_t>(task(table).content_index.value_or(0));
  return version;
}

Command DeciderSpec::change(const std::string& table, RowCounts counts) const {
  ChangeRows command;
  command.campaign = kCampaign;
  command.table = TableKey(table);
  command.definition_revision = state_.directory->campaigns.at(kCampaign).revision;
  command.chunks = {counts};
  command.whole_rows = counts.added + counts.removed > 0;
  return command;
}

Command DeciderSpec::submit(const std::string& account, const std::string& table) const {
  return SubmitTable{kCampaign,
                     TableKey(table),
                     version_of(table),
                     state_.size,
                     {"note", credential_of(account).public_key, true}};
}

Command DeciderSpec::approve(const std::string& account, const std::string& table,
                             const std::string& level) const {
  return ApproveTable{kCampaign,
                      TableKey(table),
                      LevelId(level),
                      version_of(table),
                      {"note", credential_of(account).public_key, true}};
}

Command DeciderSpec::give_back(const std::string& table, const std::string& level,
                               std::vector<ReturnReason> reasons,
                               std::optional<Timestamp> due) const {
  return ReturnTable{kCampaign,         TableKey(table),    LevelId(level),
                     version_of(table), std::move(reasons), due};
}

void DeciderSpec::pass(const std::string& department, const std::string& table) {
  accept(department + ".filler", change(table), "10-09 09:00");
  accept(department + ".filler", submit(department + ".filler", table), "10-09 10:00");
  accept(department + ".reviewer", approve(department + ".reviewer", table, "review"),
         "10-09 11:00");
}

}  // namespace countersign::ledger
