#include "ledger/domain/event_json.h"

#include "ledger/base/key_algorithm.h"
#include "ledger/domain/area_event_codec.h"

#include <array>

namespace countersign::ledger {

using nlohmann::json;

namespace {

// In the order of Event's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Event::Alternatives>> kTypes = {
    "ledger.created",      "campaign.defined",    "account.opened",      "account.closed",
    "credential.set",      "key.revoked",         "task.assigned",       "task.blocked",
    "task.unblocked",      "phase.opened",        "phase.closed",        "due.moved",
    "delegation.granted",  "delegation.revoked",  "rows.changed",        "sheet.imported",
    "assist.requested",    "assist.delivered",    "assist.declined",     "table.submitted",
    "table.approved",      "table.returned",      "campaign.tabled",     "campaign.decided",
    "exception.granted",   "campaign.frozen",     "campaign.submitted",  "campaign.accepted",
    "campaign.reopened",   "fact.objected",       "fact.decided",        "bulletin.drafted",
    "bulletin.corrected",  "bulletin.published",  "table.read",          "data.exported",
    "clock.advanced",      "validation.run",      "finding.explained",   "explanation.decided",
    "rule.withdrawn",      "indicators.computed", "plan.required",       "plan.drafted",
    "plan.decided",        "plan.followed_up",    "evidence.registered", "evidence.shown",
    "evidence.withdrawn",  "evidence.missing",    "rows.confirmed",      "correction.requested",
    "correction.answered", "case.opened",         "pack.sealed",         "case.served",
    "case.acknowledged",   "case.concluded",      "case.corrected",      "unit.chased",
    "chase.answered",      "departments.ready",   "outage.recorded",     "row.erased",
    "key.enrolled",        "log_key.rotated",     "table.attested",      "texts.erased",
    "person.erased"};

json counts_json(const RowCounts& counts) {
  return {{"added", counts.added}, {"changed", counts.changed}, {"removed", counts.removed}};
}
RowCounts read_counts(JsonReader& in) {
  RowCounts counts;
  in.object("counts", [&](JsonReader& c) {
    counts = {static_cast<std::uint32_t>(c.number("added")),
              static_cast<std::uint32_t>(c.number("changed")),
              static_cast<std::uint32_t>(c.number("removed"))};
  });
  return counts;
}

json sign_off_json(const SignOff& sign_off) {
  return {{"public_key", to_base64(as_bytes(sign_off.public_key))},
          {"service_held", sign_off.service_held}};
}
SignOff read_sign_off(JsonReader& in) {
  SignOff sign_off;
  in.object("signature", [&](JsonReader& s) {
    sign_off.public_key = s.bytes("public_key");
    sign_off.service_held = s.flag("service_held");
  });
  return sign_off;
}

struct DataWriter {
  json operator()(const LedgerCreated& e) const {
    json out = {{"origin", e.origin},
                {"account", e.account.value},
                {"public_key", to_base64(as_bytes(e.credential.public_key))}};
    if (e.simulated_start) out["simulated_start"] = format_utc(*e.simulated_start);
    return out;
  }
  json operator()(const CampaignDefined& e) const {
    return {{"revision", e.revision}, {"definition_hash", to_hex(e.definition_hash)}};
  }
  json operator()(const AccountOpened& e) const { return {{"account", account_json(e.account)}}; }
  json operator()(const AccountClosed& e) const { return {{"account", e.account.value}}; }
  json operator()(const CredentialSet& e) const {
    json out = {{"account", e.account.value},
                {"person", e.person.value},
                {"public_key", to_base64(as_bytes(e.public_key))},
                {"service_held", e.service_held}};
    if (!e.enrols) out["enrols"] = false;
    return out;
  }
  json operator()(const KeyEnrolled& e) const {
    const auto algorithm = key_algorithm_of(e.public_key);
    json out = {{"account", e.account.value},
                {"person", e.person.value},
                {"public_key", to_base64(as_bytes(e.public_key))},
                {"algorithm", algorithm ? to_string(*algorithm) : ""}};
    if (!e.replaces.empty()) out["replaces"] = to_base64(as_bytes(e.replaces));
    return out;
  }
  json operator()(const LogKeyRotated& e) const {
    return {{"retires", e.retires}, {"verifier_key", e.verifier_key}, {"note", e.note}};
  }
  json operator()(const KeyRevoked& e) const {
    return {{"person", e.person.value}, {"public_key", to_base64(as_bytes(e.public_key))}};
  }
  json operator()(const TaskAssigned& e) const {
    return {{"department", e.department.value}, {"due", format_utc(e.due)}, {"notice", e.notice}};
  }
  json operator()(const TaskBlocked& e) const { return {{"by", ids_json(e.by)}}; }
  json operator()(const TaskUnblocked& e) const { return {{"by", e.by.value}}; }
  json operator()(const PhaseOpened& e) const { return {{"phase", e.phase.value}}; }
  json operator()(const PhaseClosed& e) const {
    return {{"phase", e.phase.value}, {"undelivered", ids_json(e.undelivered)}};
  }
  json operator()(const DueMoved& e) const {
    return {{"from", format_utc(e.from)}, {"to", format_utc(e.to)}};
  }
  json operator()(const DelegationGranted& e) const {
    return {{"hat", hat_json(e.hat)},
            {"from", e.from.value},
            {"to", e.to.value},
            {"until", format_utc(e.until)}};
  }
  json operator()(const DelegationRevoked& e) const { return {{"granted_by", e.granted_by}}; }
  json operator()(const RowsChanged& e) const {
    json out = {{"version", e.version}, {"counts", counts_json(e.counts)}};
    if (e.cites) out["cites"] = *e.cites;
    if (e.carried) out["carried_from"] = write_carry_source(*e.carried);
    return out;
  }
  json operator()(const SheetImported& e) const {
    return {{"source", e.summary.source},
            {"sheet_hash", to_hex(e.summary.sheet_hash)},
            {"rows", e.summary.rows},
            {"identical", e.summary.identical},
            {"remove_missing", e.summary.remove_missing},
            {"counts", counts_json(e.counts)}};
  }
  json operator()(const AssistRequested& e) const {
    json out = {{"part", e.part}, {"department", e.department.value}, {"due", format_utc(e.due)}};
    if (!e.new_items.empty()) out["new_items"] = e.new_items;
    if (!e.changed_items.empty()) out["changed_items"] = e.changed_items;
    return out;
  }
  json operator()(const AssistDelivered& e) const {
    return {{"part", e.part},
            {"department", e.department.value},
            {"nothing_to_report", e.nothing_to_report}};
  }
  json operator()(const AssistDeclined& e) const {
    return {{"part", e.part}, {"department", e.department.value}};
  }
  json operator()(const TableSubmitted& e) const {
    return {{"version", version_json(e.version)},
            {"due", format_utc(e.due)},
            {"signature", sign_off_json(e.sign_off)}};
  }
  json operator()(const TableApproved& e) const {
    return {{"level", e.level.value},
            {"version", version_json(e.version)},
            {"signature", sign_off_json(e.sign_off)}};
  }
  json operator()(const TableReturned& e) const {
    json out = {{"level", e.level.value},
                {"version", version_json(e.version)},
                {"reasons", e.reasons.size()}};
    if (e.due) out["due"] = format_utc(*e.due);
    return out;
  }
  json operator()(const CampaignTabled& e) const {
    return {{"body", e.body.value}, {"report", to_hex(e.report.hash)}};
  }
  json operator()(const CampaignDecided& e) const {
    json out = {{"body", e.body.value},
                {"report", to_hex(e.report)},
                {"outcome", to_string(e.outcome)},
                {"attended", e.attended},
                {"minutes", to_hex(e.minutes.hash)},
                {"tables", ids_json(e.tables)}};
    if (e.due) out["due"] = format_utc(*e.due);
    return out;
  }
  json operator()(const ExceptionGranted& e) const { return {{"due", format_utc(e.due)}}; }
  json operator()(const CampaignFrozen& e) const {
    return {{"hash", to_hex(e.hash)}, {"tables", e.versions.size()}};
  }
  json operator()(const CampaignSubmitted& e) const {
    json out = {{"hash", to_hex(e.hash)}, {"receipt", to_hex(e.receipt.hash)}};
    if (e.due) out["due"] = format_utc(*e.due);
    return out;
  }
  json operator()(const CampaignAccepted& e) const { return {{"notice", to_hex(e.notice.hash)}}; }
  json operator()(const CampaignReopened& e) const {
    return {{"order", to_hex(e.order.hash)},
            {"tables", ids_json(e.tables)},
            {"due", format_utc(e.due)}};
  }
  json operator()(const FactObjected& e) const {
    return {{"fact", e.fact}, {"department", e.department.value}, {"stage", e.stage}};
  }
  json operator()(const FactDecided& e) const {
    json out = {
        {"fact", e.fact}, {"department", e.department.value}, {"verdict", to_string(e.verdict)}};
    if (e.net) out["net_seconds"] = e.net->micros / Duration::seconds(1).micros;
    return out;
  }
  json operator()(const BulletinDrafted& e) const { return bulletin(e); }
  json operator()(const BulletinCorrected& e) const {
    json out = bulletin(e);
    out["bulletin"] = e.bulletin;
    return out;
  }
  json operator()(const BulletinPublished& e) const {
    return {{"bulletin", e.bulletin}, {"text", e.text}};
  }
  json operator()(const TableRead& e) const {
    return {{"what", e.what}, {"as_of", e.as_of}, {"rows", e.rows}};
  }
  json operator()(const DataExported& e) const {
    json out = {{"what", e.what}, {"as_of", e.as_of}, {"rows", e.rows}, {"personal", e.personal}};
    if (e.content) out["content"] = to_hex(*e.content);
    if (!e.channel.empty()) out["channel"] = e.channel;
    return out;
  }
  json operator()(const ClockAdvanced& e) const { return {{"to", format_utc(e.to)}}; }
  template <typename Other>
  json operator()(const Other& e) const {
    return write_data(e);
  }

