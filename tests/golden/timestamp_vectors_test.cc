// A token that has to verify for ever: its authority's certificate ended in 2021, and was valid when
// the token was made. The checkpoint is that of the note vectors; of the keys only the public parts
// were kept (tests/crypto/timestamp_authority.cc made them).
#include "ledger/crypto/sha256.h"
#include "ledger/crypto/timestamp.h"
#include "ledger/merkle/checkpoint.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

std::string golden(const std::string& name) {
  std::ifstream file(SOURCE_DIRECTORY "/tests/golden/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(TimestampVectors, TheTokenVerifiesForEver) {
  const std::string checkpoint = golden("timestamp.checkpoint");
  const Hash imprint = sha256(as_bytes(checkpoint));
  EXPECT_EQ(to_hex(imprint), "37fa1f38ed670a32125c7f9c5c60e7f743a669a6c886e62713f46f00fa4ef0ee");
  EXPECT_EQ(parse_checkpoint_note(checkpoint)->tree_size, 8u);
  const auto info =
      verify_timestamp(golden("timestamp.tsr"), imprint, golden("timestamp_ca.pem"));
  ASSERT_TRUE(info) << info.error().detail;
  EXPECT_EQ(format_utc(info->at), "2020-11-05T16:00:01.000000Z");
  EXPECT_EQ(info->accuracy, Duration::seconds(1));
  EXPECT_EQ(info->serial, "1267");
  EXPECT_EQ(info->policy, "1.2.3.4.1");
  EXPECT_EQ(info->authority, "CN=时间戳 authority of a test");
}

TEST(TimestampVectors, TheRequestIsReadAndAnswered) {
  const auto request = read_timestamp_request(golden("timestamp.tsq"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->nonce, "627a02ddf702aabb");
  EXPECT_EQ(request->imprint, sha256(as_bytes(golden("timestamp.checkpoint"))));
  EXPECT_TRUE(match_timestamp_reply(golden("timestamp.tsr"), *request));
}

}  // namespace
}  // namespace countersign::ledger
