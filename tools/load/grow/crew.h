// Crew: who acts in a grown ledger. Every account of the campaign has one password and a signing
// key of its person's, which is held here as on a person's own device.
#pragma once

#include "ledger/crypto/signed_note.h"
#include "ledger/domain/commands.h"
#include "ledger/verified_command.h"
#include "tools/demo/school_base.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace countersign::tools {

class Crew {
 public:
  // Keys follow from `random`; one derivation of `password` serves all accounts.
  Crew(const ledger::CampaignDefinition& campaign, std::string origin, const std::string& password,
       Random& random);

  // What an administrator issues to each account.
  const std::map<ledger::AccountId, ledger::Credential>& credentials() const {
    return credentials_;
  }
  // The accounts that wear the hat; never empty for a hat that the campaign asks for.
  std::span<const ledger::AccountId> wearing(ledger::Role role,
                                             const ledger::DepartmentId& department = {}) const;
  ledger::AccountId any(ledger::Role role, const ledger::DepartmentId& department,
                        Random& random) const;

  // What somebody signs at a level, or as the submission when `level` is null.
  struct Statement {
    const ledger::CampaignDefinition& campaign;
    const ledger::TableDefinition& table;
    const ledger::ApprovalLevel* level;
    ledger::VersionRef version;
    ledger::Timestamp at;
  };
  ledger::SignOff sign(const ledger::AccountId& account, const Statement& statement) const;

 private:
  struct Member {
    ledger::PersonId person;
    std::string name;
    std::unique_ptr<const ledger::NoteSigner> signer;
  };

  const std::string origin_;
  std::map<ledger::Hat, std::vector<ledger::AccountId>> hats_;
  std::map<ledger::AccountId, Member> members_;
  std::map<ledger::AccountId, ledger::Credential> credentials_;
};

}  // namespace countersign::tools