 private:
  template <typename E>
  static json bulletin(const E& e) {
    return {{"departments", ids_json(e.departments)},
            {"facts", e.facts},
            {"objections_until", format_utc(e.objections_until)}};
  }
};

struct DataReader {
  const EventPlace& at;
  JsonReader& in;

  void read(LedgerCreated& e) const {
    e.origin = in.text("origin");
    e.account = AccountId(in.text("account"));
    e.credential.public_key = in.bytes("public_key");
    e.simulated_start = in.optional_instant("simulated_start");
  }
  void read(CampaignDefined& e) const {
    e.campaign = at.campaign;
    e.revision = static_cast<std::uint32_t>(in.number("revision"));
    e.definition_hash = in.hash("definition_hash");
  }
  void read(AccountOpened& e) const {
    in.object("account", [&](JsonReader& account) { e.account = read_account_json(account); });
  }
  void read(AccountClosed& e) const { e.account = AccountId(in.text("account")); }
  void read(CredentialSet& e) const {
    e.account = AccountId(in.text("account"));
    e.person = PersonId(in.text("person"));
    e.public_key = in.bytes("public_key");
    e.service_held = in.flag("service_held");
    e.credential.public_key = e.public_key;
    if (in.has("enrols")) e.enrols = in.flag("enrols");
  }
  void read(KeyRevoked& e) const {
    e.person = PersonId(in.text("person"));
    e.public_key = in.bytes("public_key");
  }
  void read(LogKeyRotated& e) const {
    e.retires = in.text("retires");
    e.verifier_key = in.text("verifier_key");
    e.note = in.text("note");
  }
  void read(KeyEnrolled& e) const {
    e.account = AccountId(in.text("account"));
    e.person = PersonId(in.text("person"));
    e.public_key = in.bytes("public_key");
    const auto algorithm = key_algorithm_from(in.text("algorithm"));
    if (!algorithm || algorithm != key_algorithm_of(e.public_key)) {
      in.note("algorithm", "is unknown, or another key's");
    }
    if (in.has("replaces")) e.replaces = in.bytes("replaces");
  }
  void read(TaskAssigned& e) const {
    place(e);
    e.department = DepartmentId(in.text("department"));
    e.due = in.instant("due");
    e.notice = in.text("notice");
  }
  void read(TaskBlocked& e) const {
    place(e);
    e.by = in.ids<TableKey>("by");
  }
  void read(TaskUnblocked& e) const {
    place(e);
    e.by = TableKey(in.text("by"));
  }
  void read(PhaseOpened& e) const {
    e.campaign = at.campaign;
    e.phase = PhaseId(in.text("phase"));
  }
  void read(PhaseClosed& e) const {
    e.campaign = at.campaign;
    e.phase = PhaseId(in.text("phase"));
    e.undelivered = in.ids<TableKey>("undelivered");
  }
  void read(DueMoved& e) const {
    place(e);
    e.from = in.instant("from");
    e.to = in.instant("to");
  }
  void read(DelegationGranted& e) const {
    e.campaign = at.campaign;
    in.object("hat", [&](JsonReader& hat) { e.hat = read_hat_json(hat); });
    e.from = PersonId(in.text("from"));
    e.to = PersonId(in.text("to"));
    e.until = in.instant("until");
  }
  void read(DelegationRevoked& e) const {
    e.campaign = at.campaign;
    e.granted_by = in.number("granted_by");
  }
  void read(RowsChanged& e) const {
    place(e);
    e.version = static_cast<std::uint32_t>(in.number("version"));
    e.counts = read_counts(in);
    if (in.has("cites")) e.cites = in.number("cites");
    if (in.has("carried_from")) {
      in.object("carried_from", [&](JsonReader& from) { e.carried = read_carry_source(from); });
    }
  }
  void read(SheetImported& e) const {
    place(e);
    e.summary = {in.text("source"), in.hash("sheet_hash"), in.number("rows"),
                 in.number("identical"), in.flag("remove_missing")};
    e.counts = read_counts(in);
  }
  void read(AssistRequested& e) const {
    part(e);
    e.due = in.instant("due");
    e.new_items = in.texts("new_items");
    e.changed_items = in.texts("changed_items");
  }
  void read(AssistDelivered& e) const {
    part(e);
    e.nothing_to_report = in.flag("nothing_to_report");
  }
  void read(AssistDeclined& e) const { part(e); }
  void read(TableSubmitted& e) const {
    place(e);
    version(e);
    e.due = in.instant("due");
    e.sign_off = read_sign_off(in);
  }
  void read(TableApproved& e) const {
    place(e);
    version(e);
    e.level = LevelId(in.text("level"));
    e.sign_off = read_sign_off(in);
  }
  void read(TableReturned& e) const {
    place(e);
    version(e);
    e.level = LevelId(in.text("level"));
    in.number("reasons");  // their count; the reasons stand in the payload
    e.due = in.optional_instant("due");
  }
  void read(CampaignTabled& e) const {
    e.campaign = at.campaign;
    e.body = BodyId(in.text("body"));
    e.report.hash = in.hash("report");
  }
  void read(CampaignDecided& e) const {
    e.campaign = at.campaign;
    e.body = BodyId(in.text("body"));
    e.report = in.hash("report");
    const auto outcome = resolution_from(in.text("outcome"));
    if (!outcome) in.note("outcome", "is not an outcome");
    e.outcome = outcome.value_or(Resolution::approved);
    e.attended = static_cast<unsigned>(in.number("attended"));
    e.minutes.hash = in.hash("minutes");
    e.tables = in.ids<TableKey>("tables");
    e.due = in.optional_instant("due");
  }
  void read(ExceptionGranted& e) const {
    place(e);
    e.due = in.instant("due");
  }
  void read(CampaignFrozen& e) const {
    e.campaign = at.campaign;
    e.hash = in.hash("hash");
    in.number("tables");  // their count; the versions stand in the payload
  }
  void read(CampaignSubmitted& e) const {
    e.campaign = at.campaign;
    e.hash = in.hash("hash");
    e.receipt.hash = in.hash("receipt");
    e.due = in.optional_instant("due");
  }
  void read(CampaignAccepted& e) const {
    e.campaign = at.campaign;
    e.notice.hash = in.hash("notice");
  }
  void read(CampaignReopened& e) const {
    e.campaign = at.campaign;
    e.order.hash = in.hash("order");
    e.tables = in.ids<TableKey>("tables");
    e.due = in.instant("due");
  }
  void read(FactObjected& e) const {
    fact(e);
    e.stage = static_cast<std::uint32_t>(in.number("stage"));
  }
  void read(FactDecided& e) const {
    fact(e);
    const auto verdict = verdict_from(in.text("verdict"));
    if (!verdict) in.note("verdict", "is not a verdict");
    e.verdict = verdict.value_or(Verdict::upheld);
    if (in.has("net_seconds")) {
      e.net = Duration::seconds(static_cast<std::int64_t>(in.number("net_seconds")));
    }
  }
  void read(BulletinDrafted& e) const { bulletin(e); }
  void read(BulletinCorrected& e) const {
    bulletin(e);
    e.bulletin = in.number("bulletin");
  }
  void read(BulletinPublished& e) const {
    e.campaign = at.campaign;
    e.bulletin = in.number("bulletin");
    e.text = in.number("text");
  }
  void read(TableRead& e) const {
    place(e);
    e.what = in.text("what");
    e.as_of = in.number("as_of");
    e.rows = in.number("rows");
  }
  void read(DataExported& e) const {
    place(e);
    e.what = in.text("what");
    e.as_of = in.number("as_of");
    e.rows = in.number("rows");
    if (in.has("content")) e.content = in.hash("content");
    e.personal = in.flag("personal");
    e.channel = in.text_or("channel", "");
  }
  void read(ClockAdvanced& e) const { e.to = in.instant("to"); }
  template <typename Other>
  void read(Other& e) const {
    if constexpr (requires { e.campaign; }) e.campaign = at.campaign;
    if constexpr (requires { e.table; }) e.table = at.table;
    read_data(in, e);
  }

