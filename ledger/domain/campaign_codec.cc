#include "ledger/domain/campaign_codec.h"

#include "ledger/base/canonical_json.h"
#include "ledger/domain/json_reader.h"
#include "ledger/domain/rulebook_codec.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::array<std::string_view, 3> kTimes = {"point_in_time", "academic_year",
                                                    "natural_year"};
constexpr std::array<std::string_view, 3> kSensitivities = {"none", "personal", "sensitive"};

template <std::size_t N>
std::size_t choice(JsonReader& in, const std::string& name,
                   const std::array<std::string_view, N>& names, std::size_t fallback) {
  if (!in.has(name)) return fallback;
  const auto found = std::find(names.begin(), names.end(), in.text(name));
  if (found == names.end()) {
    in.note(name, "is not one of the values allowed");
    return fallback;
  }
  return static_cast<std::size_t>(found - names.begin());
}

BilingualText bilingual(JsonReader& in, const std::string& name) {
  BilingualText text;
  in.object(name, [&](JsonReader& both) { text = {both.text("zh"), both.text("en")}; });
  return text;
}

Hat read_hat(JsonReader& in) {
  const auto role = role_from(in.text("role"));
  if (!role || *role == Role::system) in.note("role", "is not a role a person can have");
  return {role.value_or(Role::filler), DepartmentId(in.text_or("department", ""))};
}

