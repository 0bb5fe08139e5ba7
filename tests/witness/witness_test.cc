// The witness: every answer of c2sp.org/tlog-witness, what is kept, and what it never does.
#include "ledger/witness/witness.h"

#include "tests/support/temp_dir.h"
#include "tests/witness/sample_log.h"

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace countersign::ledger {
namespace {

using testing::SampleLog;
using testing::TempDir;

class SetClock final : public Clock {
 public:
  Timestamp now() const override { return {1'679'315'147'000'000}; }
};

class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    vkey = Witness::create(directory, "witness.example/w1").value();
    write("origins", "# known\nlog " + log.vkey() + " https://log.example\n");
    open();
  }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(directory / name, std::ios::binary | std::ios::trunc) << content;
  }
  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  void open() {
    witness.reset();
    auto opened = Witness::open(directory, clock);
    ASSERT_TRUE(opened) << opened.error().detail;
    witness = std::move(*opened);
  }
  Error refused_open() {
    witness.reset();
    const auto opened = Witness::open(directory, clock);
    CS_ASSERT(!opened);
    return opened.error();
  }
  int status(const std::string& request) const { return witness->add_checkpoint(request).status; }
  std::set<std::string> evidence() const {
    std::set<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator(directory / "evidence")) {
      names.insert(one.path().filename().string());
    }
    return names;
  }
  std::filesystem::path state() const { return directory / "state" / origin_id("log.example/one"); }

  const TempDir root;
  const std::filesystem::path directory = root / "witness";
  const SampleLog log;
  const SampleLog other{"b"};
  const SetClock clock;
  std::string vkey;
  std::unique_ptr<Witness> witness;
};

TEST_F(WitnessTest, CosignsWhatContinuesAndTheLineVerifies) {
  const auto key = CosignatureVerifier::from_vkey(vkey);
  ASSERT_TRUE(key);
  const std::vector<std::pair<TreeSize, TreeSize>> steps{{0, 3}, {3, 8}, {8, 8}, {8, 13}};
  for (const auto& [from, to] : steps) {
    const auto reply = witness->add_checkpoint(log.request(from, to));
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto lines = parse_signature_lines(reply.body);
    ASSERT_TRUE(lines);
    EXPECT_EQ(key->verify(lines->at(0), log.checkpoint(to).text()).value(), 1'679'315'147u);
  }
  const auto shown = witness->checkpoint(origin_id("log.example/one"));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body, read(state()));
  EXPECT_EQ(cosigned_by(parse_note(shown.body).value(), {&*key, 1}).value().size(), 1u);
  EXPECT_TRUE(open_checkpoint(shown.body, log.signer().verifier()));
  EXPECT_EQ(witness->counts().cosigned, 4u);
}

TEST_F(WitnessTest, AnOriginThatItDoesNotKnowIs404BeforeAnythingElse) {
  const SampleLog stranger("a", "log.example/two");
  EXPECT_EQ(status(stranger.request(0, 3)), 404);
  EXPECT_EQ(status("old x\n\n" + stranger.note(3)), 404);
  EXPECT_EQ(witness->checkpoint(origin_id("log.example/two")).status, 404);
  EXPECT_EQ(witness->checkpoint(origin_id("log.example/one")).status, 404);
}

TEST_F(WitnessTest, WhatTheLogDidNotSignIs403BeforeItIsReadFurther) {
  const NoteSigner forger(
      "log.example/one",
      std::make_shared<const SigningKey>(SigningKey::from_seed(std::string(32, 'x')).value()));
  const std::string forged = forger.sign(log.checkpoint(3).text()).serialize();
  EXPECT_EQ(status("old 0\n\n" + forged), 403);
  EXPECT_EQ(status("old 9\n\n" + forged), 403);
  std::string damaged = log.note(3);
  damaged.replace(damaged.find("\n3\n"), 3, "\n4\n");
  EXPECT_EQ(status("old 0\n\n" + damaged), 403);
}