 private:
  template <typename E>
  void place(E& e) const {
    e.campaign = at.campaign;
    e.table = at.table;
  }
  template <typename E>
  void part(E& e) const {
    place(e);
    e.part = in.text("part");
    e.department = DepartmentId(in.text("department"));
  }
  template <typename E>
  void fact(E& e) const {
    e.campaign = at.campaign;
    e.fact = in.text("fact");
    e.department = DepartmentId(in.text("department"));
  }
  template <typename E>
  void bulletin(E& e) const {
    e.campaign = at.campaign;
    e.departments = in.ids<DepartmentId>("departments");
    e.facts = in.texts("facts");
    e.objections_until = in.instant("objections_until");
  }
  template <typename E>
  void version(E& e) const {
    in.object("version", [&](JsonReader& v) { e.version = read_version_json(v); });
  }
};

template <std::size_t I = 0>
Event read_alternative(std::size_t wanted, const DataReader& reader) {
  if constexpr (I < std::variant_size_v<Event::Alternatives>) {
    if (I == wanted) {
      std::variant_alternative_t<I, Event::Alternatives> event;
      reader.read(event);
      return event;
    }
    return read_alternative<I + 1>(wanted, reader);
  } else {
    return Event();
  }
}

}  // namespace

std::string_view type_name(const Event& event) { return kTypes[event.index()]; }

