// Whoever holds all entries judges each sign-off by the key that its person had just then.
#include "tools/verify/key_history.h"

#include "ledger/base/canonical_json.h"
#include "ledger/crypto/device_key.h"
#include "ledger/crypto/signed_note.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::tools {
namespace {

using ledger::DeviceKey;
using ledger::KeyAlgorithm;
using nlohmann::json;

constexpr const char* kOrigin = "ledger.example/teaching-status";

std::string key_of(const DeviceKey& key) {
  return ledger::to_base64(ledger::as_bytes(key.public_key()));
}

json header_of(const std::string& type, const std::string& person, json data) {
  return {{"type", type},           {"origin", kOrigin},       {"campaign", "2020"},
          {"table", "staff_basic"}, {"data", std::move(data)}, {"actor", {{"person", person}}}};
}

class KeyHistoryTest : public ::testing::Test {
 protected:
  // What is wrong with the next entry; empty: nothing.
  std::string take(const json& header, const std::vector<std::string>& items = {},
                   std::uint64_t withheld = 0) {
    const std::vector<std::string_view> shown(items.begin(), items.end());
    auto act = read_key_act(ledger::canonical_text(header), shown, withheld);
    if (const auto* wrong = std::get_if<std::string>(&act)) return *wrong;
    return history_.take(std::get<KeyAct>(act)).value_or("");
  }
  std::string set(const DeviceKey& key, json more = json::object()) {
    more.update(json{{"account", "a"}, {"person", "p-1"}, {"public_key", key_of(key)}});
    return take(header_of("credential.set", "p-9", std::move(more)));
  }
  std::string revoke(const DeviceKey& key) {
    return take(
        header_of("key.revoked", "p-9", {{"person", "p-1"}, {"public_key", key_of(key)}}));
  }
  static json submission(const DeviceKey& named) {
    return header_of("table.submitted", "p-1",
                     {{"version", {{"number", 1}, {"hash", std::string(64, 'a')}, {"rows", 3}}},
                      {"signature", {{"public_key", key_of(named)}, {"service_held", true}}}});
  }
  static std::string sign_off(const DeviceKey& key, const std::string& rows = "3") {
    const std::string text = std::string("countersign sign-off v1\n") + "ledger 台账: " + kOrigin +
                             "\ncampaign 采集任务: 2020\ntable 数据表: staff_basic / 1\nversion 版本: 1\n"
                             "content SHA-256 内容: " + std::string(64, 'a') + "\nrows 行数: " + rows +
                             "\nsigned by 签署人: 甲 (p-1)\n";
    const ledger::SignedNote note{text, {key.sign(std::string(kOrigin) + "/persons/p-1", text)}};
    return ledger::canonical_text(json{{"kind", "sign_off"}, {"note", note.serialize()}});
  }
  std::string submit(const DeviceKey& key) {
    return take(submission(key), {sign_off(key)});
  }

  KeyHistory history_;
  const DeviceKey first_ = DeviceKey::generate(KeyAlgorithm::ed25519);
  const DeviceKey second_ = DeviceKey::generate(KeyAlgorithm::ed25519);
  const std::string not_then_ = "its sign-off is not of the key that its person had then";
};

TEST_F(KeyHistoryTest, ThePresentKeySigns) {
  EXPECT_EQ(submit(first_), not_then_);  // nobody enrolled it yet
  EXPECT_EQ(set(first_), "");
  EXPECT_EQ(submit(first_), "");
  EXPECT_EQ(submit(second_), not_then_);
}

TEST_F(KeyHistoryTest, AReplacedKeySignsNoMoreAndOneThatOnlyWasGivenAPasswordDoes) {
  set(first_);
  EXPECT_EQ(take(header_of("key.enrolled", "p-1", {{"person", "p-1"}, {"public_key", key_of(second_)}})), "");
  EXPECT_EQ(submit(second_), "");
  EXPECT_EQ(submit(first_), not_then_);
  EXPECT_EQ(set(first_, {{"enrols", false}}), "");
  EXPECT_EQ(submit(first_), not_then_);
  EXPECT_EQ(submit(second_), "");
}

TEST_F(KeyHistoryTest, NothingButAPasswordSaysOfItselfThatItEnrolsNobody) {
  set(first_);
  json unsigned_act = submission(second_);
  unsigned_act["data"]["enrols"] = false;
  EXPECT_EQ(take(unsigned_act), "it holds no sign-off");
  EXPECT_EQ(take(unsigned_act, {sign_off(second_)}), not_then_);
  EXPECT_EQ(take(header_of("key.revoked", "p-9",
                           {{"person", "p-1"}, {"public_key", key_of(first_)}, {"enrols", false}})),
            "");
  EXPECT_EQ(submit(first_), not_then_);
}

TEST_F(KeyHistoryTest, ARevocationEndsWhatFollowsIt) {
  set(first_);
  EXPECT_EQ(submit(first_), "");
  EXPECT_EQ(revoke(first_), "");
  EXPECT_EQ(submit(first_), not_then_);
  set(second_);
  EXPECT_EQ(revoke(first_), "");  // of one that is present no more
  EXPECT_EQ(submit(second_), "");
}

TEST_F(KeyHistoryTest, TheFirstAccountsKeyIsItsCreators) {
  take(header_of("ledger.created", "p-1", {{"account", "admin"}, {"public_key", key_of(first_)}}));
  EXPECT_EQ(submit(first_), "");
}

TEST_F(KeyHistoryTest, WhatIsShownIsJudgedAndWhatIsWithheldStillNamesItsKey) {
  set(first_);
  EXPECT_EQ(take(submission(first_), {}, 1), "");
  EXPECT_EQ(take(submission(second_), {}, 1), not_then_);
  EXPECT_EQ(take(submission(first_), {sign_off(second_)}),
            "its sign-off is not signed by the key in its header");
  EXPECT_EQ(take(submission(first_), {sign_off(first_, "4")}),
            "its sign-off speaks of another table, version or person than its header");
  EXPECT_EQ(take(submission(first_)), "it holds no sign-off");
  EXPECT_EQ(take(submission(first_), {sign_off(first_), sign_off(first_)}), "it holds two sign-offs");
  EXPECT_EQ(take(submission(first_), {" " + sign_off(first_)}), "an item of it is not canonical");
}

TEST_F(KeyHistoryTest, AKeyOfSm2SignsAsWell) {
  const DeviceKey sm2 = DeviceKey::generate(KeyAlgorithm::sm2_sm3);
  set(sm2);
  EXPECT_EQ(submit(sm2), "");
}

TEST_F(KeyHistoryTest, AHeaderThatLacksAMemberIsNamed) {
  const std::string lacking = "its header does not say whose key it speaks of";
  EXPECT_EQ(take(header_of("credential.set", "p-1", {{"person", "p-1"}})), lacking);
  EXPECT_EQ(take(header_of("credential.set", "p-1", {{"public_key", key_of(first_)}})), lacking);
  EXPECT_EQ(take(header_of("table.submitted", "p-1", json::object()), {}, 1), lacking);
  EXPECT_EQ(take(header_of("key.revoked", "p-1", nullptr)), lacking);
}

}  // namespace
}  // namespace countersign::tools
