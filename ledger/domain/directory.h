// Directory: who exists and what they may do. The part of the state that the edge needs to
// authenticate and to decide reads. Published as an immutable value whenever it changes.
#pragma once

#include "ledger/domain/actor.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/commands.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

struct AccountRecord {
  Account account;
  bool closed = false;
  std::uint32_t credential_epoch = 0;  // grows with every CredentialSet; older tokens end
  std::string verifier;                // empty: no credential issued yet
  std::string sealed_key;
};

// A key that signs for a person from the entry that enrolled it until the next one is enrolled or
// it is revoked. A signature is judged by the key that was present when it was recorded; what
// happens to the key later does not touch it.
struct KeyRecord {
  std::string public_key;    // 32 bytes of Ed25519, 65 of SM2
  bool service_held = true;  // otherwise on the person's own device
  LeafIndex enrolled_by = 0;
  std::optional<LeafIndex> revoked_by{};
  bool revoked_by_holder = false;
};

struct Delegation {
  LeafIndex granted_by = 0;
  CampaignId campaign;
  Hat hat;
  PersonId from;
  PersonId to;
  Timestamp until;
  bool revoked = false;
};

struct DefinedCampaign {
  std::uint32_t revision = 0;
  LeafIndex defined_by = 0;
  std::shared_ptr<const CampaignDefinition> definition;
};

struct Directory {
  std::string origin;
  bool simulated = false;
  std::map<CampaignId, DefinedCampaign> campaigns;
  std::map<PersonId, Person> persons;
  std::map<AccountId, AccountRecord> accounts;
  std::map<PersonId, std::vector<KeyRecord>> keys;  // newest last
  std::vector<Delegation> delegations;

  const CampaignDefinition* campaign(const CampaignId& id) const;
  const AccountRecord* account(const AccountId& id) const;
  // The account if it may act at `now`; otherwise nullptr.
  const AccountRecord* active_account(const AccountId& id, Timestamp now) const;
  // The key that signs for `person` now; nullptr if none is enrolled or it is revoked.
  const KeyRecord* current_key(const PersonId& person) const;
  // The key whose signature entry `index` may hold: the present one just before that entry.
  const KeyRecord* key_at(const PersonId& person, LeafIndex index) const;
  // The present key, when it is on the person's own device: what replaces it must be signed with it too.
  const KeyRecord* device_key(const PersonId& person) const;
  // True after a holder revoked the own device key, until an administrator issues a credential:
  // whoever has got hold of a password could otherwise put a key of their own in its place.
  bool waits_for_administrator(const PersonId& person) const;
  // Whose key this is or was; nullptr: nobody's.
  const PersonId* holder_of(std::string_view public_key) const;
};

// Reading rights, deny by default (domain-model.md section 4). Pure functions over the directory.
enum class ReadScope : std::uint8_t {
  none,
  own_part,  // assisting department: rows and columns of its part
  all,       // the whole table with personal columns
};
ReadScope read_scope_of(const Hat& hat, const TableDefinition& table);
// Whether a hat is shown a piece of evidence: it reads the whole table, or is of the department
// that keeps the original. `table` is null for an indicator's.
bool may_see_evidence(const Hat& hat, const TableDefinition* table, const DepartmentId& custodian);
// Whether it may also see what personal rows said before: the owner, the centre and administrators.
// A correction must not show everybody what was wrong (domain-model.md section 10).
bool may_read_past_of(const Hat& hat, const TableDefinition& table);
// The widest of the account's hats, own or delegated.
ReadScope may_read_table(const Directory& directory, const AccountRecord& account,
                         const CampaignId& campaign, const TableKey& table, Timestamp now);
// Facts and deadlines: everybody sees own department; leadership, office, reviewers see all.
// Empty result with `all` false: nothing.
struct DepartmentScope {
  bool all = false;
  std::vector<DepartmentId> departments;
};
DepartmentScope may_read_accountability(const Directory& directory, const AccountRecord& account,
                                        Timestamp now);
// Log resources that need no secrecy (checkpoint, tiles, proofs) are public; payload items of any
// table need may_read_table == all.

// A hat under which `account` may do something, own or delegated.
struct UsableHat {
  Hat hat;
  std::optional<PersonId> on_behalf_of;
};
std::vector<UsableHat> usable_hats(const Directory& directory, const AccountRecord& account,
                                   const CampaignId& campaign, Timestamp now);

}  // namespace countersign::ledger
