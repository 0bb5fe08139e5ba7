#include "tests/reader/sample_ledger.h"

#include "ledger/crypto/sha256.h"
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace countersign::ledger {

namespace {

const CampaignId kCampaign("2020");
constexpr std::int64_t kStart = 1'604'000'000'000'000;

Timestamp instant(LeafIndex index) {
  return {kStart + static_cast<std::int64_t>(index) * 1'000'000};
}

TableDefinition table(const std::string& key) {
  TableDefinition made;
  made.key = TableKey(key);
  made.printed_no = key;
  made.name = {key, key};
  made.owner = DepartmentId("HR");
  made.phase = PhaseId("entry");
  made.due = instant(1000);
  for (const char* column : {"no", "value"}) {
    Column one;
    one.key = column;
    one.name = {column, column};
    one.code = column;
    made.columns.push_back(one);
  }
  made.key_columns = {"no"};
  return made;
}

std::shared_ptr<const CampaignDefinition> definition() {
  CampaignDefinition made;
  made.id = kCampaign;
  made.edition = "2020";
  made.name = made.institution = made.submission_meaning = {"样例", "sample"};
  made.notice = "notice";
  made.departments.push_back({DepartmentId("HR"), {"人事处", "HR"}, "office", "1"});
  made.persons.push_back({PersonId("p-1"), "甲", DepartmentId("HR")});
  made.phases.push_back({PhaseId("entry"), {"填报", "entry"}, instant(0), instant(1000)});
  ApprovalLevel level;
  level.id = LevelId("review");
  level.name = level.meaning = level.state = {"审核", "review"};
  level.verb = "pass";
  made.approval_chain.push_back(level);
  made.tables = {table("staff"), table("books")};
  return std::make_shared<const CampaignDefinition>(std::move(made));
}

}  // namespace

SampleLedger::SampleLedger()
    : signer_(kOrigin, std::make_shared<const SigningKey>(
                           SigningKey::from_seed(std::string(32, 'k')).value())) {
  LedgerCreated created;
  created.origin = kOrigin;
  created.account = AccountId("admin");
  created.administrator = {PersonId("p-admin"), "管理员", DepartmentId("HR")};
  created.credential = {"verifier", std::string(32, 'p'), "sealed"};
  CreateLedger create;
  create.origin = created.origin;
  create.administrator = created.administrator;
  create.account = created.account;
  create.credential = created.credential;
  begin_command();
  record(created, payload_items(create)[0]);
  commit();

  DefineCampaign define;
  define.definition = definition();
  define.definition_hash = sha256(as_bytes(encode_campaign(*define.definition)));
  begin_command();
  record(CampaignDefined{kCampaign, 1, define.definition_hash, define.definition},
         payload_items(define)[0]);
  commit();

  begin_command();
  record(TaskAssigned{kCampaign, TableKey("staff"), DepartmentId("HR"), instant(1000), "notice"},
         {});
  record(TaskAssigned{kCampaign, TableKey("books"), DepartmentId("HR"), instant(1000), "notice"},
         {});
  commit();
}

Payload SampleLedger::payload_of(LeafIndex entry) const {
  const auto batch = std::find_if(batches_.rbegin(), batches_.rend(), [&](const AppendBatch& one) {
    return one.expected_size <= entry;
  });
  return decode_payload(batch->entries[entry - batch->expected_size].payload).value();
}

LeafIndex SampleLedger::erase_texts(LeafIndex entry) {
  const Payload payload = payload_of(entry);
  EraseTexts command{entry, {}, {{}, "order"}, "law", kCampaign, TableKey("staff")};
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    if (auto left = left_without_words(payload.items[i].text)) {
      command.targets.push_back({entry, i, payload.items[i].leaf, std::move(*left)});
    }
  }
  begin_command();
  const LeafIndex index = tree_.size();
  record(TextsErased{command.campaign, command.table, entry,
                     static_cast<std::uint32_t>(command.targets.size()), command.order,
                     command.basis, command.targets},
         payload_items(command)[0]);
  for (const ErasureTarget& one : command.targets) {
    open_.erased.push_back({{one.entry, one.item}, one.left});
  }
  commit();
  return index;
}

LeafIndex SampleLedger::erase(LeafIndex entry, std::uint32_t item) {
  const Payload payload = payload_of(entry);
  EraseRow command{kCampaign, TableKey("staff"), RowKey("1"), {{}, "order"}, "law"};
  command.targets = {{entry, item, payload.items[item].leaf}};
  begin_command();
  const LeafIndex index = tree_.size();
  record(RowErased{kCampaign, command.table, 1, command.order, command.basis, command.targets},
         payload_items(command)[0]);
  open_.erased.push_back({{entry, item}, {}});
  commit();
  return index;
}

