// Reading what is about persons, and taking data out (domain-model.md section 10): both are acts.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

namespace {

// The own rows of all tables: for whoever has a number in them, whatever else they may read.
Decided read_own(const DecideContext& context, const ReadTable& command) {
  auto actor = context.actor(command.campaign, [](const Hat&) { return true; });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Actor& who = std::get<Actor>(actor);
  const auto& persons = context.directory().persons;
  const auto person = persons.find(who.person);
  if (person == persons.end() || person->second.staff_no.empty()) {
    return refuse(RefusalCode::right_missing);
  }
  return decision_of(
      who, TableRead{command.campaign, {}, command.what, command.as_of, command.rows, {}}, 0);
}

}  // namespace

Decided decide(const DecideContext& context, const ReadTable& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  if (command.table.empty() && command.what == ReadTable::kOwn) return read_own(context, command);
  const TableDefinition* table = definition->table(command.table);
  if (table == nullptr) {
    return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
  }
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return read_scope_of(hat, *table) != ReadScope::none;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  return decision_of(std::get<Actor>(std::move(actor)),
                     TableRead{command.campaign, command.table, command.what, command.as_of,
                               command.rows, command.row},
                     0);
}

Decided decide(const DecideContext& context, const ExportData& command) {
  const CampaignDefinition* definition = nullptr;
  const TableDefinition* table = nullptr;
  if (!command.campaign.empty()) {
    definition = context.directory().campaign(command.campaign);
    if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  }
  if (!command.table.empty()) {
    table = definition == nullptr ? nullptr : definition->table(command.table);
    if (table == nullptr) {
      return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
    }
  }
  if (!command.channel.empty() &&
      (definition == nullptr || definition->export_channel(command.channel) == nullptr)) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "channel"}});
  }
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return table == nullptr || read_scope_of(hat, *table) != ReadScope::none;
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  return decision_of(std::get<Actor>(std::move(actor)),
                     DataExported{command.campaign, command.table, command.what, command.as_of,
                                  command.rows, command.content, command.personal, command.channel,
                                  command.receiver, command.basis},
                     0);
}

}  // namespace countersign::ledger