int read_offset(JsonReader& in) {
  const std::string text = in.text("utc_offset");
  int hours = 0;
  int minutes = 0;
  char sign = 0;
  if (std::sscanf(text.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 ||
      (sign != '+' && sign != '-') || hours > 14 || minutes > 59) {
    in.note("utc_offset", "must be an offset such as +08:00");
  }
  return (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

Column read_column(JsonReader& in) {
  Column column;
  column.key = in.text("key");
  column.name = bilingual(in, "name");
  column.code = in.text_or("code", "");
  const auto type = column_type_from(in.text("type"));
  if (!type) in.note("type", "is not a column type");
  column.type = type.value_or(ColumnType::text);
  column.max_characters = in.number_or("max_characters", 0);
  column.required = in.flag("required", true);
  column.allowed = in.texts("allowed");
  column.sensitivity = static_cast<Sensitivity>(choice(in, "sensitivity", kSensitivities, 0));
  return column;
}

TableDefinition read_table(JsonReader& in) {
  TableDefinition table;
  table.key = TableKey(in.text("key"));
  table.printed_no = in.text("printed_no");
  table.name = bilingual(in, "name");
  table.time = static_cast<StatisticalTime>(choice(in, "time", kTimes, 0));
  table.single_row = in.flag("single_row");
  table.base = in.flag("base");
  table.owner = DepartmentId(in.text("owner"));
  in.each("assisting", [&](JsonReader& part) {
    table.assisting.push_back({part.text("id"), bilingual(part, "name"),
                               part.ids<DepartmentId>("departments"), part.texts("columns"),
                               part.text_or("row_column", "")});
  });
  table.depends_on = in.ids<TableKey>("depends_on");
  table.phase = PhaseId(in.text("phase"));
  table.due = in.instant("due");
  in.each("columns", [&](JsonReader& column) { table.columns.push_back(read_column(column)); });
  table.key_columns = in.texts("key_columns");
  table.subject_column = in.text_or("subject_column", "");
  return table;
}

ApprovalLevel read_level(JsonReader& in) {
  ApprovalLevel level;
  level.id = LevelId(in.text("id"));
  level.name = bilingual(in, "name");
  level.meaning = bilingual(in, "meaning");
  level.state = bilingual(in, "state");
  level.verb = in.text("verb");
  if (level.verb != "pass" && level.verb != "sign") in.note("verb", "must be pass or sign");
  level.role = read_hat(in).role;
  level.school_wide = in.flag("school_wide");
  level.two_persons = in.flag("two_persons");
  level.may_return = in.flag("may_return");
  level.return_needs_due = in.flag("return_needs_due");
  level.releases_dependents = in.flag("releases_dependents");
  return level;
}

DecidingBody read_body(JsonReader& in) {
  DecidingBody body;
  body.id = BodyId(in.text("id"));
  body.name = bilingual(in, "name");
  body.role = read_hat(in).role;
  body.quorum = static_cast<unsigned>(in.number_or("quorum", 0));
  body.may_send_back = in.flag("may_send_back");
  body.decides_plans = in.flag("decides_plans");
  body.again_through = LevelId(in.text("again_through"));
  return body;
}

CampaignDefinition read_definition(JsonReader& in) {
  CampaignDefinition definition;
  if (in.number("format") != kFormat) in.note("format", "must be 1");
  definition.id = CampaignId(in.text("id"));
  definition.edition = in.text("edition");
  definition.name = bilingual(in, "name");
  definition.institution = bilingual(in, "institution");
  definition.notice = in.text("notice");
  in.object("calendar", [&](JsonReader& calendar) {
    definition.calendar = {read_offset(calendar), calendar.texts("holidays"),
                           calendar.texts("working_days")};
  });
  in.each("phases", [&](JsonReader& phase) {
    definition.phases.push_back({PhaseId(phase.text("id")), bilingual(phase, "name"),
                                 phase.instant("opens"), phase.instant("closes")});
  });
  in.each("departments", [&](JsonReader& one) {
    definition.departments.push_back({DepartmentId(one.text("id")), bilingual(one, "name"),
                                      one.text("kind"), one.text_or("unit_no", "")});
  });
  in.each("persons", [&](JsonReader& one) {
    definition.persons.push_back({PersonId(one.text("id")), one.text("name"),
                                  DepartmentId(one.text_or("department", "")),
                                  one.text_or("staff_no", "")});
  });
  in.each("accounts", [&](JsonReader& one) {
    Account account{AccountId(one.text("id")),
                    PersonId(one.text("person")),
                    {},
                    one.optional_instant("valid_from"),
                    one.optional_instant("valid_until")};
    one.each("hats", [&](JsonReader& hat) { account.hats.push_back(read_hat(hat)); });
    definition.accounts.push_back(std::move(account));
  });
  definition.submission_meaning = bilingual(in, "submission_meaning");
  in.each("approval_chain",
          [&](JsonReader& level) { definition.approval_chain.push_back(read_level(level)); });
  in.each("bodies", [&](JsonReader& body) { definition.bodies.push_back(read_body(body)); });
  if (in.has("submission")) {
    in.object("submission", [&](JsonReader& one) {
      definition.submission = Submission{bilingual(one, "receiver"), one.instant("due")};
    });
  }
  if (in.has("due_process")) {
    in.object("due_process", [&](JsonReader& one) {
      definition.due_process = {static_cast<unsigned>(one.number("objection_working_days")),
                                static_cast<unsigned>(one.number("appeal_days"))};
    });
  }
  in.each("export_channels", [&](JsonReader& one) {
    definition.export_channels.push_back(
        {one.text("id"), bilingual(one, "name"), one.text("basis")});
  });
  in.each("tables", [&](JsonReader& table) { definition.tables.push_back(read_table(table)); });
  read_rulebook(in, definition);
  return definition;
}

// --- cross references ------------------------------------------------------------------------

class Checker {
 public:
  explicit Checker(const CampaignDefinition& definition) : definition_(definition) {}

  std::string first_problem() {
    unique("departments", definition_.departments, [](const auto& d) { return d.id.value; });
    unique("phases", definition_.phases, [](const auto& p) { return p.id.value; });
    unique("persons", definition_.persons, [](const auto& p) { return p.id.value; });
    unique("accounts", definition_.accounts, [](const auto& a) { return a.id.value; });
    unique("approval_chain", definition_.approval_chain, [](const auto& l) { return l.id.value; });
    unique("bodies", definition_.bodies, [](const auto& b) { return b.id.value; });
    unique("tables", definition_.tables, [](const auto& t) { return t.key.value; });
    require(!definition_.approval_chain.empty(), "/approval_chain", "has no level");
    require(!definition_.tables.empty(), "/tables", "names no table");
    for (const Account& account : definition_.accounts) check_account(account);
    for (const TableDefinition& table : definition_.tables) check_table(table);
    for (const DecidingBody& body : definition_.bodies) {
      require(definition_.level(body.again_through) != nullptr, "/bodies/" + body.id.value,
              "has an unknown again_through");
    }
    check_cycles();
    if (problem_.empty()) problem_ = rulebook_problem(definition_);
    return problem_;
  }

 private:
  void require(bool holds, const std::string& path, const std::string& what) {
    if (!holds && problem_.empty()) problem_ = path + " " + what;
  }

  template <typename List, typename Key>
  void unique(const std::string& name, const List& list, Key key) {
    std::set<std::string> seen;
    for (const auto& one : list) {
      require(!key(one).empty(), "/" + name, "has an empty id");
      require(seen.insert(key(one)).second, "/" + name, "has " + key(one) + " twice");
    }
  }

  void check_account(const Account& account) {
    const std::string path = "/accounts/" + account.id.value;
    require(std::any_of(definition_.persons.begin(), definition_.persons.end(),
                        [&](const Person& person) { return person.id == account.person; }),
            path, "belongs to no person of this definition");
    for (const Hat& hat : account.hats) {
      require(hat.department.empty() || definition_.department(hat.department) != nullptr, path,
              "wears a hat of an unknown department");
    }
  }

  void check_table(const TableDefinition& table) {
    const std::string path = "/tables/" + table.key.value;
    require(definition_.department(table.owner) != nullptr, path, "has an unknown owner");
    require(definition_.phase(table.phase) != nullptr, path, "has an unknown phase");
    require(!table.columns.empty(), path, "has no columns");
    require(table.single_row == table.key_columns.empty(), path,
            "needs key columns unless it is a single record");
    const auto is_column = [&](const std::string& key) {
      return std::any_of(table.columns.begin(), table.columns.end(),
                         [&](const Column& column) { return column.key == key; });
    };
    std::set<std::string> keys;
    for (const Column& column : table.columns) {
      require(keys.insert(column.key).second, path, "has column " + column.key + " twice");
    }
    for (const std::string& key : table.key_columns) {
      require(is_column(key), path, "has unknown key column " + key);
    }
    for (const TableKey& other : table.depends_on) {
      require(definition_.table(other) != nullptr, path, "depends on unknown " + other.value);
    }
    std::set<std::string> parts;
    for (const AssistPart& part : table.assisting) {
      require(parts.insert(part.id).second, path, "has part " + part.id + " twice");
      require(part.row_column.empty() || is_column(part.row_column), path,
              "has a part by an unknown column");
      for (const std::string& column : part.columns) {
        require(is_column(column), path, "has a part with unknown column " + column);
      }
      for (const DepartmentId& department : part.departments) {
        require(definition_.department(department) != nullptr, path,
                "is assisted by an unknown department");
      }
    }
  }

  void check_cycles() {
    std::set<TableKey> done;
    std::set<TableKey> path;
    const std::function<void(const TableKey&)> visit = [&](const TableKey& key) {
      const TableDefinition* table = definition_.table(key);
      if (table == nullptr || done.contains(key)) return;
      if (!path.insert(key).second) {
        require(false, "/tables/" + key.value, "depends on itself in a circle");
        return;
      }
      for (const TableKey& other : table->depends_on) visit(other);
      path.erase(key);
      done.insert(key);
    };
    for (const TableDefinition& table : definition_.tables) visit(table.key);
  }

  const CampaignDefinition& definition_;
  std::string problem_;
};

// --- writing ---------------------------------------------------------------------------------

json write(const BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }

template <typename Id>
json write_ids(const std::vector<Id>& ids) {
  json out = json::array();
  for (const Id& id : ids) out.push_back(id.value);
  return out;
}

std::string write_offset(int minutes) {
  std::array<char, 16> text{};
  const int magnitude = std::abs(minutes);
  std::snprintf(text.data(), text.size(), "%c%02d:%02d", minutes < 0 ? '-' : '+', magnitude / 60,
                magnitude % 60);
  return text.data();
}

json write(const Account& account) {
  json hats = json::array();
  for (const Hat& hat : account.hats) {
    hats.push_back({{"role", to_string(hat.role)}, {"department", hat.department.value}});
  }
  json out = {{"id", account.id.value}, {"person", account.person.value}, {"hats", hats}};
  if (account.valid_from) out["valid_from"] = format_utc(*account.valid_from);
  if (account.valid_until) out["valid_until"] = format_utc(*account.valid_until);
  return out;
}

json write(const TableDefinition& table) {
  json parts = json::array();
  for (const AssistPart& part : table.assisting) {
    parts.push_back({{"id", part.id},
                     {"name", write(part.name)},
                     {"departments", write_ids(part.departments)},
                     {"columns", part.columns},
                     {"row_column", part.row_column}});
  }
  json columns = json::array();
  for (const Column& column : table.columns) {
    columns.push_back(
        {{"key", column.key},
         {"name", write(column.name)},
         {"code", column.code},
         {"type", to_string(column.type)},
         {"max_characters", column.max_characters},
         {"required", column.required},
         {"allowed", column.allowed},
         {"sensitivity", kSensitivities[static_cast<std::size_t>(column.sensitivity)]}});
  }
  json out = {{"key", table.key.value},
              {"printed_no", table.printed_no},
              {"name", write(table.name)},
              {"time", kTimes[static_cast<std::size_t>(table.time)]},
              {"single_row", table.single_row},
              {"base", table.base},
              {"owner", table.owner.value},
              {"assisting", parts},
              {"depends_on", write_ids(table.depends_on)},
              {"phase", table.phase.value},
              {"due", format_utc(table.due)},
              {"columns", columns},
              {"key_columns", table.key_columns}};
  if (!table.subject_column.empty()) out["subject_column"] = table.subject_column;
  return out;
}

json write(const ApprovalLevel& level) {
  return {{"id", level.id.value},
          {"name", write(level.name)},
          {"meaning", write(level.meaning)},
          {"state", write(level.state)},
          {"verb", level.verb},
          {"role", to_string(level.role)},
          {"school_wide", level.school_wide},
          {"two_persons", level.two_persons},
          {"may_return", level.may_return},
          {"return_needs_due", level.return_needs_due},
          {"releases_dependents", level.releases_dependents}};
}

json write(const DecidingBody& body) {
  json out = {{"id", body.id.value},
              {"name", write(body.name)},
              {"role", to_string(body.role)},
              {"quorum", body.quorum},
              {"may_send_back", body.may_send_back},
              {"again_through", body.again_through.value}};
  if (body.decides_plans) out["decides_plans"] = true;
  return out;
}

json write(const Phase& phase) {
  return {{"id", phase.id.value},
          {"name", write(phase.name)},
          {"opens", format_utc(phase.opens)},
          {"closes", format_utc(phase.closes)}};
}
json write(const Department& department) {
  return {{"id", department.id.value},
          {"name", write(department.name)},
          {"kind", department.kind},
          {"unit_no", department.unit_no}};
}
json write(const Person& person) {
  json out = {
      {"id", person.id.value}, {"name", person.name}, {"department", person.department.value}};
  if (!person.staff_no.empty()) out["staff_no"] = person.staff_no;
  return out;
}

template <typename List>
json write_list(const List& list) {
  json out = json::array();
  for (const auto& one : list) out.push_back(write(one));
  return out;
}

}  // namespace

Result<std::shared_ptr<const CampaignDefinition>> parse_campaign(std::string_view text) {
  CS_TRY(const json document, parse_json(text));
  std::string problem;
  JsonReader in(document, "", problem);
  auto definition = std::make_shared<CampaignDefinition>(read_definition(in));
  in.refuse_unknown();
  if (problem.empty()) problem = Checker(*definition).first_problem();
  if (!problem.empty()) return Error{Errc::malformed, problem};
  return std::shared_ptr<const CampaignDefinition>(std::move(definition));
}

std::string encode_campaign(const CampaignDefinition& definition) {
  json document = {{"format", kFormat},
                   {"id", definition.id.value},
                   {"edition", definition.edition},
                   {"name", write(definition.name)},
                   {"institution", write(definition.institution)},
                   {"notice", definition.notice},
                   {"calendar",
                    {{"utc_offset", write_offset(definition.calendar.utc_offset_minutes)},
                     {"holidays", definition.calendar.holidays},
                     {"working_days", definition.calendar.working_days}}},
                   {"phases", write_list(definition.phases)},
                   {"departments", write_list(definition.departments)},
                   {"persons", write_list(definition.persons)},
                   {"accounts", write_list(definition.accounts)},
                   {"submission_meaning", write(definition.submission_meaning)},
                   {"approval_chain", write_list(definition.approval_chain)},
                   {"tables", write_list(definition.tables)}};
  if (!definition.bodies.empty()) document["bodies"] = write_list(definition.bodies);
  if (definition.submission) {
    document["submission"] = {{"receiver", write(definition.submission->receiver)},
                              {"due", format_utc(definition.submission->due)}};
  }
  for (const ExportChannel& channel : definition.export_channels) {
    document["export_channels"].push_back(
        {{"id", channel.id}, {"name", write(channel.name)}, {"basis", channel.basis}});
  }
  if (definition.due_process != DueProcess()) {
    document["due_process"] = {
        {"objection_working_days", definition.due_process.objection_working_days},
        {"appeal_days", definition.due_process.appeal_days}};
  }
  write_rulebook(document, definition);
  return canonical_text(document);
}

}  // namespace countersign::ledger
