// What a person's signing keys sign under, and the text that proves possession of one. Both are
// fixed by their arguments, so that a device makes them by itself and anyone can make them again.
#pragma once

#include "ledger/domain/actor.h"

#include <string>

namespace countersign::ledger {

// The name in the signature lines of a person's keys: "<origin>/persons/<person>".
std::string person_key_name(const std::string& origin, const PersonId& person);

// Names ledger, account, key and the key it replaces, so that a signature over it enrols this key
// for this account of this ledger and is good for nothing else.
struct KeyEnrolmentText {
  std::string origin;
  AccountId account;
  PersonId person;
  std::string public_key;
  std::string replaces;  // public key of the present device key; empty: there is none
  std::string label;
};
std::string key_enrolment_text(const KeyEnrolmentText& text);

}  // namespace countersign::ledger
