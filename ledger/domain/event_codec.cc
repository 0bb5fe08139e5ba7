#include "ledger/domain/event_codec.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/canonical_scan.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_json.h"
#include "ledger/domain/header_scan.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

std::string person_item(const Person& person) {
  json item = {{"kind", "person"},
               {"id", person.id.value},
               {"name", person.name},
               {"department", person.department.value}};
  if (!person.staff_no.empty()) item["staff_no"] = person.staff_no;
  return canonical_text(item);
}

std::string credential_item(const Credential& credential) {
  return canonical_text({{"kind", "credential"},
                         {"verifier", credential.verifier},
                         {"sealed_key", credential.sealed_key}});
}

std::string sign_off_item(const SignOff& sign_off) {
  return canonical_text({{"kind", "sign_off"}, {"note", sign_off.note}});
}

// The label is left out when there is none; the note names it too.
std::vector<std::string> enrolment_items(const EnrolKey& command) {
  std::vector<std::string> items;
  if (!command.label.empty()) items.push_back(text_item("label", command.label));
  items.push_back(canonical_text({{"kind", "enrolment"}, {"note", command.note}}));
  return items;
}

std::string return_reason_item(const ReturnReason& reason) {
  json item = {{"kind", "return_reason"},
               {"column", reason.column},
               {"rule", reason.rule},
               {"text", reason.text}};
  if (reason.row) item["row"] = reason.row->value;
  return canonical_text(item);
}

std::string opinion_item(const Opinion& opinion) {
  return canonical_text(
      {{"kind", "opinion"}, {"table", opinion.table.value}, {"text", opinion.text}});
}

std::vector<std::string> definition_items(const CampaignDefinition& definition) {
  CampaignDefinition without_persons = definition;
  without_persons.persons.clear();
  std::vector<std::string> items{canonical_text(
      {{"kind", "definition"}, {"definition", *parse_json(encode_campaign(without_persons))}})};
  for (const Person& person : definition.persons) items.push_back(person_item(person));
  return items;
}

using Items = std::vector<std::string>;

std::vector<Items> title_of(const DocumentRef& document) {
  return {Items{text_item("title", document.title)}};
}

std::vector<Items> reason_only(const std::string& reason) {
  return {Items{text_item("reason", reason)}};
}

struct PayloadWriter {
  std::vector<Items> operator()(const CreateLedger& c) const {
    return {{person_item(c.administrator), credential_item(c.credential)}};
  }
  std::vector<Items> operator()(const DefineCampaign& c) const {
    return {definition_items(*c.definition)};
  }
  std::vector<Items> operator()(const OpenAccount& c) const {
    return {c.person ? Items{person_item(*c.person)} : Items{}};
  }
  std::vector<Items> operator()(const CloseAccount& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const SetCredential& c) const {
    return {{credential_item(c.credential)}};
  }
  std::vector<Items> operator()(const RevokeKey& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const EnrolKey& c) const { return {enrolment_items(c)}; }
  std::vector<Items> operator()(const RotateLogKey& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const MoveDue& c) const {
    return std::vector<Items>(c.tables.size(), Items{text_item("reason", c.reason)});
  }
  std::vector<Items> operator()(const GrantDelegation& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const ChangeRows& c) const {
    return std::vector<Items>(c.chunks.size(),
                              c.reason.empty() ? Items{} : Items{text_item("reason", c.reason)});
  }
  std::vector<Items> operator()(const RequestAssist& c) const {
    return {Items{text_item("request", c.text)}};
  }
  std::vector<Items> operator()(const DeclineAssist& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const SubmitTable& c) const {
    return {{sign_off_item(c.sign_off)}};
  }
  std::vector<Items> operator()(const ApproveTable& c) const {
    return {{sign_off_item(c.sign_off)}};
  }
  std::vector<Items> operator()(const ReturnTable& c) const {
    Items items;
    for (const ReturnReason& reason : c.reasons) items.push_back(return_reason_item(reason));
    return {std::move(items)};
  }
  std::vector<Items> operator()(const TableCampaign& c) const { return title_of(c.report); }
  std::vector<Items> operator()(const DecideCampaign& c) const {
    Items items{text_item("title", c.minutes.title)};
    for (const Opinion& opinion : c.opinions) items.push_back(opinion_item(opinion));
    return {std::move(items)};
  }
  std::vector<Items> operator()(const GrantException& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const FreezeCampaign& c) const {
    return {version_items(c.versions)};
  }
  std::vector<Items> operator()(const SubmitCampaign& c) const { return title_of(c.receipt); }
  std::vector<Items> operator()(const AcceptCampaign& c) const { return title_of(c.notice); }
  std::vector<Items> operator()(const ReopenCampaign& c) const { return title_of(c.order); }
  std::vector<Items> operator()(const ObjectToFact& c) const {
    Items items{text_item("ground", c.ground)};
    for (const DocumentRef& document : c.evidence) items.push_back(document_item(document));
    return {std::move(items)};
  }
  std::vector<Items> operator()(const DecideFact& c) const { return reason_only(c.reason); }
  std::vector<Items> operator()(const DraftBulletin& c) const {
    return {Items{text_item("text", c.text)}};
  }
  std::vector<Items> operator()(const CorrectBulletin& c) const {
    return {Items{text_item("text", c.text), text_item("reason", c.reason)}};
  }
  std::vector<Items> operator()(const PublishBulletin& c) const {
    Items items;
    for (const std::string& receiver : c.to) items.push_back(text_item("receiver", receiver));
    return {std::move(items)};
  }
  std::vector<Items> operator()(const ReadTable& c) const {
    return {c.row ? Items{text_item("row", c.row->value)} : Items{}};
  }
  std::vector<Items> operator()(const ExportData& c) const {
    Items items;
    if (!c.receiver.empty()) items.push_back(text_item("receiver", c.receiver));
    if (!c.basis.empty()) items.push_back(text_item("basis", c.basis));
    return {std::move(items)};
  }
  template <typename Other>
  std::vector<Items> operator()(const Other& c) const {
    // The rest say all they have to say in their headers.
    if constexpr (requires { write_items(c); }) {
      return {write_items(c)};
    } else if constexpr (requires { write_chunks(c); }) {
      return write_chunks(c);
    } else {
      return {};
    }
  }
};

