// Erasure: what a row said, what somebody wrote, or a person's name is taken out of the log on a
// lawful order. Headers, leaves and with them every proof stay; that something was erased, by whose
// order and by whom, stays as well. Which row it was is not said: the entries and items are.
#pragma once

#include "ledger/domain/references.h"

#include <string>
#include <vector>

namespace countersign::ledger {

// An item of an earlier entry, with the leaf that stays of it.
struct ErasureTarget {
  LeafIndex entry = 0;
  std::uint32_t item = 0;
  Hash leaf{};
  std::string left{};  // of the item, without its words (erased_item_codec.h); empty: nothing

  bool operator==(const ErasureTarget&) const = default;
};

struct EraseRow {
  CampaignId campaign;
  TableKey table;
  RowKey row;         // not recorded
  DocumentRef order;  // of the authority that orders it
  std::string basis;  // the law it is ordered under
  // Filled in when the command is prepared, from the log: every change of the row that still holds
  // values, oldest first, and whether the last change removed it.
  std::vector<ErasureTarget> targets{};
  bool row_removed{};
};
struct RowErased {
  CampaignId campaign;
  TableKey table;
  std::uint32_t items = 0;
  DocumentRef order;                   // title: payload
  std::string basis;                   // payload
  std::vector<ErasureTarget> targets;  // payload
};

// Words of one entry: reasons, notes, statements, titles, names of receivers (erased_item_codec.h).
struct EraseTexts {
  LeafIndex entry = 0;
  std::vector<std::uint32_t> items;  // places in its payload; empty: all that hold words
  DocumentRef order;
  std::string basis;
  // Filled in when the command is prepared, from the log: what the entry is about, the fact that it
  // objects to, and of the items those that hold words, and those named that are no words.
  CampaignId campaign{};
  TableKey table{};
  std::string fact{};
  std::vector<ErasureTarget> targets{};
  std::vector<std::uint32_t> not_texts{};
};
struct TextsErased {
  CampaignId campaign;  // that the entry is about; empty: none
  TableKey table;
  LeafIndex entry = 0;
  std::uint32_t items = 0;
  DocumentRef order;                   // title: payload
  std::string basis;                   // payload
  std::vector<ErasureTarget> targets;  // payload; all of `entry`
};

// The name and the staff number of a person who has left, wherever they were registered. The id
// stays, and what the person signed.
struct ErasePerson {
  PersonId person;
  DocumentRef order;
  std::string basis;
  // Filled in when the command is prepared: the items that register the person, among all entries
  // of a log of this size.
  std::vector<ErasureTarget> targets{};
  TreeSize examined = 0;
};
struct PersonErased {
  PersonId person;
  std::uint32_t items = 0;
  DocumentRef order;                   // title: payload
  std::string basis;                   // payload
  std::vector<ErasureTarget> targets;  // payload
};

}  // namespace countersign::ledger
