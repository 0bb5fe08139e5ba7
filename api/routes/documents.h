// Documents compiled into the service: the OpenAPI description and the campaign schema.
#pragma once

#include <string_view>

namespace countersign::api {

std::string_view openapi_document();  // api/routes/openapi.json
std::string_view campaign_schema();   // ledger/domain/campaign.schema.json

}  // namespace countersign::api
