#include "ledger/domain/state_codec.h"

#include "ledger/base/bytes.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_state_codec.h"
#include "ledger/domain/event_json.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

// Not 2, with which a sealed one begins (ledger/log/stored_values.cc).
constexpr char kFormat = 3;
constexpr std::size_t kDepthMax = 64;

// Says no to what json::from_cbor would follow to the end of the stack, or throw on although told
// not to: nesting, and lists announced longer than all there is to read.
class ShapeGuard final : public nlohmann::json_sax<json> {
 public:
  explicit ShapeGuard(std::size_t bytes) : bytes_(bytes) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t count) override { return open(count); }
  bool start_array(std::size_t count) override { return open(count); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  bool open(std::size_t count) {
    constexpr auto kUnknown = static_cast<std::size_t>(-1);
    return (count == kUnknown || count <= bytes_) && ++depth_ <= kDepthMax;
  }
  bool close() {
    --depth_;
    return true;
  }

  const std::size_t bytes_;
  std::size_t depth_ = 0;
};

json directory_json(const Directory& directory) {
  json campaigns = json::array();
  for (const auto& [id, campaign] : directory.campaigns) {
    campaigns.push_back(
        {{"id", id.value}, {"revision", campaign.revision}, {"defined_by", campaign.defined_by}});
  }
  json persons = json::array();
  for (const auto& [id, person] : directory.persons) {
    persons.push_back({{"id", id.value},
                       {"name", person.name},
                       {"department", person.department.value},
                       {"staff_no", person.staff_no}});
  }
  json accounts = json::array();
  for (const auto& [id, record] : directory.accounts) {
    accounts.push_back({{"account", account_json(record.account)},
                        {"closed", record.closed},
                        {"epoch", record.credential_epoch},
                        {"verifier", record.verifier},
                        {"sealed_key", record.sealed_key}});
  }
  json keys = json::array();
  for (const auto& [person, list] : directory.keys) {
    for (const KeyRecord& key : list) {
      json one = {{"person", person.value},
                  {"public_key", to_base64(as_bytes(key.public_key))},
                  {"service_held", key.service_held},
                  {"enrolled_by", key.enrolled_by}};
      if (key.revoked_by) one["revoked_by"] = *key.revoked_by;
      if (key.revoked_by_holder) one["revoked_by_holder"] = true;
      keys.push_back(std::move(one));
    }
  }
  json delegations = json::array();
  for (const Delegation& d : directory.delegations) {
    delegations.push_back({{"granted_by", d.granted_by},
                           {"campaign", d.campaign.value},
                           {"hat", hat_json(d.hat)},
                           {"from", d.from.value},
                           {"to", d.to.value},
                           {"until", format_utc(d.until)},
                           {"revoked", d.revoked}});
  }
  return {{"origin", directory.origin}, {"simulated", directory.simulated},
          {"campaigns", campaigns},     {"persons", persons},
          {"accounts", accounts},       {"keys", keys},
          {"delegations", delegations}};
}

json task_json(const Task& task) {
  json blocked = json::array();
  for (const TableKey& key : task.blocked_by) blocked.push_back(key.value);
  json approvals = json::array();
  for (const Approval& approval : task.approvals) {
    approvals.push_back({{"level", approval.level.value},
                         {"person", approval.person.value},
                         {"version", approval.version},
                         {"index", approval.index}});
  }
  json assists = json::array();
  for (const auto& [key, assist] : task.assists) {
    assists.push_back({{"key", key},
                       {"department", assist.department.value},
                       {"due", format_utc(assist.due)},
                       {"requested_by", assist.requested_by},
                       {"status", static_cast<unsigned>(assist.status)}});
  }
  json out = {{"table", task.table.value},
              {"department", task.department.value},
              {"status", static_cast<unsigned>(task.status)},
              {"due", format_utc(task.due)},
              {"blocked_by", blocked},
              {"rows", task.rows},
              {"draft", task.draft},
              {"in_force", task.approvals_in_force},
              {"approvals", approvals},
              {"ever_submitted", task.ever_submitted},
              {"assists", assists}};
  if (task.content_index) out["content_index"] = *task.content_index;
  if (task.last_editor) out["last_editor"] = task.last_editor->value;
  if (task.submitted_version) out["submitted_version"] = version_json(*task.submitted_version);
  if (task.submitted_by) out["submitted_by"] = *task.submitted_by;
  if (task.reopening) {
    out["reopening"] = {{"by", task.reopening->by},
                        {"through", task.reopening->through.value},
                        {"confirmed", task.reopening->confirmed}};
  }
  write_area_state(out, task);
  return out;
}

