#include "api/http/message.h"

#include "ledger/base/result.h"

#include <algorithm>

namespace countersign::api {

const std::string* Request::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, [](const auto& header) {
    return std::string_view(header.first);
  });
  return found == headers.end() ? nullptr : &found->second;
}

const std::string& Request::param(const std::string& name) const {
  const auto found = params.find(name);
  CS_ASSERT(found != params.end());
  return found->second;
}

std::string Request::query_or(const std::string& name, std::string fallback) const {
  const auto found = query.find(name);
  return found == query.end() ? std::move(fallback) : found->second;
}

}  // namespace countersign::api
