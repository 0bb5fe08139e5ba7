#include "api/http/message.h"

#include "ledger/base/result.h"

namespace countersign::api {

const std::string* Request::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
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
