#include "ledger/content/payload_vault.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

std::string record_of(std::size_t size) {
  std::string record(1, '\x01');
  for (std::size_t i = 1; i < size; ++i) record += static_cast<char>('a' + i * i % 23);
  return record;
}

TEST(PayloadVault, OpensWhatItSealedAtItsPlaceAlone) {
  const PayloadVault vault = PayloadVault::generate();
  for (const std::size_t size : {1u, 100u, 511u, 512u, 100'000u}) {
    const std::string record = record_of(size);
    const SealedPayload sealed = vault.seal(7, record);
    EXPECT_EQ(sealed.box.front(), kSealedPayload);
    EXPECT_EQ(vault.open(7, sealed).value(), record);
    EXPECT_EQ(vault.open(8, sealed).error().code, Errc::corrupt);
    EXPECT_FALSE(PayloadVault::generate().open(7, sealed));
    EXPECT_FALSE(vault.open(7, {sealed.box, vault.seal(7, record).wrapped_key}))
        << "each payload has a key of its own";
    for (std::size_t at = 0; at < sealed.box.size(); at += 1 + size / 50) {
      SealedPayload changed = sealed;
      changed.box[at] = static_cast<char>(changed.box[at] ^ 1);
      EXPECT_FALSE(vault.open(7, changed)) << at;
    }
    for (std::size_t at = 0; at < sealed.wrapped_key.size(); ++at) {
      SealedPayload changed = sealed;
      changed.wrapped_key[at] = static_cast<char>(changed.wrapped_key[at] ^ 1);
      EXPECT_FALSE(vault.open(7, changed)) << at;
    }
  }
}

TEST(PayloadVault, OpensWhatIsPreparedByItsKey) {
  for (const std::size_t size : {1u, 511u, 100'000u}) {
    const std::string record = record_of(size);
    PreparedPayload prepared = PayloadVault::prepare(record);
    EXPECT_EQ(PayloadVault::open_prepared(prepared.box, prepared.key).value(), record);
    prepared.box.back() = static_cast<char>(prepared.box.back() ^ 1);
    EXPECT_EQ(PayloadVault::open_prepared(prepared.box, prepared.key).error().code, Errc::corrupt);
  }
}

TEST(PayloadVault, CompressesWhatShrinks) {
  const PayloadVault vault = PayloadVault::generate();
  const std::string record(20'000, 'x');
  const SealedPayload sealed = vault.seal(0, record);
  EXPECT_LT(sealed.box.size(), 500u);
  EXPECT_EQ(vault.open(0, sealed).value(), record);
}

TEST(PayloadVault, ValuesAreBoundToTheirPlace) {
  const PayloadVault vault = PayloadVault::generate();
  std::string sealed;
  vault.seal_value(sealed, "row 1", "cells");
  EXPECT_EQ(sealed.find("cells"), std::string::npos);
  EXPECT_EQ(vault.open_value("row 1", sealed).value(), "cells");
  EXPECT_EQ(vault.open_value("row 2", sealed).error().code, Errc::corrupt);
  EXPECT_FALSE(PayloadVault::generate().open_value("row 1", sealed));
}

TEST(PayloadVault, IsTheSameFromItsText) {
  const PayloadVault vault = PayloadVault::generate();
  const SealedPayload sealed = vault.seal(3, "record");
  const auto again = PayloadVault::from_text(vault.text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->open(3, sealed).value(), "record");
  EXPECT_EQ(again->id(), vault.id());
  EXPECT_NE(PayloadVault::generate().id(), vault.id());
  EXPECT_EQ(vault.id().size(), 8u);
  for (const char* const bad : {"", "PAYLOAD+KEY+", "PAYLOAD+KEY+AAAA", "PRIVATE+KEY+a+b+c"}) {
    EXPECT_EQ(PayloadVault::from_text(bad).error().code, Errc::malformed) << bad;
  }
}

}  // namespace
}  // namespace countersign::ledger
