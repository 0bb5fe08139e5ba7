#include "api/http/peer.h"

#include "api/http/rate_limiter.h"

#include <array>

#include <arpa/inet.h>

namespace countersign::api {

namespace {

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return ::inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

}  // namespace

std::string client_of(const Peer& peer, const Request& request) {
  if (!peer.is_local()) return client_of_address(peer.address);
  const std::string* said = request.header("x-forwarded-for");
  if (said == nullptr) return {};
  // All but the last was said by whoever sent the request, who may be anybody.
  std::string last = said->substr(said->rfind(',') + 1);
  last.erase(0, last.find_first_not_of(" \t"));
  last.erase(last.find_last_not_of(" \t") + 1);
  return is_address(last) ? client_of_address(last) : std::string();
}

}  // namespace countersign::api
