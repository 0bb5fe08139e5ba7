// Identifiers with a type of their own, so that a department cannot be passed for a person.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace countersign::ledger {

// Place of an entry in the log, from 0, without gaps.
using LeafIndex = std::uint64_t;
// Number of entries covered by a checkpoint.
using TreeSize = std::uint64_t;

template <typename Tag>
struct Id {
  std::string value;

  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  bool empty() const { return value.empty(); }
  auto operator<=>(const Id&) const = default;
};

using CampaignId = Id<struct CampaignTag>;      // "2020"
using DepartmentId = Id<struct DepartmentTag>;  // "HR"
using PersonId = Id<struct PersonTag>;          // "p-0007": a pseudonym, never a name
using AccountId = Id<struct AccountTag>;        // "hr.filler": what one logs in with
using TableKey = Id<struct TableTag>;           // "staff_basic": stable across editions
using PhaseId = Id<struct PhaseTag>;            // "base_entry"
using LevelId = Id<struct LevelTag>;      // "department_review": a level of the approval chain
using BodyId = Id<struct BodyTag>;        // "party_committee": decides on the whole campaign
using RowKey = Id<struct RowTag>;         // key cells joined; may be personal, so never in a header
using CommandId = Id<struct CommandTag>;  // account and Idempotency-Key of a write, or a random one

}  // namespace countersign::ledger

template <typename Tag>
struct std::hash<countersign::ledger::Id<Tag>> {
  std::size_t operator()(const countersign::ledger::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
