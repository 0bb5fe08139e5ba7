#include "api/wire/entry_items.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

bool tells_of_rows(const nlohmann::json& item) { return item.value("kind", "") != "sign_off"; }

}  // namespace countersign::api
