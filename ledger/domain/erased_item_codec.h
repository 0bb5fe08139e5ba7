// What is left of an item whose words are erased: the item without them, and a member "erased" that
// names them. So an event stays what it was, a return names its rule and a plan its items, and only
// what somebody wrote is gone. Where the words were stands kErasedText once the item is read.
//
//   {"kind":"text","role":"reason","text":"…"}   leaves   {"erased":["text"],"kind":"text","role":"reason"}
//
// Words are: texts, reasons of returns, opinions, titles of documents, answers to items of plans,
// their causes, measures and owners, and what a rule noted of a finding. Rows are erased by their
// key. Keys of rows, what persons signed (sign-offs, enrolments with their labels), versions and
// definitions are no words.
#pragma once

#include "ledger/base/ids.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace countersign::ledger {

// What stands in the place of erased words, in every answer. Requests that say it are refused.
inline constexpr std::string_view kErasedText = "〔已依法删除 erased by order〕";

// Of an item as stored; none: it holds no words, or they are erased already.
std::optional<std::string> left_without_words(std::string_view item);

// Of a person's item that is about `person`: the id and the department; none: it is another item.
std::optional<std::string> left_without_name(std::string_view item, const PersonId& person);

// Writes kErasedText where words are missing that the item says are erased, if it says so.
void restore_words(nlohmann::json& item);

}  // namespace countersign::ledger
