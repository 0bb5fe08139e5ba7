// The entries of a pack as a table for people: when, who, in which capacity, what, from what to
// what, why.
#pragma once

#include "api/wire/pack_words.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Of an entry with more changed cells than this, and of rows that are new, the page says how many
// more evidence.json holds.
inline constexpr std::size_t kCellsPrintedMax = 200;

// `pack` is a document of format countersign-pack-1. HTML.
std::string pack_history_html(const nlohmann::json& pack, const PackWords& words);

}  // namespace countersign::api