TEST_F(WitnessTest, WhatIsMalformedIs400) {
  const std::string note = log.note(3);
  for (const std::string& wrong :
       {std::string(), std::string("old 0\n"), "old 0\n" + note, "old 00\n\n" + note,
        "old -1\n\n" + note, "old 9223372036854775808\n\n" + note, "new 0\n\n" + note,
        "old 0\nAAAA\n\n" + note, "old 4\n\n" + note, "old 0\r\n\n" + note,
        "old 0\n\n" + note + "more"}) {
    EXPECT_EQ(status(wrong), 400) << wrong;
  }
  std::string long_proof = "old 2\n";
  for (int i = 0; i < 64; ++i) long_proof += to_base64(Hash{}) + "\n";
  EXPECT_EQ(status(long_proof + "\n" + note), 400);
  const auto signed_text = [&](const std::string& text) {
    return "old 0\n\n" + log.signer().sign(text).serialize();
  };
  EXPECT_EQ(status(signed_text("log.example/one\n03\n" + to_base64(Hash{}) + "\n")), 400);
}

TEST_F(WitnessTest, AnotherSizeThanTheLastIs409AndTellsIt) {
  const auto none = witness->add_checkpoint(log.request(2, 3));
  EXPECT_EQ(none.status, 409);
  EXPECT_EQ(none.body, "0\n");
  EXPECT_EQ(none.content_type, "text/x.tlog.size");
  ASSERT_EQ(status(log.request(0, 8)), 200);
  for (const auto& request :
       {log.request(0, 9), log.request(7, 9), log.request(9, 9), log.request(3, 5)}) {
    const auto reply = witness->add_checkpoint(request);
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(reply.body, "8\n");
  }
}

TEST_F(WitnessTest, WhatDoesNotContinueIs422) {
  Checkpoint empty = log.checkpoint(0);
  EXPECT_EQ(status(log.request(0, 0)), 200);
  empty.root_hash[0] ^= 1;
  EXPECT_EQ(status("old 0\n\n" + log.signer().sign(empty.text()).serialize()), 422);
  EXPECT_EQ(status(add_checkpoint_request({0, {Hash{}}}, log.note(3))), 422);
  ASSERT_EQ(status(log.request(0, 3)), 200);
  EXPECT_EQ(status(add_checkpoint_request({3, {Hash{}}}, log.note(3))), 422);
  EXPECT_EQ(status(add_checkpoint_request({3, {}}, log.note(8))), 422);
  EXPECT_EQ(witness->checkpoint(origin_id("log.example/one")).body, read(state()));
  EXPECT_EQ(status(log.request(3, 8)), 200);
}

TEST_F(WitnessTest, TwoHistoriesOfOneSizeAreKeptAsEvidence) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  const std::string fork = add_checkpoint_request({8, {}}, other.note(8));
  EXPECT_EQ(status(fork), 422);
  EXPECT_EQ(status(fork), 422);
  EXPECT_EQ(witness->counts().forks, 1u);
  const auto names = evidence();
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(read(directory / "evidence" / *names.begin()), read(state()));
  EXPECT_EQ(read(directory / "evidence" / *names.rbegin()), fork);
  EXPECT_TRUE(names.begin()->starts_with("fork-"));
}

TEST_F(WitnessTest, TwoHistoriesAreKeptWhateverSizeIsAskedFrom) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  EXPECT_EQ(status(other.request(3, 8)), 409);
  EXPECT_EQ(witness->counts().forks, 1u);
  EXPECT_EQ(evidence().size(), 2u);
}

TEST_F(WitnessTest, ALogThatFillsItsRoomTakesNobodyElses) {
  const SampleLog second("c", "log.example/two", 'm');
  const SampleLog second_forked("d", "log.example/two", 'm');
  write("origins", "log " + log.vkey() + "\nlog " + second.vkey() + "\n");
  open();
  ASSERT_EQ(status(log.request(0, 8)), 200);
  ASSERT_EQ(status(second.request(0, 8)), 200);
  EXPECT_EQ(status(add_checkpoint_request({8, {}}, other.note(8))), 422);
  const std::string name = *evidence().begin();
  const std::string of_the_first = name.substr(0, name.find('-', sizeof("fork-")) + 1);
  for (int i = 0; i < 2000; ++i) write("evidence/" + of_the_first + std::to_string(i), "");

  EXPECT_EQ(status(add_checkpoint_request({8, {}}, second_forked.note(8))), 422);
  EXPECT_EQ(evidence().size(), 2004u) << "the second log's is kept";
  EXPECT_EQ(witness->counts().forks, 2u);

  ASSERT_EQ(status(log.request(8, 13)), 200);
  EXPECT_EQ(status(add_checkpoint_request({13, {}}, other.note(13))), 422);
  EXPECT_EQ(evidence().size(), 2004u) << "the first one's is full";
  EXPECT_EQ(witness->counts().forks, 3u) << "and what it does is still counted";
}

