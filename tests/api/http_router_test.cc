#include "api/http/problem.h"
#include "api/http/router.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

ReadHandler const kHandler = [](const Request&, Services&) -> std::variant<Response, Problem> {
  return Response{};
};

Endpoint endpoint(std::string_view method, std::string_view pattern) {
  return {method, pattern, Access::open, kHandler, pattern, 0};
}

class RouterTest : public ::testing::Test {
 protected:
  const std::vector<Endpoint> endpoints_{
      endpoint("GET", "/rows/{key}"),  endpoint("PUT", "/rows/{key}"),
      endpoint("GET", "/rows/newest"), endpoint("GET", "/tile/{rest...}"),
      endpoint("POST", "/rows"),       endpoint("POST", "/a/{a}/b/{b}")};
  const Router router_{endpoints_};

  auto find(std::string_view method, std::string_view target) const {
    const auto parsed = parse_target(target);
    EXPECT_TRUE(parsed) << target;
    return router_.find(method, parsed->segments);
  }
  Router::Match match(std::string_view method, std::string_view target) const {
    auto found = find(method, target);
    EXPECT_TRUE(std::holds_alternative<Router::Match>(found)) << target;
    return std::get<Router::Match>(found);
  }
};

TEST_F(RouterTest, TakesParametersDecoded) {
  const auto found = match("POST", "/a/x%2Fy/b/%E6%B1%9F");
  EXPECT_EQ(found.params.at("a"), "x/y");
  EXPECT_EQ(found.params.at("b"), "江");
}

TEST_F(RouterTest, PrefersLiteralsAndTakesTheRest) {
  EXPECT_EQ(match("GET", "/rows/newest").endpoint->pattern, "/rows/newest");
  EXPECT_EQ(match("GET", "/rows/other").endpoint->pattern, "/rows/{key}");
  EXPECT_EQ(match("PUT", "/rows/newest").endpoint->pattern, "/rows/{key}");
  EXPECT_EQ(match("GET", "/tile/0/x001/234.p/5").params.at("rest"), "0/x001/234.p/5");
}

TEST_F(RouterTest, HeadIsGet) { EXPECT_EQ(match("HEAD", "/rows/1").endpoint->method, "GET"); }

TEST_F(RouterTest, TellsWrongMethodFromNoSuchPath) {
  const auto wrong = find("DELETE", "/rows/1");
  ASSERT_TRUE(std::holds_alternative<Router::WrongMethod>(wrong));
  EXPECT_EQ(std::get<Router::WrongMethod>(wrong).allow, "GET, HEAD, PUT");
  for (const char* path :
       {"/", "/row", "/rows/", "/rows/1/", "/rows/1/2", "/tile", "/tile/", "/a//b/c", "//rows"}) {
    EXPECT_TRUE(std::holds_alternative<Router::NoSuchPath>(find("GET", path))) << path;
  }
}

TEST(Target, QueryTakesTheFirstOfEachName) {
  const auto target = parse_target("/p?a=1&b=x%26y&a=2&empty&c=%2B+z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/p");
  EXPECT_EQ(target->query, (std::map<std::string, std::string>{
                               {"a", "1"}, {"b", "x&y"}, {"empty", ""}, {"c", "+ z"}}));
}

TEST(Target, RefusesWhatCouldBeReadInTwoWays) {
  for (const char* target :
       {"",          "x",          "*",        "http://host/x", "/a/../b",     "/a/./b", "/..",
        "/%2e%2E/x", "/%2e",       "/%",       "/%4",           "/%zz",        "/%00",   "/%FF",
        "/%C0%AF",   "/%ED%A0%80", "/a?b=%00", "/a?%80=1",      "/a#fragment", "/a b"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

}  // namespace
}  // namespace countersign::api
