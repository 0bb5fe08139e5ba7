// The OpenAPI document and the table of routes say the same.
#include "api/routes/documents.h"
#include "api/routes/endpoint.h"

#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

const json& document() {
  static const json parsed = json::parse(openapi_document());
  return parsed;
}

// "GET /log/tile/{rest}" for the pattern "/log/tile/{rest...}".
std::string operation_name(const Endpoint& endpoint) {
  std::string pattern(endpoint.pattern);
  if (const auto dots = pattern.find("...}"); dots != std::string::npos) pattern.erase(dots, 3);
  return std::string(endpoint.method) + " " + pattern;
}

std::map<std::string, json> operations() {
  std::map<std::string, json> all;
  for (const auto& [path, methods] : document().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      all[upper + " " + path] = operation;
    }
  }
  return all;
}

}  // namespace

TEST(OpenApi, IsVersion31) { EXPECT_EQ(document().at("openapi"), "3.1.0"); }

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  const auto documented = operations();
  std::set<std::string> served;
  for (const Endpoint& endpoint : endpoints()) {
    const std::string name = operation_name(endpoint);
    served.insert(name);
    const auto found = documented.find(name);
    ASSERT_NE(found, documented.end()) << name << " is not documented";
    EXPECT_EQ(found->second.at("operationId"), endpoint.name);
    const bool open = found->second.contains("security") && found->second["security"].empty();
    EXPECT_EQ(open, endpoint.access == Access::open) << name;
  }
  for (const auto& [name, operation] : documented) {
    EXPECT_TRUE(served.contains(name)) << name << " is documented and not served";
  }
}

TEST(OpenApi, NamesEveryPathParameterAndAnswer) {
  const std::regex parameter("\\{(\\w+)\\}");
  for (const auto& [name, operation] : operations()) {
    std::set<std::string> named;
    for (const json& one : operation.value("parameters", json::array())) {
      if (one.value("in", "") == "path") named.insert(one.at("name"));
    }
    std::set<std::string> wanted;
    for (std::sregex_iterator at(name.begin(), name.end(), parameter), end; at != end; ++at) {
      wanted.insert((*at)[1]);
    }
    EXPECT_EQ(named, wanted) << name;
    EXPECT_TRUE(operation.at("responses").contains("default")) << name;
    EXPECT_FALSE(operation.value("summary", "").empty()) << name;
  }
}

TEST(OpenApi, EveryReferenceLeadsSomewhere) {
  const std::string text(openapi_document());
  const std::regex reference("\"\\$ref\": \"#(/[^\"]+)\"");
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at) {
    EXPECT_TRUE(document().contains(json::json_pointer((*at)[1].str()))) << (*at)[1];
  }
}

TEST(OpenApi, OperationNamesAreUnique) {
  std::set<std::string> names;
  for (const Endpoint& endpoint : endpoints()) {
    EXPECT_TRUE(names.insert(std::string(endpoint.name)).second) << endpoint.name;
  }
}

TEST(Routes, WhoSendsALargeBodyIsAskedBeforeItIsRead) {
  for (const Endpoint& endpoint : endpoints()) {
    const bool asked = endpoint.head_check != nullptr;
    EXPECT_TRUE(asked || endpoint.body_bytes_max <= 1 << 20) << endpoint.name;
  }
}

}  // namespace countersign::api