EventPlace place_of(const Event& event) {
  return std::visit(
      [](const auto& e) {
        EventPlace place;
        if constexpr (requires { e.campaign; }) place.campaign = e.campaign;
        if constexpr (requires { e.table; }) place.table = e.table;
        return place;
      },
      event);
}

json event_data(const Event& event) { return std::visit(DataWriter{}, event); }

Event read_event_data(const std::string& type, const EventPlace& place, JsonReader& in) {
  std::size_t wanted = 0;
  while (wanted < kTypes.size() && kTypes[wanted] != type) ++wanted;
  if (wanted == kTypes.size()) in.note("", "is of an unknown event type");
  return read_alternative(wanted, DataReader{place, in});
}

json hat_json(const Hat& hat) {
  json out = {{"role", to_string(hat.role)}};
  if (!hat.department.empty()) out["department"] = hat.department.value;
  return out;
}

Hat read_hat_json(JsonReader& in) {
  const auto role = role_from(in.text("role"));
  if (!role) in.note("role", "is not a role");
  return {role.value_or(Role::system), DepartmentId(in.text_or("department", ""))};
}

json account_json(const Account& account) {
  json hats = json::array();
  for (const Hat& hat : account.hats) hats.push_back(hat_json(hat));
  json out = {{"id", account.id.value}, {"person", account.person.value}, {"hats", hats}};
  if (account.valid_from) out["valid_from"] = format_utc(*account.valid_from);
  if (account.valid_until) out["valid_until"] = format_utc(*account.valid_until);
  return out;
}

Account read_account_json(JsonReader& in) {
  Account account{AccountId(in.text("id")),
                  PersonId(in.text("person")),
                  {},
                  in.optional_instant("valid_from"),
                  in.optional_instant("valid_until")};
  in.each("hats", [&](JsonReader& hat) { account.hats.push_back(read_hat_json(hat)); });
  return account;
}

json version_json(const VersionRef& version) {
  return {{"number", version.number}, {"hash", to_hex(version.hash)}, {"rows", version.rows}};
}

VersionRef read_version_json(JsonReader& in) {
  return {static_cast<std::uint32_t>(in.number("number")), in.hash("hash"), in.number("rows")};
}

}  // namespace countersign::ledger
