// Entries of validation: runs, explanations, withdrawn rules.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

namespace {

json outcome_json(const RuleOutcome& outcome) {
  json out = {{"rule", outcome.rule},
              {"version", outcome.version},
              {"severity", to_string(outcome.severity)},
              {"count", outcome.count},
              {"open", outcome.open}};
  if (outcome.broken) out["broken"] = outcome.why;
  return out;
}

RuleOutcome read_outcome(JsonReader& in) {
  RuleOutcome outcome;
  outcome.rule = in.text("rule");
  outcome.version = static_cast<std::uint32_t>(in.number("version"));
  outcome.severity = in.choice("severity", &severity_from, Severity::blocking);
  outcome.count = in.number("count");
  outcome.open = in.number("open");
  outcome.broken = in.has("broken");
  outcome.why = in.text_or("broken", "");
  return outcome;
}

json row_json(const std::optional<RowKey>& row) { return row ? json(row->value) : json(); }

std::optional<RowKey> read_row_key(JsonReader& in) {
  if (!in.has("row")) return std::nullopt;
  return RowKey(in.text("row"));
}

}  // namespace

json write_data(const ValidationRun& e) {
  // Rules that found nothing are named only: a header has room for some hundreds of them.
  json clean = json::array();
  json outcomes = json::array();
  for (const RuleOutcome& outcome : e.outcomes) {
    if (outcome.count == 0 && !outcome.broken && outcome.severity == Severity::blocking) {
      clean.push_back(outcome.rule + "@" + std::to_string(outcome.version));
    } else {
      outcomes.push_back(outcome_json(outcome));
    }
  }
  return {{"version", version_json(e.version)},
          {"computed_at", e.computed_at},
          {"revision", e.definition_revision},
          {"clean", clean},
          {"outcomes", outcomes}};
}

void read_data(JsonReader& in, ValidationRun& e) {
  in.object("version", [&](JsonReader& version) { e.version = read_version_json(version); });
  e.computed_at = in.number("computed_at");
  e.definition_revision = static_cast<std::uint32_t>(in.number("revision"));
  for (const std::string& cited : in.texts("clean")) {
    const auto at = cited.rfind('@');
    RuleOutcome outcome;
    outcome.rule = cited.substr(0, at);
    std::uint64_t version = 0;
    for (std::size_t i = at; at != std::string::npos && ++i < cited.size();) {
      if (cited[i] < '0' || cited[i] > '9' || version > UINT32_MAX) {
        in.note("clean", "must name rules with their versions");
        break;
      }
      version = version * 10 + static_cast<std::uint64_t>(cited[i] - '0');
    }
    outcome.version = static_cast<std::uint32_t>(version);
    e.outcomes.push_back(std::move(outcome));
  }
  in.each("outcomes", [&](JsonReader& one) { e.outcomes.push_back(read_outcome(one)); });
}

json write_data(const FindingExplained& e) {
  return {{"rule", e.rule},
          {"rule_version", e.rule_version},
          {"run", e.run},
          {"column", e.column},
          {"covers", e.covers}};
}
void read_data(JsonReader& in, FindingExplained& e) {
  e.rule = in.text("rule");
  e.rule_version = static_cast<std::uint32_t>(in.number("rule_version"));
  e.run = in.number("run");
  e.column = in.text("column");
  e.covers = in.number("covers");
}

json write_data(const ExplanationDecided& e) {
  return {{"explanation", e.explanation}, {"accepted", e.accepted}};
}
void read_data(JsonReader& in, ExplanationDecided& e) {
  e.explanation = in.number("explanation");
  e.accepted = in.flag("accepted");
}

json write_data(const RuleWithdrawn& e) { return {{"rule", e.rule}, {"version", e.version}}; }
void read_data(JsonReader& in, RuleWithdrawn& e) {
  e.rule = in.text("rule");
  e.version = static_cast<std::uint32_t>(in.number("version"));
}

std::vector<std::string> write_items(const RecordValidation& c) {
  std::vector<std::string> items;
  items.reserve(c.findings.size());
  for (const RuleFinding& finding : c.findings) {
    json item = {{"kind", "finding"},
                 {"rule", finding.rule},
                 {"row", row_json(finding.row)},
                 {"column", finding.column}};
    if (!finding.note.empty()) item["note"] = finding.note;
    items.push_back(canonical_text(item));
  }
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, ValidationRun& e) {
  if (kind != "finding") return false;
  e.findings.push_back(
      {in.text("rule"), read_row_key(in), in.text("column"), in.text_or("note", "")});
  return true;
}

std::vector<std::string> write_items(const ExplainFinding& c) {
  std::vector<std::string> items{text_item("reason", c.reason)};
  if (c.row) items.push_back(text_item("row", c.row->value));
  for (const DocumentRef& document : c.evidence) items.push_back(document_item(document));
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, FindingExplained& e) {
  if (kind == "document") {
    e.evidence.push_back({in.hash("hash"), in.text("title")});
    return true;
  }
  if (in.text_or("role", "") == "row") {
    std::string row;
    const bool read = read_text(kind, in, row);
    e.row = RowKey(std::move(row));
    return read;
  }
  return read_text(kind, in, e.reason);
}

std::vector<std::string> write_items(const DecideExplanation& c) {
  return text_only("reason", c.reason);
}
bool read_item(const std::string& kind, JsonReader& in, ExplanationDecided& e) {
  return read_text(kind, in, e.reason);
}

std::vector<std::string> write_items(const WithdrawRule& c) {
  return text_only("reason", c.reason);
}
bool read_item(const std::string& kind, JsonReader& in, RuleWithdrawn& e) {
  return read_text(kind, in, e.reason);
}

std::vector<std::string> text_only(std::string_view role, const std::string& text) {
  if (text.empty()) return {};
  return {text_item(role, text)};
}

bool read_text(const std::string& kind, JsonReader& in, std::string& text) {
  if (kind != "text") return false;
  text = in.text("text");
  return true;
}

}  // namespace countersign::ledger
