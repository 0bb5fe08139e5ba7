// Items of entries as readers see them.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Whether an item of an entry about a table may tell of those whom the table is about: its rows,
// what was found in, asked of or confirmed for one, and every word that somebody wrote. Of a
// signature only who signed is told.
bool tells_of_rows(const nlohmann::json& item);

}  // namespace countersign::api
