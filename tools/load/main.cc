// countersign-load: how many durable single-row edits a running service takes, each answered with
// its receipt; or, with --raw, how many writes of as many bytes RocksDB alone takes. One JSON
// object on standard output. Used by ops/bench, which interleaves the two.
#include "ledger/base/bytes.h"
#include "ledger/base/canonical_json.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/client/client.h"
#include "tools/load/rocksdb_limit.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace countersign::tools {

namespace {

using Steady = std::chrono::steady_clock;
using nlohmann::json;

struct Options {
  std::string url;
  std::string token;
  std::string path;  // of the table's rows
  std::string key;   // the log's verifier key
  std::string raw;   // directory of a database of its own
  std::size_t bytes = 0;
  unsigned clients = 1;
  double seconds = 5;
};

// One receipt in this many is verified under the log's key.
constexpr std::uint64_t kVerifyEvery = 97;
// Each client goes round this many rows, so that most edits change a row that is there.
constexpr std::uint64_t kRowsOfAClient = 500;

struct Tally {
  std::vector<std::uint32_t> micros;
  std::uint64_t verified = 0;
  std::string failure;
};

std::string verify(const std::string& body, const ledger::NoteVerifier& log) {
  const auto reply = ledger::parse_json(body);
  if (!reply || !reply->contains("receipts") || reply->at("receipts").empty()) {
    return "an answer without a receipt";
  }
  const auto& receipt = reply->at("receipts").at(0);
  const std::string header = receipt.at("header");
  const auto held = ledger::verify_tlog_proof(receipt.at("proof").get<std::string>(),
                                              ledger::hash_leaf(ledger::as_bytes(header)), log);
  return held ? std::string() : "a receipt that does not verify: " + held.error().detail;
}

// One client: an edit, its answer, the next edit, until `end`.
void edit_rows(const Options& options, unsigned client_number, Steady::time_point end,
               Tally& tally) {
  const auto log = ledger::NoteVerifier::from_vkey(options.key);
  if (!log) {
    tally.failure = log.error().detail;
    return;
  }
  Client client(options.url);
  client.set_token(options.token);
  // No run writes what another has written: an edit that changes nothing is no entry.
  const auto first_value =
      static_cast<std::uint64_t>(Steady::now().time_since_epoch().count() / 1000);
  for (std::uint64_t i = 0; Steady::now() < end; ++i) {
    const std::string row =
        "c" + std::to_string(client_number) + "-" + std::to_string(i % kRowsOfAClient);
    const std::string body = R"({"cells":{"row_no":")" + row + R"(","name":"row )" + row +
                             R"(","unit":"college 7","kind":"course","year":"2020","count":")" +
                             std::to_string(first_value + i) + R"(","area":"12.5","note":"load"}})";
    const auto begin = Steady::now();
    const auto reply = client.send("PUT", options.path + "/" + row, body);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin);
    if (!reply || reply->status >= 300) {
      tally.failure = reply ? std::to_string(reply->status) + " " + reply->body.substr(0, 300)
                            : reply.error().detail;
      return;
    }
    tally.micros.push_back(static_cast<std::uint32_t>(took.count()));
    if (reply->body.find("\"receipts\"") == std::string::npos) {
      tally.failure = "an answer without a receipt";
      return;
    }
    if (i % kVerifyEvery != 0) continue;
    tally.failure = verify(reply->body, *log);
    if (!tally.failure.empty()) return;
    ++tally.verified;
  }
}

// The limit: synced writes of the same size from as many threads, which RocksDB groups itself.
void write_raw(RocksdbLimit& db, const Options& options, unsigned client_number,
               Steady::time_point end, Tally& tally) {
  std::string value(options.bytes, '\0');
  for (std::uint64_t i = 0; Steady::now() < end; ++i) {
    for (std::size_t at = 0; at < value.size(); ++at) {
      value[at] = static_cast<char>((i * 31 + at * 7 + client_number) & 0xff);
    }
    const auto begin = Steady::now();
    const auto written =
        db.write(std::to_string(client_number) + "-" + std::to_string(i % kRowsOfAClient), value);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin);
    if (!written) {
      tally.failure = written.error().detail;
      return;
    }
    tally.micros.push_back(static_cast<std::uint32_t>(took.count()));
  }
}

template <typename Work>
int run(const Options& options, const Work& work) {
  std::vector<Tally> tallies(options.clients);
  std::vector<std::thread> threads;
  const auto begin = Steady::now();
  const auto end = begin + std::chrono::duration_cast<Steady::duration>(
                               std::chrono::duration<double>(options.seconds));
  for (unsigned i = 0; i < options.clients; ++i) {
    threads.emplace_back([&, i] { work(i, end, tallies[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Steady::now() - begin).count();

  std::vector<std::uint32_t> micros;
  std::uint64_t verified = 0;
  for (const Tally& tally : tallies) {
    if (!tally.failure.empty()) {
      std::cerr << "countersign-load: " << tally.failure << "\n";
      return 1;
    }
    micros.insert(micros.end(), tally.micros.begin(), tally.micros.end());
    verified += tally.verified;
  }
  if (micros.empty()) {
    std::cerr << "countersign-load: nothing was answered in the time given\n";
    return 1;
  }
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double part) {
    return micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))];
  };
  std::cout << json{{"clients", options.clients},
                    {"writes", micros.size()},
                    {"seconds", took},
                    {"per_second", static_cast<double>(micros.size()) / took},
                    {"p50_us", at(0.5)},
                    {"p99_us", at(0.99)},
                    {"receipts_verified", verified}}
                   .dump()
            << "\n";
  return 0;
}

int load(const Options& options) {
  if (options.raw.empty()) {
    return run(options, [&](unsigned i, Steady::time_point end, Tally& tally) {
      edit_rows(options, i, end, tally);
    });
  }
  auto db = RocksdbLimit::open(options.raw);
  if (!db) {
    std::cerr << "countersign-load: " << db.error().detail << "\n";
    return 1;
  }
  return run(options, [&](unsigned i, Steady::time_point end, Tally& tally) {
    write_raw(*db, options, i, end, tally);
  });
}

}  // namespace

}  // namespace countersign::tools

int main(int argc, char** argv) {
  countersign::tools::Options options;
  CLI::App app{"countersign-load: durable edits a second, or with --raw those of RocksDB alone"};
  app.add_option("--url", options.url, "address of the service");
  app.add_option("--token", options.token, "bearer token of the filler");
  app.add_option("--path", options.path, "path of the table's rows");
  app.add_option("--key", options.key, "the log's verifier key");
  app.add_option("--raw", options.raw, "directory for a database of its own, written to instead");
  app.add_option("--bytes", options.bytes, "of one raw write");
  app.add_option("--clients", options.clients, "at once")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return countersign::tools::load(options);
}