RowChange read_row(JsonReader& in, std::string& problem) {
  RowChange change;
  change.table = TableKey(in.text("table"));
  change.key = RowKey(in.text("key"));
  change.removed = in.text("op") == "remove";
  if (in.has("prev")) change.prev = in.number("prev");
  if (const auto* cells = in.find("cells"); cells != nullptr && cells->is_object()) {
    for (const auto& [column, value] : cells->items()) {
      if (value.is_null()) {
        change.cells[column] = std::nullopt;
      } else if (value.is_string()) {
        change.cells[column] = value.get<std::string>();
      } else {
        problem = "a cell is neither text nor null";
      }
    }
  }
  return change;
}

// Puts one item into the event it belongs to.
struct ItemReader {
  const std::string& kind;
  JsonReader& in;
  const json& item;
  const std::uint32_t place;
  std::string& problem;
  json& definition;  // of a campaign, until its persons are complete

  void operator()(LedgerCreated& e) const {
    if (kind == "person")
      e.administrator = person();
    else if (kind == "credential")
      e.credential = credential(e.credential.public_key);
    else
      misplaced();
  }
  void operator()(CampaignDefined&) const {
    if (kind == "definition") {
      definition.update(item.at("definition"));
    } else if (kind == "person") {
      json one = item;
      one.erase("kind");
      definition["persons"].push_back(std::move(one));
    } else {
      misplaced();
    }
  }
  void operator()(AccountOpened& e) const {
    if (kind == "person")
      e.person = person();
    else
      misplaced();
  }
  void operator()(CredentialSet& e) const {
    if (kind == "credential")
      e.credential = credential(e.public_key);
    else
      misplaced();
  }
  void operator()(AccountClosed& e) const { text(e.reason); }
  void operator()(KeyRevoked& e) const { text(e.reason); }
  void operator()(LogKeyRotated& e) const { text(e.reason); }
  void operator()(KeyEnrolled& e) const {
    if (kind == "enrolment")
      e.note = in.text("note");
    else
      text(e.label);
  }
  void operator()(DueMoved& e) const { text(e.reason); }
  void operator()(DelegationGranted& e) const { text(e.reason); }
  void operator()(AssistRequested& e) const { text(e.text); }
  void operator()(AssistDeclined& e) const { text(e.reason); }
  void operator()(RowsChanged& e) const {
    if (kind != "row") return text(e.reason);
    e.rows.push_back(read_row(in, problem));
    e.rows.back().item = place;
  }
  void operator()(TableSubmitted& e) const { note(e.sign_off); }
  void operator()(TableApproved& e) const { note(e.sign_off); }
  void operator()(TableReturned& e) const {
    if (kind != "return_reason") return misplaced();
    ReturnReason reason;
    if (in.has("row")) reason.row = RowKey(in.text("row"));
    reason.column = in.text("column");
    reason.rule = in.text("rule");
    reason.text = in.text("text");
    e.reasons.push_back(std::move(reason));
  }
  void operator()(CampaignTabled& e) const { text(e.report.title); }
  void operator()(CampaignDecided& e) const {
    if (kind == "opinion")
      e.opinions.push_back({TableKey(in.text("table")), in.text("text")});
    else
      text(e.minutes.title);
  }
  void operator()(ExceptionGranted& e) const { text(e.reason); }
  void operator()(CampaignFrozen& e) const {
    if (kind != "version") return misplaced();
    TableVersion one{TableKey(in.text("table")), {}};
    in.object("version", [&](JsonReader& version) { one.version = read_version_json(version); });
    e.versions.push_back(std::move(one));
  }
  void operator()(CampaignSubmitted& e) const { text(e.receipt.title); }
  void operator()(CampaignAccepted& e) const { text(e.notice.title); }
  void operator()(CampaignReopened& e) const { text(e.order.title); }
  void operator()(FactObjected& e) const {
    if (kind == "document")
      e.evidence.push_back({in.hash("hash"), in.text("title")});
    else
      text(e.ground);
  }
  void operator()(FactDecided& e) const { text(e.reason); }
  void operator()(BulletinDrafted& e) const { text(e.text); }
  void operator()(BulletinCorrected& e) const {
    text(in.text_or("role", "") == "reason" ? e.reason : e.text);
  }
  void operator()(BulletinPublished& e) const { text(e.to.emplace_back()); }
  void operator()(TableRead& e) const {
    std::string row;
    text(row);
    e.row = RowKey(row);
  }
  void operator()(DataExported& e) const {
    text(in.text_or("role", "") == "basis" ? e.basis : e.receiver);
  }
  template <typename Other>
  void operator()(Other& e) const {
    if constexpr (requires { read_item(kind, in, e); }) {
      if (!read_item(kind, in, e)) misplaced();
    } else {
      misplaced();
    }
  }

