// Decisions on the ledger itself, accounts, keys and delegations.
#include "ledger/domain/decide_context.h"

#include <algorithm>
#include <charconv>

namespace countersign::ledger {

namespace {

// Rights come first: what exists is told only to those who may act on it.
std::optional<Refusal> refuse_others(const DecideContext& context) {
  auto actor = context.actor_with_role({}, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  return std::nullopt;
}

Decided by_administrator(const DecideContext& context, Event event,
                         std::optional<std::size_t> payload) {
  auto actor = context.actor_with_role({}, Role::administrator);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  return decision_of(std::get<Actor>(actor), std::move(event), payload);
}

Refusal unknown(const char* subject) {
  return refuse(RefusalCode::unknown_subject, {{"subject", subject}});
}

}  // namespace

Decided decide(const DecideContext& context, const CreateLedger& command) {
  if (context.state.size != 0) return refuse(RefusalCode::ledger_exists);
  // The founder's own rights begin with this very event.
  const Actor founder{command.administrator.id, command.account, {Role::administrator, {}}, {}};
  return decision_of(founder,
                     LedgerCreated{command.origin, command.simulated_start, command.account,
                                   command.administrator, command.credential},
                     0);
}

Decided decide(const DecideContext& context, const OpenAccount& command) {
  if (auto refusal = refuse_others(context)) return std::move(*refusal);
  const Directory& directory = context.directory();
  if (directory.account(command.account.id) != nullptr) {
    return refuse(RefusalCode::already_exists, {{"subject", "account"}});
  }
  if (command.person && directory.persons.contains(command.person->id)) {
    return refuse(RefusalCode::already_exists, {{"subject", "person"}});
  }
  if (!command.person && !directory.persons.contains(command.account.person)) {
    return unknown("person");
  }
  return by_administrator(context, AccountOpened{command.account, command.person}, 0);
}

Decided decide(const DecideContext& context, const CloseAccount& command) {
  if (auto refusal = refuse_others(context)) return std::move(*refusal);
  const AccountRecord* record = context.directory().account(command.account);
  if (record == nullptr) return unknown("account");
  if (record->closed) return refuse(RefusalCode::already_exists, {{"subject", "closure"}});
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  return by_administrator(context, AccountClosed{command.account, command.reason}, 0);
}

Decided decide(const DecideContext& context, const SetCredential& command) {
  if (command.account != context.envelope.account) {
    if (auto refusal = refuse_others(context)) return std::move(*refusal);
  }
  const AccountRecord* record = context.directory().account(command.account);
  if (record == nullptr) return unknown("account");
  const PersonId& person = record->account.person;
  const AccountRecord* asking = context.directory().account(context.envelope.account);
  const bool own = asking != nullptr && asking->account.person == person;
  // A password never puts a key held by the service in the place of one on a person's device.
  const bool enrols = context.directory().device_key(person) == nullptr &&
                      !(own && context.directory().waits_for_administrator(person));
  CredentialSet event{command.account,
                      person,
                      command.credential.public_key,
                      !command.credential.sealed_key.empty(),
                      command.credential,
                      enrols};
  if (command.account == context.envelope.account) {
    auto actor = context.actor({}, [](const Hat&) { return true; });
    if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
    return decision_of(std::get<Actor>(actor), std::move(event), 0);
  }
  return by_administrator(context, std::move(event), 0);
}

Decided decide(const DecideContext& context, const RevokeKey& command) {
  const AccountRecord* asking = context.directory().account(context.envelope.account);
  const bool own = asking != nullptr && asking->account.person == command.person;
  if (!own) {
    if (auto refusal = refuse_others(context)) return std::move(*refusal);
  }
  const KeyRecord* key = context.directory().current_key(command.person);
  if (key == nullptr) return unknown("key");
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  KeyRevoked event{command.person, key->public_key, command.reason};
  if (own) {
    auto actor = context.actor({}, [](const Hat&) { return true; });
    if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
    return decision_of(std::get<Actor>(actor), std::move(event), 0);
  }
  return by_administrator(context, std::move(event), 0);
}

Decided decide(const DecideContext& context, const EnrolKey& command) {
  auto actor = context.actor({}, [](const Hat&) { return true; });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  const Actor& who = std::get<Actor>(actor);
  const Directory& directory = context.directory();
  if (directory.holder_of(command.public_key) != nullptr) return refuse(RefusalCode::key_known);
  if (directory.waits_for_administrator(who.person)) {
    return refuse(RefusalCode::key_needs_administrator);
  }
  const KeyRecord* present = directory.device_key(who.person);
  if (command.replaces != (present == nullptr ? std::string() : present->public_key)) {
    return refuse(present == nullptr ? RefusalCode::key_not_proved : RefusalCode::key_not_cosigned,
                  {{"why", "it names a device key to replace, and none is in force"}});
  }
  return decision_of(who,
                     KeyEnrolled{who.account, who.person, command.public_key, command.replaces,
                                 command.label, command.note},
                     0);
}

Decided decide(const DecideContext& context, const RotateLogKey& command) {
  if (auto refusal = refuse_others(context)) return std::move(*refusal);
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  if (command.after != context.state.size) {
    return refuse(RefusalCode::key_not_proved,
                  {{"why", "the note names another place in the log than the next"}});
  }
  return by_administrator(
      context, LogKeyRotated{command.retires, command.verifier_key, command.note, command.reason},
      0);
}

Decided decide(const DecideContext& context, const GrantDelegation& command) {
  const Directory& directory = context.directory();
  const AccountRecord* asking = directory.account(context.envelope.account);
  const bool own = asking != nullptr && asking->account.person == command.from;
  if (!own) {
    if (auto refusal = refuse_others(context)) return std::move(*refusal);
  }
  if (directory.campaign(command.campaign) == nullptr) {
    return refuse(RefusalCode::unknown_campaign);
  }
  if (!directory.persons.contains(command.from) || !directory.persons.contains(command.to)) {
    return unknown("person");
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  const bool own_hat =
      std::any_of(directory.accounts.begin(), directory.accounts.end(), [&](const auto& one) {
        const AccountRecord& record = one.second;
        return record.account.person == command.from && !record.closed &&
               std::find(record.account.hats.begin(), record.account.hats.end(), command.hat) !=
                   record.account.hats.end();
      });
  if (!own_hat || command.from == command.to || command.until <= context.now) {
    return refuse(RefusalCode::delegation_not_allowed);
  }
  DelegationGranted event{command.campaign, command.hat,   command.from,
                          command.to,       command.until, command.reason};
  if (own) {
    auto actor = context.actor({}, [&](const Hat& hat) { return hat == command.hat; });
    if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
    return decision_of(std::get<Actor>(actor), std::move(event), 0);
  }
  return by_administrator(context, std::move(event), 0);
}

Decided decide(const DecideContext& context, const RevokeDelegation& command) {
  LeafIndex index = 0;
  const std::string& text = command.delegation;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, index);
  const bool is_index = read.ec == std::errc() && read.ptr == end;
  const auto& all = context.directory().delegations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Delegation& one) {
    return is_index && one.granted_by == index && one.campaign == command.campaign && !one.revoked;
  });
  if (found == all.end()) return unknown("delegation");
  DelegationRevoked event{command.campaign, index};
  const AccountRecord* asking = context.directory().account(context.envelope.account);
  if (asking != nullptr && asking->account.person == found->from) {
    auto actor = context.actor({}, [](const Hat&) { return true; });
    if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
    return decision_of(std::get<Actor>(actor), std::move(event));
  }
  return by_administrator(context, std::move(event), std::nullopt);
}

Decided decide(const DecideContext& context, const AdvanceClock& command) {
  if (auto refusal = refuse_others(context)) return std::move(*refusal);
  if (!context.directory().simulated) return refuse(RefusalCode::not_simulated);
  if (command.to < context.now) return refuse(RefusalCode::clock_goes_back);
  return by_administrator(context, ClockAdvanced{command.to}, std::nullopt);
}

}  // namespace countersign::ledger