TEST_F(WitnessTest, ASignedCheckpointWithoutProofIsKeptAsEvidence) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  EXPECT_EQ(status(other.request(8, 13)), 422);
  EXPECT_EQ(witness->counts().unproved, 1u);
  EXPECT_EQ(evidence().size(), 2u);
  EXPECT_TRUE(evidence().begin()->starts_with("unproved-"));
}

TEST_F(WitnessTest, OpenedAgainItGoesOnFromWhatItCosigned) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  open();
  EXPECT_EQ(status(log.request(0, 3)), 409);
  EXPECT_EQ(status(add_checkpoint_request({8, {}}, other.note(8))), 422);
  EXPECT_EQ(status(log.request(8, 13)), 200);
}

TEST_F(WitnessTest, OfConcurrentRequestsFromOneSizeOneHistoryIsCosigned) {
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove(state());
    open();
    std::array<int, 2> statuses{};
    std::thread one([&] { statuses[0] = status(log.request(0, 8)); });
    std::thread two([&] { statuses[1] = status(other.request(0, 8)); });
    one.join();
    two.join();
    EXPECT_EQ((statuses[0] == 200) + (statuses[1] == 200), 1);
  }
}

TEST_F(WitnessTest, WithDamagedStateItDoesNotStart) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  const std::string good = read(state());
  std::string other_size = good;
  other_size.replace(other_size.find("\n8\n"), 3, "\n7\n");
  const std::string without_us = log.note(8);
  for (const std::string& bad :
       {std::string(), good.substr(0, good.size() / 2), other_size, without_us}) {
    write("state/" + origin_id("log.example/one"), bad);
    const Error error = refused_open();
    EXPECT_EQ(error.code, Errc::corrupt);
    EXPECT_NE(error.detail.find("is damaged"), std::string::npos);
  }
  write("state/" + origin_id("log.example/one"), good);
  open();
  EXPECT_EQ(status(log.request(8, 9)), 200);
  witness.reset();
  std::filesystem::rename(directory / "state", directory / "gone");
  EXPECT_EQ(refused_open().code, Errc::corrupt);
}

TEST_F(WitnessTest, WhatWasLeftBeforeTheRenameIsNothing) {
  ASSERT_EQ(status(log.request(0, 8)), 200);
  write("state/" + origin_id("log.example/one") + ".new", "half");
  open();
  EXPECT_EQ(status(log.request(8, 9)), 200);
}

TEST_F(WitnessTest, TheKeyIsItsOwnersAlone) {
  struct stat status {};
  ASSERT_EQ(::stat((directory / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::chmod((directory / "key").c_str(), 0640), 0);
  EXPECT_EQ(refused_open().code, Errc::unauthorized);
}

TEST_F(WitnessTest, ThereIsOneProcessAndOneKey) {
  EXPECT_EQ(Witness::open(directory, clock).error().code, Errc::conflict);
  EXPECT_EQ(Witness::create(directory, "witness.example/w1").error().code, Errc::conflict);
  EXPECT_EQ(Witness::create(root / "x", "a name").error().code, Errc::malformed);
}

TEST_F(WitnessTest, OriginsThatDoNotReadAreNamedByTheirLine) {
  for (const std::string& wrong :
       {std::string("# none\n"), std::string("log x\n"),
        "log " + log.vkey() + "\nlog " + log.vkey() + "\n", "witness w " + vkey + "\n",
        "log " + log.vkey() + " a b\n", "log " + vkey + "\n"}) {
    write("origins", wrong);
    EXPECT_EQ(refused_open().code, Errc::malformed) << wrong;
  }
}

}  // namespace
}  // namespace countersign::ledger