 private:
  Person person() const {
    return {PersonId(in.text("id")), in.text("name"), DepartmentId(in.text("department")),
            in.text_or("staff_no", "")};
  }
  Credential credential(const std::string& public_key) const {
    return {in.text("verifier"), public_key, in.text("sealed_key")};
  }
  void text(std::string& out) const {
    if (kind == "text")
      out = in.text("text");
    else
      misplaced();
  }
  void note(SignOff& sign_off) const {
    if (kind == "sign_off")
      sign_off.note = in.text("note");
    else
      misplaced();
  }
  void misplaced() const { problem = "an item does not belong to this event"; }
};

}  // namespace

std::string text_item(std::string_view role, std::string_view text) {
  return canonical_text({{"kind", "text"}, {"role", role}, {"text", text}});
}

std::string document_item(const DocumentRef& document) {
  return canonical_text(
      {{"kind", "document"}, {"hash", to_hex(document.hash)}, {"title", document.title}});
}

std::vector<std::string> version_items(const std::vector<TableVersion>& versions) {
  std::vector<std::string> items;
  for (const TableVersion& one : versions) {
    items.push_back(canonical_text(
        {{"kind", "version"}, {"table", one.table.value}, {"version", version_json(one.version)}}));
  }
  return items;
}

std::string row_item(const RowChange& change) {
  std::string item;
  append_row_item(item, change.table, change.key.value, change.prev,
                  change.removed ? std::nullopt : std::optional(encode_cells(change.cells)));
  return item;
}

void append_row_item(std::string& out, const TableKey& table, std::string_view key,
                     std::optional<LeafIndex> prev, std::optional<std::string_view> cells) {
  // In canonical order. Every entry of rows is made of these, so none is built as a value first.
  constexpr std::size_t kOwnBytes = 96;
  const std::size_t cell_bytes = cells ? cells->size() : 0;
  out.reserve(out.size() + kOwnBytes + key.size() + table.value.size() + cell_bytes);
  out += R"({"cells":)";
  out += cells.value_or("{}");
  out += R"(,"key":)";
  append_canonical_string(out, key);
  out += cells ? R"(,"kind":"row","op":"put","prev":)" : R"(,"kind":"row","op":"remove","prev":)";
  out += prev ? std::to_string(*prev) : "null";
  out += R"(,"table":)";
  append_canonical_string(out, table.value);
  out += '}';
}

std::vector<std::vector<std::string>> payload_items(const Command& command) {
  return std::visit(PayloadWriter{}, command);
}

