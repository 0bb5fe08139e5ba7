#include "tests/projections/test_ledger.h"

#include "ledger/content/payload.h"
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "projections/view_store.h"

#include <limits>

#include <gtest/gtest.h>

namespace countersign::projections {

using namespace countersign::ledger;

namespace {

const std::string kKey(32, 'k');

Column column(const std::string& key, ColumnType type) {
  Column made;
  made.key = key;
  made.name = {key, key};
  made.code = key;
  made.type = type;
  made.required = false;
  return made;
}

TableDefinition table(const std::string& key, const std::string& owner, Timestamp due,
                      const std::vector<std::string>& depends_on) {
  TableDefinition made;
  made.key = TableKey(key);
  made.printed_no = key;
  made.name = {key, key};
  made.base = depends_on.empty();
  made.owner = DepartmentId(owner);
  for (const auto& upstream : depends_on) made.depends_on.emplace_back(upstream);
  made.phase = PhaseId("base_entry");
  made.due = due;
  made.columns = {column("no", ColumnType::text), column("name", ColumnType::text),
                  column("count", ColumnType::integer), column("money", ColumnType::decimal)};
  made.columns.front().required = true;
  made.key_columns = {"no"};
  return made;
}

ApprovalLevel level(const std::string& id, Role role) {
  ApprovalLevel made;
  made.id = LevelId(id);
  made.name = made.meaning = made.state = {id, id};
  made.verb = "pass";
  made.role = role;
  made.may_return = true;
  return made;
}

CampaignDefinition campaign_definition() {
  CampaignDefinition made;
  made.id = CampaignId("2020");
  made.edition = "2020";
  made.name = made.institution = made.submission_meaning = {"测试", "test"};
  made.notice = "notice 1";
  made.phases = {{PhaseId("base_entry"), {"基础", "base"}, october(1, 0), october(15, 23)}};
  const auto account = [&](const std::string& department, const std::string& suffix, Role role,
                           bool school_wide) {
    const std::string id = department + "." + suffix;
    made.persons.push_back({PersonId("p-" + id), "Name of " + id, DepartmentId(department)});
    made.accounts.push_back({AccountId(id),
                             PersonId("p-" + id),
                             {{role, DepartmentId(school_wide ? "" : department)}},
                             {},
                             {}});
  };
  for (const std::string id : {"OFFICE", "HR", "AA", "LIB"}) {
    made.departments.push_back({DepartmentId(id), {id, id}, "office", "1" + id});
    account(id, "filler", Role::filler, false);
    account(id, "reviewer", Role::reviewer, false);
    account(id, "head", Role::unit_head, false);
  }
  made.departments.push_back({DepartmentId("CENTRE"), {"CENTRE", "CENTRE"}, "office", "9"});
  account("CENTRE", "office", Role::centre_office, true);
  account("CENTRE", "appraisal", Role::accountability_reviewer, true);
  made.approval_chain = {level("review", Role::reviewer), level("head", Role::unit_head),
                         level("first_review", Role::centre_office)};
  made.approval_chain[0].releases_dependents = true;
  made.approval_chain[2].school_wide = true;
  made.tables = {
      table("units", "OFFICE", october(11, 0), {}), table("staff", "HR", october(12, 0), {"units"}),
      table("majors", "AA", october(12, 0), {"units"}), table("books", "LIB", october(16, 0), {})};
  AssistPart part;
  part.id = "books";
  part.name = {"图书", "books"};
  part.departments = {DepartmentId("LIB")};
  part.columns = {"count"};
  made.tables[1].assisting = {part};
  return made;
}

}  // namespace

Timestamp october(int day, int hour, int minute) {
  return parse_rfc3339("2020-10-01T00:00:00+08:00").value() +
         Duration::hours((day - 1) * 24 + hour) + Duration::seconds(minute * 60);
}

TestLedger::TestLedger(std::string origin)
    : origin_(std::move(origin)),
      shown_(std::numeric_limits<TreeSize>::max()),
      reader_(*this, origin_) {
  const Credential credential{"verifier", kKey, "sealed"};
  CreateLedger create;
  create.origin = origin_;
  create.administrator = {PersonId("p-admin"), "Name of admin", DepartmentId("CENTRE")};
  create.account = AccountId("admin");
  create.credential = credential;
  act("admin", create, october(1, 8));
  DefineCampaign define;
  define.definition = std::make_shared<const CampaignDefinition>(campaign_definition());
  act("admin", define, october(1, 9));
  for (const auto& account : define.definition->accounts) {
    act("admin", SetCredential{account.id, credential}, october(1, 10));
  }
}

LeafIndex TestLedger::act(const std::string& account, const Command& command, Timestamp at,
                          std::optional<Timestamp> claimed) {
  return record(account, command, {}, at, claimed);
}

LeafIndex TestLedger::record(const std::string& account, const Command& command,
                             std::vector<std::string> row_items, Timestamp at,
                             std::optional<Timestamp> claimed) {
  Envelope envelope;
  envelope.account = AccountId(account);
  envelope.command_id = CommandId("command-" + std::to_string(entries_.size()));
  envelope.received_at = at;
  envelope.claimed_at = claimed;
  envelope.by_process = account == "system";
  sequenced_ = std::max(sequenced_, at);
  auto decided = decide(state_, command, envelope, sequenced_);
  if (const auto* refusal = std::get_if<Refusal>(&decided)) {
    ADD_FAILURE() << account << " was refused: " << to_string(refusal->code);
    return 0;
  }
  const auto& decision = std::get<Decision>(decided);
  const LeafIndex first = entries_.size();
  const auto texts = payload_items(command);
  for (const DecidedEvent& one : decision.events) {
    std::vector<std::string> items;
    if (one.payload) {
      if (*one.payload < texts.size()) items = texts[*one.payload];
      items.insert(items.end(), row_items.begin(), row_items.end());
    }
    RecordedEvent event;
    event.index = entries_.size();
    event.actor = decision.actor;
    if (one.consequence) {
      event.actor = {PersonId("system"), AccountId("system"), {Role::system, {}}, {}};
      event.caused_by = first;
    }
    event.received_at = at;
    event.sequenced_at = sequenced_;
    event.claimed_at = one.consequence ? std::nullopt : claimed;
    event.command_id = envelope.command_id;
    event.correlation_id = "test";
    event.event = one.event;
    const Payload payload = seal(std::move(items));
    StoredEntry stored{
        encode_header(event, origin_,
                      {static_cast<std::uint32_t>(payload.items.size()), payload.root}),
        encode_payload(payload)};
    {
      const std::lock_guard lock(mutex_);
      entries_.push_back(std::move(stored));
    }
    evolve(state_, event);
  }
  return first;
}

LeafIndex TestLedger::edit(const std::string& account, const std::string& table,
                           const std::map<std::string, Cells>& rows, Timestamp at,
                           const std::string& reason, bool imported) {
  ChangeRows command;
  command.table = TableKey(table);
  command.reason = reason;
  command.whole_rows = true;
  if (imported) command.import = ImportSummary{"csv", {}, rows.size(), 0, false};
  return change(account, std::move(command), rows, at);
}

LeafIndex TestLedger::edit_columns(const std::string& account, const std::string& table,
                                   const std::vector<std::string>& columns,
                                   const std::map<std::string, Cells>& rows, Timestamp at) {
  ChangeRows command;
  command.table = TableKey(table);
  command.columns = columns;
  return change(account, std::move(command), rows, at);
}

LeafIndex TestLedger::carry(const std::string& account, const std::string& table,
                            const std::map<std::string, Cells>& rows, Timestamp at,
                            const CarrySource& from) {
  ChangeRows command;
  command.table = TableKey(table);
  command.whole_rows = true;
  command.carried = from;
  return change(account, std::move(command), rows, at);
}

CarrySource TestLedger::submit_before(const std::string& department, const std::string& table,
                                      Timestamp at) {
  const CampaignId before("2019");
  auto definition = *state_.directory->campaign(CampaignId("2020"));
  definition.id = before;
  act("admin", DefineCampaign{std::make_shared<const CampaignDefinition>(definition), {}, 0}, at);
  act("CENTRE.office", AssignTasks{before, {}}, at);
  act("CENTRE.office", OpenPhase{before, PhaseId("base_entry")}, at);
  ChangeRows filled;
  filled.campaign = before;
  filled.table = TableKey(table);
  filled.definition_revision = 1;
  filled.chunks = {{3, 0, 0}};
  filled.whole_rows = true;
  act(department + ".filler", filled, at);
  const VersionRef version{1, Hash{7}, 3};
  act(department + ".filler",
      SubmitTable{before, TableKey(table), version, entries_.size(), {"note", kKey, true}}, at);
  definition = *state_.directory->campaign(CampaignId("2020"));
  definition.previous = PreviousEdition{before, {{TableKey(table), TableKey(table), {}}}};
  for (auto& person : definition.persons) person.staff_no = person.id.value;
  for (auto& one : definition.tables) one.subject_column = "no";
  const auto revision = state_.directory->campaigns.at(definition.id).revision;
  act("admin", DefineCampaign{std::make_shared<const CampaignDefinition>(definition), {}, revision},
      at);
  return {before, TableKey(table), version, {"money"}, {{"count", 2}}, 1};
}

LeafIndex TestLedger::change(const std::string& account, ChangeRows command,
                             const std::map<std::string, Cells>& rows, Timestamp at) {
  command.campaign = CampaignId("2020");
  command.definition_revision = state_.directory->campaigns.at(command.campaign).revision;
  const std::string table = command.table.value;
  RowCounts counts;
  std::vector<std::string> items;
  for (const auto& [key, cells] : rows) {
    RowChange change{TableKey(table), RowKey(key), cells.empty(), cells, {}};
    const auto head = heads_.find(table + "/" + key);
    if (head != heads_.end()) change.prev = head->second;
    ++(cells.empty() ? counts.removed : change.prev ? counts.changed : counts.added);
    items.push_back(row_item(change));
  }
  command.chunks = {counts};
  const LeafIndex index = record(account, command, std::move(items), at, {});
  for (const auto& [key, cells] : rows) heads_[table + "/" + key] = index;
  changes_.push_back({index, table, rows});
  return index;
}

void TestLedger::assign_and_open(Timestamp at) {
  act("CENTRE.office", AssignTasks{CampaignId("2020"), {}}, at);
  act("CENTRE.office", OpenPhase{CampaignId("2020"), PhaseId("base_entry")}, at);
}

VersionRef TestLedger::version_of(const std::string& table) const {
  const auto* task = state_.task(CampaignId("2020"), TableKey(table));
  VersionRef version{task->draft, {}, task->rows};
  version.hash.fill(static_cast<std::uint8_t>(task->draft));
  return version;
}

LeafIndex TestLedger::submit(const std::string& account, const std::string& table, Timestamp at,
                             std::optional<Timestamp> claimed) {
  return act(account,
             SubmitTable{CampaignId("2020"),
                         TableKey(table),
                         version_of(table),
                         entries_.size(),
                         {"note", kKey, true}},
             at, claimed);
}

LeafIndex TestLedger::approve(const std::string& account, const std::string& table,
                              const std::string& level, Timestamp at) {
  return act(account,
             ApproveTable{CampaignId("2020"),
                          TableKey(table),
                          LevelId(level),
                          version_of(table),
                          {"note", kKey, true}},
             at);
}

LeafIndex TestLedger::give_back(const std::string& account, const std::string& table,
                                const std::string& level, Timestamp at,
                                std::optional<Timestamp> due) {
  return act(account,
             ReturnTable{CampaignId("2020"),
                         TableKey(table),
                         LevelId(level),
                         version_of(table),
                         {{RowKey("1"), "count", "", "below last year"}},
                         due},
             at);
}

void TestLedger::fill_and_submit(const std::string& department, const std::string& table,
                                 Timestamp at) {
  edit(department + ".filler", table, {{"1", {{"no", "1"}, {"count", "7"}}}}, at);
  submit(department + ".filler", table, at);
  approve(department + ".reviewer", table, "review", at);
}

void TestLedger::add_column(const std::string& table, const std::string& key, Timestamp at) {
  redefine(
      [&](CampaignDefinition& next) {
        for (auto& one : next.tables) {
          if (one.key.value == table) one.columns.push_back(column(key, ColumnType::text));
        }
      },
      at);
}

void TestLedger::redefine(const std::function<void(CampaignDefinition&)>& change, Timestamp at) {
  auto next = *state_.directory->campaign(CampaignId("2020"));
  change(next);
  DefineCampaign define;
  define.base_revision = state_.directory->campaigns.at(next.id).revision;
  define.definition = std::make_shared<const CampaignDefinition>(std::move(next));
  act("admin", define, at);
}

void TestLedger::ask_readiness(Timestamp at) {
  auto next = *state_.directory->campaign(CampaignId("2020"));
  next.readiness = {ReadinessKind::accounts, ReadinessKind::training};
  DefineCampaign define;
  define.base_revision = state_.directory->campaigns.at(next.id).revision;
  define.definition = std::make_shared<const CampaignDefinition>(std::move(next));
  act("admin", define, at);
}

void TestLedger::carry_out(const std::vector<ErasureTarget>& targets) {
  const std::lock_guard lock(mutex_);
  for (const ErasureTarget& one : targets) {
    std::string& payload = entries_[one.entry].payload;
    const ErasedPlace place{one.item, one.left};
    payload = without_items(payload, {&place, 1}).value();
  }
}

bool TestLedger::erase_texts(LeafIndex entry, Timestamp at) {
  EraseTexts command{entry, {}, {{}, "order"}, "law"};
  std::visit(
      [&]<typename E>(const E& event) {
        if constexpr (requires { event.campaign; }) command.campaign = event.campaign;
        if constexpr (requires { event.table; }) command.table = event.table;
      },
      decode_header(entries_[entry].header).value().event.event);
  const Payload payload = decode_payload(entries_[entry].payload).value();
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    auto left = left_without_words(payload.items[i].text);
    if (left) command.targets.push_back({entry, i, payload.items[i].leaf, std::move(*left)});
  }
  if (command.targets.empty()) return false;
  const auto targets = command.targets;
  act("admin", command, at);
  carry_out(targets);
  return true;
}