// Facts and bulletins that somebody acted on.
void write_due_process(json& out, const CampaignState& campaign) {
  for (const auto& [id, fact] : campaign.facts) {
    json one = {{"id", id}, {"department", fact.department.value}, {"objections", fact.objections}};
    if (fact.objector) one["objector"] = fact.objector->value;
    if (fact.verdict) {
      one["verdict"] = to_string(*fact.verdict);
      one["decided_at"] = format_utc(fact.decided_at);
    }
    out["facts"].push_back(std::move(one));
  }
  for (const auto& [index, bulletin] : campaign.bulletins) {
    out["bulletins"].push_back({{"index", index},
                                {"facts", bulletin.facts},
                                {"text", bulletin.text},
                                {"objections_until", format_utc(bulletin.objections_until)},
                                {"reached", bulletin.reached},
                                {"published", bulletin.published}});
  }
}

void read_due_process(JsonReader& in, CampaignState& campaign) {
  in.each("facts", [&](JsonReader& one) {
    FactStanding fact;
    fact.department = DepartmentId(one.text("department"));
    fact.objections = static_cast<std::uint32_t>(one.number("objections"));
    if (one.has("objector")) fact.objector = PersonId(one.text("objector"));
    if (one.has("verdict")) {
      fact.verdict = verdict_from(one.text("verdict"));
      if (!fact.verdict) one.note("verdict", "is unknown");
      fact.decided_at = one.instant("decided_at");
    }
    campaign.facts[one.text("id")] = std::move(fact);
  });
  in.each("bulletins", [&](JsonReader& one) {
    // Snapshots of before named whom it reached.
    const bool reached = one.flag("reached") || !one.texts("to").empty();
    campaign.bulletins[one.number("index")] = {one.texts("facts"), one.number("text"),
                                               one.instant("objections_until"), reached,
                                               one.flag("published")};
  });
}

Directory read_directory(JsonReader& in) {
  Directory directory;
  directory.origin = in.text("origin");
  directory.simulated = in.flag("simulated");
  in.each("campaigns", [&](JsonReader& one) {
    directory.campaigns[CampaignId(one.text("id"))] = {
        static_cast<std::uint32_t>(one.number("revision")), one.number("defined_by"), nullptr};
  });
  in.each("persons", [&](JsonReader& one) {
    const PersonId id(one.text("id"));
    directory.persons[id] = {id, one.text("name"), DepartmentId(one.text("department")),
                             one.text_or("staff_no", "")};
  });
  in.each("accounts", [&](JsonReader& one) {
    AccountRecord record;
    one.object("account",
               [&](JsonReader& account) { record.account = read_account_json(account); });
    record.closed = one.flag("closed");
    record.credential_epoch = static_cast<std::uint32_t>(one.number("epoch"));
    record.verifier = one.text("verifier");
    record.sealed_key = one.text("sealed_key");
    directory.accounts[record.account.id] = std::move(record);
  });
  in.each("keys", [&](JsonReader& one) {
    KeyRecord key{one.bytes("public_key"), one.flag("service_held"), one.number("enrolled_by")};
    if (one.has("revoked_by")) key.revoked_by = one.number("revoked_by");
    if (one.has("revoked_by_holder")) key.revoked_by_holder = one.flag("revoked_by_holder");
    directory.keys[PersonId(one.text("person"))].push_back(std::move(key));
  });
  in.each("delegations", [&](JsonReader& one) {
    Delegation d;
    d.granted_by = one.number("granted_by");
    d.campaign = CampaignId(one.text("campaign"));
    one.object("hat", [&](JsonReader& hat) { d.hat = read_hat_json(hat); });
    d.from = PersonId(one.text("from"));
    d.to = PersonId(one.text("to"));
    d.until = one.instant("until");
    d.revoked = one.flag("revoked");
    directory.delegations.push_back(std::move(d));
  });
  return directory;
}

