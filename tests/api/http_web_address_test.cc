#include "api/http/web_address.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

std::string parts_of(const WebAddress& address) {
  return (address.encrypted ? "s " : "") + address.host + " " + address.port + " " + address.path;
}

TEST(WebAddress, HasAHostAPortAndAPath) {
  struct {
    const char* text;
    const char* parts;
    const char* authority;
  } const cases[] = {
      {"http://127.0.0.1:9093", "127.0.0.1 9093 ", "127.0.0.1:9093"},
      {"http://ledger.example/", "ledger.example 80 ", "ledger.example"},
      {"http://ledger.example:443", "ledger.example 443 ", "ledger.example:443"},
      {"https://ledger.example:443", "s ledger.example 443 ", "ledger.example"},
      {"https://alerts.example/a/b//", "s alerts.example 443 /a/b", "alerts.example"},
      {"http://[::1]", "::1 80 ", "[::1]"},
      {"https://[2001:db8::7]:8443/x", "s 2001:db8::7 8443 /x", "[2001:db8::7]:8443"},
  };
  for (const auto& one : cases) {
    const auto read = web_address_of(one.text);
    ASSERT_TRUE(read) << one.text;
    EXPECT_EQ(parts_of(*read), one.parts);
    EXPECT_EQ(read->authority(), one.authority);
  }
}

TEST(WebAddress, RefusesEverythingElse) {
  for (const char* wrong :
       {"", "alerts.example:9093", "ftp://alerts.example", "http://", "http:///path",
        "http://:9093", "http://a:", "http://a:9093x", "http://a:0", "http://a:65536", "http://a:-1", "http://::1",
        "http://2001:db8::7:80", "http://[::1", "http://[]:80", "http://[::1]80",
        "http://user:secret@a", "http://a/?x=secret", "http://a#secret", "http://a b"}) {
    const auto read = web_address_of(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().code, ledger::Errc::malformed) << wrong;
    EXPECT_EQ(read.error().detail.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace countersign::api