void TestLedger::erase_person(const std::string& account, Timestamp at) {
  act("admin", CloseAccount{AccountId(account), "left"}, at);
  ErasePerson command{PersonId("p-" + account), {{}, "order"}, "law"};
  for (LeafIndex entry = 0; entry < entries_.size(); ++entry) {
    const Payload payload = decode_payload(entries_[entry].payload).value();
    for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
      auto left = left_without_name(payload.items[i].text, command.person);
      if (left) command.targets.push_back({entry, i, payload.items[i].leaf, std::move(*left)});
    }
  }
  command.examined = entries_.size();
  act("admin", command, at);
  carry_out(command.targets);
}

std::map<std::string, Cells> TestLedger::replay(const std::string& table, TreeSize size) const {
  std::map<std::string, Cells> rows;
  for (const Change& change : changes_) {
    if (change.index >= size || change.table != table) continue;
    for (const auto& [key, cells] : change.rows) {
      if (cells.empty()) {
        rows.erase(key);
      } else {
        rows[key] = cells;
      }
    }
  }
  return rows;
}

void TestLedger::damage(LeafIndex index) {
  char& byte = entries_[index].header[entries_[index].header.size() / 2];
  byte = static_cast<char>(byte ^ 0x80);
}

Result<void> TestLedger::append(const AppendBatch&) {
  return Error{Errc::unavailable, "entries come from decisions"};
}
TreeSize TestLedger::size() const {
  const std::lock_guard lock(mutex_);
  return std::min<TreeSize>(entries_.size(), shown_);
}
bool TestLedger::wait_for(TreeSize at_least, std::chrono::milliseconds) const {
  return size() >= at_least;
}
std::shared_ptr<const Announcement> TestLedger::announced() const {
  const std::lock_guard lock(mutex_);
  return announced_;
}
bool TestLedger::wait_for_foreseen(TreeSize at_least, std::chrono::milliseconds) const {
  const auto now = announced();
  return size() >= at_least || (now != nullptr && now->end() >= at_least);
}
void TestLedger::announce(const TestLedger& from, TreeSize end) {
  const TreeSize first = size();
  announced_entries_.clear();
  for (LeafIndex index = first; index < end; ++index) {
    const std::lock_guard lock(from.mutex_);
    announced_entries_.push_back(from.entries_.at(index));
  }
  announced_read_ = 0;
  const auto open = [this](std::string_view prepared) {
    ++announced_read_;
    announced_read_.notify_all();
    return Result<std::string>(std::string(prepared));
  };
  const std::lock_guard lock(mutex_);
  announced_ = std::make_shared<Announcement>(first, announced_entries_, open);
}
void TestLedger::wait_until_read(std::size_t announced) const {
  for (auto read = announced_read_.load(); read < announced; read = announced_read_) {
    announced_read_.wait(read);
  }
}
void TestLedger::settle(bool durable) {
  std::shared_ptr<Announcement> announced;
  {
    const std::lock_guard lock(mutex_);
    announced = std::exchange(announced_, nullptr);
  }
  if (durable) shown_ = announced->end();
  announced->settle(durable);
}
Result<StoredEntry> TestLedger::entry(LeafIndex index) const {
  if (index >= size()) return Error{Errc::not_found, "no such entry"};
  const auto held = hold_entries();
  const std::lock_guard lock(mutex_);
  return entries_[index];
}
Result<std::string> TestLedger::header(LeafIndex index) const {
  CS_TRY(auto found, entry(index));
  return std::move(found.header);
}
Result<void> TestLedger::scan(
    LeafIndex first, LeafIndex end,
    const std::function<bool(LeafIndex, StoredEntry&&)>& visit) const {
  for (LeafIndex index = first; index < std::min<LeafIndex>(end, size()); ++index) {
    CS_TRY(auto stored, entry(index));
    if (!visit(index, std::move(stored))) break;
  }
  return {};
}
Result<Hash> TestLedger::node(std::uint64_t) const { return Error{Errc::not_found, "no tree"}; }
Result<std::string> TestLedger::checkpoint(TreeSize) const {
  return Error{Errc::not_found, "no checkpoints"};
}
Result<std::string> TestLedger::latest_checkpoint() const {
  return Error{Errc::not_found, "no checkpoints"};
}
Result<std::optional<CommandRecord>> TestLedger::command(std::string_view) const {
  return std::optional<CommandRecord>();
}
Result<std::optional<StateSnapshot>> TestLedger::snapshot() const {
  return std::optional<StateSnapshot>();
}

std::string dump(const std::filesystem::path& file) {
  auto database = Database::open(file, Database::Mode::read).value();
  std::string all;
  auto tables = database->query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1");
  while (tables.step().value()) {
    const std::string name = tables.string(0);
    auto columns = database->query(
        "SELECT group_concat('quote(' || char(34) || name || char(34) || ')', ' || char(44) || ')"
        " FROM pragma_table_info(?)");
    EXPECT_TRUE(columns.bind(name).step().value());
    // The snapshot of the folded state depends on when it was taken, not on what was applied.
    auto rows = database->query("SELECT " + columns.string(0) + " FROM " + quoted_name(name) +
                                (name == "meta" ? " WHERE name <> 'state'" : "") + " ORDER BY 1");
    while (true) {
      auto row = rows.step();
      if (!row || !*row) {
        EXPECT_TRUE(row) << name;
        break;
      }
      all += name + ": " + rows.string(0) + "\n";
    }
  }
  return all;
}

}  // namespace countersign::projections
