// Router: from a request target to an endpoint. Decoding is strict, so that no two layers can
// read one target in two ways: percent-encoded UTF-8 only, no NUL, no dot segments.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "api/routes/endpoint.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::api {

// An origin-form target (RFC 9112 section 3.2.1), taken apart.
struct Target {
  std::string path;                          // as sent, without the query
  std::vector<std::string> segments;         // decoded; an encoded slash stays inside its segment
  std::map<std::string, std::string> query;  // first value of each name, decoded; '+' is a space
};
// nullopt: not in the form that is accepted.
std::optional<Target> parse_target(std::string_view target);

class Router {
 public:
  // The endpoints must outlive the router. Patterns are literal segments, "{name}" for exactly one
  // non-empty segment, and "{name...}" last for one or more.
  explicit Router(std::span<const Endpoint> endpoints);

  struct Match {
    const Endpoint* endpoint;
    std::map<std::string, std::string> params;
  };
  struct WrongMethod {
    std::string allow;  // "GET, HEAD, PUT"
  };
  struct NoSuchPath {};
  // HEAD finds the GET endpoint. A literal segment is preferred to a parameter.
  std::variant<Match, WrongMethod, NoSuchPath> find(std::string_view method,
                                                    const std::vector<std::string>& segments) const;

 private:
  struct Pattern {
    std::vector<std::string> segments;  // literals, or "" for a parameter
    std::vector<std::string> names;     // of parameters, else ""
    bool rest = false;                  // the last parameter takes all that is left
  };
  struct Route {
    Pattern pattern;
    const Endpoint* endpoint;
  };

  static Pattern parse(std::string_view pattern);
  static bool matches(const Pattern& pattern, const std::vector<std::string>& segments);

  std::vector<Route> routes_;
};

}  // namespace countersign::api