LeafIndex SampleLedger::attest(const std::string& table, bool truly) {
  begin_command();
  const LeafIndex index = tree_.size();
  const StatedRows stated = rows_[truly ? table : table == "staff" ? "books" : "staff"].heads();
  record(TableAttested{kCampaign, TableKey(table), {stated.hash, stated.rows}}, {});
  commit();
  return index;
}

LeafIndex SampleLedger::submit(const std::string& table, bool truly) {
  begin_command();
  const LeafIndex index = tree_.size();
  const StatedRows stated = rows_[truly ? table : table == "staff" ? "books" : "staff"].version();
  record(TableSubmitted{kCampaign, TableKey(table), {1, stated.hash, stated.rows}, instant(1000), {}},
         {});
  commit();
  return index;
}

void SampleLedger::begin_command() { command_id_ = "command-" + std::to_string(tree_.size()); }

void SampleLedger::record(Event event, std::vector<std::string> items) {
  if (open_.entries.empty()) open_.expected_size = tree_.size();
  const LeafIndex index = tree_.size();
  RecordedEvent recorded;
  recorded.index = index;
  recorded.actor = {PersonId("p-admin"), AccountId("admin"), {Role::administrator, {}}, {}};
  recorded.received_at = recorded.sequenced_at = instant(index);
  recorded.command_id = CommandId(command_id_);
  recorded.correlation_id = "test";
  recorded.event = std::move(event);
  const Payload payload = seal(std::move(items));
  const StoredEntry entry{
      encode_header(recorded, kOrigin,
                    {static_cast<std::uint32_t>(payload.items.size()), payload.root}),
      encode_payload(payload)};
  std::vector<CompactRange::Completed> completed;
  tree_.append(hash_leaf(as_bytes(entry.header)), completed);
  for (const auto& [id, hash] : completed) open_.nodes.push_back({dense_id(id), hash});
  for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
    const auto row = decode_row_item(payload.items[i].text);
    if (!row) continue;
    rows_[row->table.value].put(row->key.value, index, payload.items[i].leaf, row->removed);
    open_.row_heads.push_back({kCampaign.value,
                               row->table.value,
                               row->key.value,
                               {index, i, payload.items[i].leaf, row->removed,
                                row->removed ? std::string() : encode_cells(row->cells)}});
  }
  if (open_.commands.empty() || open_.commands.back().command_id != command_id_) {
    open_.commands.push_back({command_id_, sha256(as_bytes(command_id_)), index, 0, 0});
  }
  ++open_.commands.back().count;
  open_.entries.push_back(entry);
  evolve(state_, recorded);
}

LeafIndex SampleLedger::change(const std::string& table,
                               const std::map<std::string, std::string>& rows, bool commit_now) {
  begin_command();
  RowsChanged event;
  event.campaign = kCampaign;
  event.table = TableKey(table);
  std::vector<std::string> items = {text_item("reason", "why")};
  const LeafIndex index = tree_.size();
  for (const auto& [key, value] : rows) {
    RowChange row{event.table, RowKey(key), value.empty(), {}, {}};
    if (!value.empty()) row.cells = {{"no", key}, {"value", value}};
    const auto [head, first] = heads_.try_emplace(table + "/" + key, index);
    if (!first) row.prev = std::exchange(head->second, index);
    ++(row.removed ? event.counts.removed : first ? event.counts.added : event.counts.changed);
    items.push_back(row_item(row));
  }
  record(std::move(event), std::move(items));
  if (commit_now) commit();
  return index;
}

void SampleLedger::commit() {
  for (CommandRecord& command : open_.commands) command.tree_size = tree_.size();
  open_.checkpoint =
      signer_.sign(Checkpoint{kOrigin, tree_.size(), tree_.root()}.text()).serialize();
  if (std::exchange(snapshot_wanted_, false)) {
    open_.snapshot = StateSnapshot{state_.size, encode_state(state_)};
  }
  batches_.push_back(std::exchange(open_, {}));
}

void SampleLedger::write(EventLog& log) const {
  const auto epoch = log.take_over();
  ASSERT_TRUE(epoch);
  for (AppendBatch batch : batches_) {
    batch.epoch = *epoch;
    const auto appended = log.append(batch);
    ASSERT_TRUE(appended) << appended.error().detail;
  }
}

}  // namespace countersign::ledger