Result<DecodedHeader> decode_header(std::string_view text) {
  if (auto scanned = scan_header(text)) return std::move(*scanned);
  CS_TRY(const json header, parse_canonical(text));
  std::string problem;
  JsonReader in(header, "", problem);
  if (in.number("v") != kHeaderLayout) in.note("v", "is an unknown layout");
  if (in.number("type_version") != kTypeVersion) in.note("type_version", "is unknown");
  DecodedHeader out;
  RecordedEvent& event = out.event;
  event.index = in.number("index");
  out.origin = in.text("origin");
  in.object("actor", [&](JsonReader& actor) {
    event.actor.hat = read_hat_json(actor);
    event.actor.person = PersonId(actor.text("person"));
    event.actor.account = AccountId(actor.text("account"));
    if (actor.has("on_behalf_of")) {
      event.actor.on_behalf_of = PersonId(actor.text("on_behalf_of"));
    }
  });
  event.received_at = in.instant("received_at");
  event.sequenced_at = in.instant("sequenced_at");
  event.claimed_at = in.optional_instant("claimed_at");
  event.command_id = CommandId(in.text("command"));
  event.correlation_id = in.text("correlation");
  if (in.has("caused_by")) event.caused_by = in.number("caused_by");
  in.object("payload", [&](JsonReader& payload) {
    out.commitment = {static_cast<std::uint32_t>(payload.number("count")), payload.hash("root")};
  });
  const EventPlace place{CampaignId(in.text_or("campaign", "")), TableKey(in.text_or("table", ""))};
  const std::string type = in.text("type");
  in.object("data", [&](JsonReader& data) { event.event = read_event_data(type, place, data); });
  in.refuse_unknown();
  if (!problem.empty()) return Error{Errc::malformed, "header: " + problem};
  return out;
}

Result<void> decode_items(RecordedEvent& event, std::span<const std::string_view> items) {
  std::string problem;
  json definition = json::object();
  for (std::uint32_t place = 0; place < items.size(); ++place) {
    if (items[place].empty()) continue;
    CS_TRY(json item, parse_canonical(items[place]));
    restore_words(item);
    JsonReader in(item, "item", problem);
    const std::string kind = in.text("kind");
    std::visit(ItemReader{kind, in, item, place, problem, definition}, event.event);
    if (!problem.empty()) return Error{Errc::malformed, problem};
  }
  if (auto* defined = std::get_if<CampaignDefined>(&event.event);
      defined != nullptr && definition.contains("format")) {
    CS_TRY(defined->definition, parse_campaign(definition.dump()));
  }
  return {};
}

Result<RowChange> decode_row_item(std::string_view text) {
  CS_TRY(const json item, parse_canonical(text));
  std::string problem;
  JsonReader in(item, "item", problem);
  if (in.text("kind") != "row") problem = "not a row item";
  RowChange change = read_row(in, problem);
  if (!problem.empty()) return Error{Errc::malformed, problem};
  return change;
}

std::string encode_cells(const Cells& cells) {
  std::vector<const Cells::value_type*> members;
  members.reserve(cells.size());
  for (const auto& member : cells) members.push_back(&member);
  const auto in_order = [](const auto* one, const auto* other) {
    return canonical_less(one->first, other->first);
  };
  if (!std::ranges::is_sorted(members, in_order)) std::ranges::sort(members, in_order);
  std::string out(1, '{');
  for (const auto* member : members) {
    if (out.size() > 1) out += ',';
    append_canonical_string(out, member->first);
    out += ':';
    if (member->second)
      append_canonical_string(out, *member->second);
    else
      out += "null";
  }
  out += '}';
  return out;
}

namespace {

bool is_plain_text(std::string_view value) {
  return value.starts_with('"') && value.find('\\') == std::string_view::npos;
}

// Of what encode_cells() gave, without building it as a value first; none: not that, or escaped.
std::optional<Cells> plain_cells(std::string_view text) {
  thread_local std::vector<CanonicalMember> members;
  if (!read_canonical_object(text, members)) return std::nullopt;
  Cells cells;
  for (const CanonicalMember& member : members) {
    const bool null = member.value == "null";
    if ((!null && !is_plain_text(member.value)) || member.name.find('\\') != std::string_view::npos) {
      return std::nullopt;
    }
    Cell cell;
    if (!null) cell = std::string(member.value.substr(1, member.value.size() - 2));
    cells.emplace_hint(cells.end(), std::string(member.name), std::move(cell));
  }
  return cells;
}

}  // namespace

Result<Cells> decode_cells(std::string_view text) {
  if (auto cells = plain_cells(text)) return std::move(*cells);
  CS_TRY(const json object, parse_json(text));
  if (!object.is_object()) return Error{Errc::malformed, "cells are not an object"};
  Cells cells;
  for (const auto& [column, value] : object.items()) {
    if (value.is_null())
      cells[column] = std::nullopt;
    else if (value.is_string())
      cells[column] = value.get<std::string>();
    else
      return Error{Errc::malformed, "a cell is neither text nor null"};
  }
  return cells;
}

bool is_secret_item(std::string_view item) {
  // Canonical order puts "kind" before "sealed_key" and "verifier", and nothing before it.
  return item.starts_with(R"({"kind":"credential")");
}

}  // namespace countersign::ledger
