#include "tools/load/grow/crew.h"

#include "ledger/crypto/password.h"
#include "ledger/person_keys.h"
#include "tools/demo/plausible_values.h"

namespace countersign::tools {

using ledger::AccountId;
using ledger::DepartmentId;
using ledger::Role;

namespace {

std::string seed_from(Random& random) {
  std::string seed;
  while (seed.size() < 32) ledger::append_u64(seed, random());
  return seed;
}

}  // namespace

Crew::Crew(const ledger::CampaignDefinition& campaign, std::string origin,
           const std::string& password, Random& random)
    : origin_(std::move(origin)) {
  const std::string verifier = ledger::make_password_verifier(password);
  std::map<ledger::PersonId, const ledger::Person*> persons;
  for (const auto& person : campaign.persons) persons[person.id] = &person;
  for (const auto& account : campaign.accounts) {
    auto key = std::make_shared<const ledger::SigningKey>(
        ledger::SigningKey::from_seed(seed_from(random)).value());
    credentials_[account.id] = {verifier, key->public_key(), {}};
    members_[account.id] = {account.person, persons.at(account.person)->name,
                            std::make_unique<const ledger::NoteSigner>(
                                ledger::person_key_name(origin_, account.person), std::move(key))};
    for (const auto& hat : account.hats) hats_[hat].push_back(account.id);
  }
}

std::span<const AccountId> Crew::wearing(Role role, const DepartmentId& department) const {
  const auto found = hats_.find({role, department});
  CS_ASSERT(found != hats_.end());
  return found->second;
}

AccountId Crew::any(Role role, const DepartmentId& department, Random& random) const {
  const auto accounts = wearing(role, department);
  return accounts[below(random, accounts.size())];
}

ledger::SignOff Crew::sign(const AccountId& account, const Statement& statement) const {
  const Member& member = members_.at(account);
  const auto& campaign = statement.campaign;
  const auto* level = statement.level;
  ledger::SignOffText text;
  text.origin = origin_;
  text.institution = campaign.institution;
  text.campaign = campaign.id;
  text.table = statement.table.key;
  text.table_name = statement.table.name;
  text.version = statement.version;
  text.meaning = level == nullptr ? campaign.submission_meaning : level->meaning;
  text.person_name = member.name;
  text.person = member.person;
  text.hat.role = level == nullptr ? Role::filler : level->role;
  if (level == nullptr || !level->school_wide) text.hat.department = statement.table.owner;
  if (const auto* department = campaign.department(text.hat.department)) {
    text.hat_department = department->name;
  }
  text.at = statement.at;
  text.utc_offset_minutes = campaign.calendar.utc_offset_minutes;
  text.service_held = false;
  ledger::SignOff sign_off;
  sign_off.note = member.signer->sign(ledger::sign_off_text(text)).serialize();
  sign_off.public_key = member.signer->verifier().public_key();
  sign_off.service_held = false;
  return sign_off;
}

}  // namespace countersign::tools