Task read_task(JsonReader& in) {
  Task task;
  task.table = TableKey(in.text("table"));
  task.department = DepartmentId(in.text("department"));
  const auto status = in.number("status");
  if (status > static_cast<std::uint64_t>(TaskStatus::final_filling))
    in.note("status", "is unknown");
  task.status = static_cast<TaskStatus>(status);
  task.due = in.instant("due");
  for (auto& key : in.ids<TableKey>("blocked_by")) task.blocked_by.insert(std::move(key));
  task.rows = in.number("rows");
  task.draft = static_cast<std::uint32_t>(in.number("draft"));
  task.approvals_in_force = in.number("in_force");
  in.each("approvals", [&](JsonReader& one) {
    task.approvals.push_back({LevelId(one.text("level")), PersonId(one.text("person")),
                              static_cast<std::uint32_t>(one.number("version")),
                              one.number("index")});
  });
  task.ever_submitted = in.flag("ever_submitted");
  in.each("assists", [&](JsonReader& one) {
    const auto assist = one.number("status");
    if (assist > static_cast<std::uint64_t>(Assist::Status::declined)) {
      one.note("status", "is unknown");
    }
    task.assists[one.text("key")] = {DepartmentId(one.text("department")), one.instant("due"),
                                     one.number("requested_by"),
                                     static_cast<Assist::Status>(assist)};
  });
  if (in.has("content_index")) task.content_index = in.number("content_index");
  if (in.has("last_editor")) task.last_editor = PersonId(in.text("last_editor"));
  if (in.has("submitted_version")) {
    in.object("submitted_version",
              [&](JsonReader& version) { task.submitted_version = read_version_json(version); });
  }
  if (in.has("submitted_by")) task.submitted_by = in.number("submitted_by");
  read_area_state(in, task);
  if (in.has("reopening")) {
    in.object("reopening", [&](JsonReader& one) {
      task.reopening =
          Reopening{one.number("by"), LevelId(one.text("through")), one.flag("confirmed")};
    });
  }
  return task;
}

json campaign_json(const CampaignId& id, const CampaignState& campaign) {
  json open = json::array();
  for (const PhaseId& phase : campaign.open_phases) open.push_back(phase.value);
  json closed = json::array();
  for (const PhaseId& phase : campaign.closed_phases) closed.push_back(phase.value);
  json tasks = json::array();
  for (const auto& [key, task] : campaign.tasks) tasks.push_back(task_json(task));
  json one = {{"id", id.value},
              {"changed_by", campaign.changed_by},
              {"open", std::move(open)},
              {"closed", std::move(closed)},
              {"tasks", std::move(tasks)},
              {"bodies_passed", campaign.bodies_passed}};
  if (campaign.tabled) {
    one["tabled"] = {{"by", campaign.tabled->by}, {"report", to_hex(campaign.tabled->report)}};
  }
  if (campaign.frozen) one["frozen"] = to_hex(*campaign.frozen);
  if (campaign.submitted) one["submitted"] = *campaign.submitted;
  if (campaign.accepted) one["accepted"] = *campaign.accepted;
  write_due_process(one, campaign);
  write_area_state(one, campaign);
  return one;
}

void read_campaign(JsonReader& in, State& state) {
  CampaignState& campaign = state.campaigns[CampaignId(in.text("id"))];
  campaign.changed_by = in.number("changed_by");
  for (auto& phase : in.ids<PhaseId>("open")) campaign.open_phases.insert(std::move(phase));
  for (auto& phase : in.ids<PhaseId>("closed")) campaign.closed_phases.insert(std::move(phase));
  campaign.bodies_passed = in.number_or("bodies_passed", 0);
  if (in.has("tabled")) {
    in.object("tabled", [&](JsonReader& tabled) {
      campaign.tabled = TabledReport{tabled.number("by"), tabled.hash("report")};
    });
  }
  if (in.has("frozen")) campaign.frozen = in.hash("frozen");
  if (in.has("submitted")) campaign.submitted = in.number("submitted");
  if (in.has("accepted")) campaign.accepted = in.number("accepted");
  read_due_process(in, campaign);
  read_area_state(in, campaign);
  in.each("tasks", [&](JsonReader& task) {
    Task read = read_task(task);
    campaign.tasks[read.table] = std::move(read);
  });
}

// All but the campaigns.
json whole_json(const State& state) {
  json out = {{"size", state.size}, {"directory", directory_json(*state.directory)}};
  if (state.simulated_now) out["simulated_now"] = format_utc(*state.simulated_now);
  for (const LogKeyRotation& one : state.log_keys) {
    out["log_keys"].push_back(
        {{"index", one.index}, {"retires", one.retires}, {"verifier_key", one.verifier_key}});
  }
  return out;
}

Directory read_whole(JsonReader& in, State& state) {
  state.size = in.number("size");
  Directory directory;
  in.object("directory", [&](JsonReader& part) { directory = read_directory(part); });
  state.simulated_now = in.optional_instant("simulated_now");
  if (in.has("log_keys")) {
    in.each("log_keys", [&](JsonReader& one) {
      state.log_keys.push_back(
          {one.number("index"), one.text("retires"), one.text("verifier_key")});
    });
  }
  return directory;
}

void append_part(std::string& bytes, std::string_view part) {
  append_u32(bytes, static_cast<std::uint32_t>(part.size()));
  bytes += part;
}

std::string cbor_of(const json& part) {
  std::string bytes;
  json::to_cbor(part, bytes);
  return bytes;
}

Error not_a_snapshot() { return {Errc::malformed, "not a state snapshot"}; }

// Cuts the next part off `bytes`.
Result<json> next_part(std::string_view& bytes) {
  if (bytes.size() < sizeof(std::uint32_t)) return not_a_snapshot();
  const std::size_t size = read_u32(bytes);
  bytes.remove_prefix(sizeof(std::uint32_t));
  if (bytes.size() < size) return not_a_snapshot();
  const std::string_view part = bytes.substr(0, size);
  bytes.remove_prefix(size);
  ShapeGuard guard(part.size());
  if (!json::sax_parse(part.begin(), part.end(), &guard, json::input_format_t::cbor)) {
    return not_a_snapshot();
  }
  json document = json::from_cbor(part.begin(), part.end(), true, false);
  if (document.is_discarded()) return not_a_snapshot();
  return document;
}

Result<void> put_definitions(Directory& directory, const DefinitionsOf& definitions_of) {
  std::vector<LeafIndex> indexes;
  for (const auto& [id, campaign] : directory.campaigns) indexes.push_back(campaign.defined_by);
  if (indexes.empty()) return {};
  CS_TRY(auto definitions, definitions_of(indexes));
  auto next = definitions.begin();
  for (auto& [id, campaign] : directory.campaigns) {
    if (next == definitions.end() || *next == nullptr || (*next)->id != id) {
      return Error{Errc::malformed, "state snapshot: an entry it names defines no such campaign"};
    }
    campaign.definition = std::move(*next++);
  }
  return {};
}

}  // namespace

std::string StateEncoder::encode(const State& state) {
  std::string bytes(1, kFormat);
  append_part(bytes, cbor_of(whole_json(state)));
  for (const auto& [id, campaign] : state.campaigns) {
    Kept& kept = campaigns_[id];
    if (kept.bytes.empty() || kept.changed_by != campaign.changed_by) {
      kept = {campaign.changed_by, cbor_of(campaign_json(id, campaign))};
    }
    append_part(bytes, kept.bytes);
  }
  return bytes;
}

std::string encode_state(const State& state) { return StateEncoder().encode(state); }

Result<State> decode_state(std::string_view bytes, const DefinitionsOf& definitions_of) {
  if (bytes.empty() || bytes[0] != kFormat) {
    return Error{Errc::malformed, "not a state snapshot of this version"};
  }
  bytes.remove_prefix(1);
  State state;
  std::string problem;
  CS_TRY(const json whole, next_part(bytes));
  JsonReader in(whole, "", problem);
  Directory directory = read_whole(in, state);
  while (!bytes.empty() && problem.empty()) {
    CS_TRY(const json part, next_part(bytes));
    JsonReader campaign(part, "/campaigns", problem);
    read_campaign(campaign, state);
  }
  if (!problem.empty()) return Error{Errc::malformed, "state snapshot: " + problem};
  CS_CHECK(put_definitions(directory, definitions_of));
  state.directory = std::make_shared<const Directory>(std::move(directory));
  return state;
}

}  // namespace countersign::ledger
