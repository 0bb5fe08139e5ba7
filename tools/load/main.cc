// countersign-load: how many durable single-row edits a running service takes, each answered with
// its receipt; or what this machine does without a ledger: RocksDB alone (--raw), HTTP alone
// (--echo, a server to be loaded with --no-receipts), the disk alone (--sync). One JSON object on
// standard output. Used by ops/bench, which takes turns.
#include "tools/client/address.h"
#include "tools/load/echo_server.h"
#include "tools/load/http_load.h"
#include "tools/load/rocksdb_limit.h"
#include "tools/load/row_edits.h"
#include "tools/load/sync_limit.h"
#include "tools/load/timings.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace countersign::tools {

namespace {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;
using Steady = std::chrono::steady_clock;

struct Options {
  std::string url;
  std::string key;  // the log's verifier key
  RowEditsOptions edits;
  std::string raw;   // directory of a database of its own
  std::string sync;  // file of its own
  bool echo = false;
  std::string unix_socket;  // of the echo; empty: any free port of the loopback
  std::size_t bytes = 0;
  std::uint64_t rows = 0;
  std::uint64_t batch = 1;
  unsigned clients = 1;
  double seconds = 5;
};

using Length = std::chrono::duration<double>;

Result<json> figures_of(Timings& timings, unsigned clients, double seconds) {
  if (timings.count() == 0) {
    return Error{Errc::unavailable, "nothing was done in the time given"};
  }
  return timings.figures(clients, seconds);
}

Result<json> edit(Options options) {
  CS_TRY(const ServiceAddress address, service_address_of(options.url));
  options.edits.host = address.web.authority();
  options.edits.path = address.web.path + options.edits.path;
  options.edits.clients = options.clients;
  RowEdits edits(options.edits);
  CS_TRY(auto done, run_http_load(options.url, options.clients, Length(options.seconds), edits));
  CS_TRY(json figures, figures_of(done.timings, options.clients, done.seconds));
  figures["request_bytes"] = done.request_bytes / done.timings.count();
  figures["answer_bytes"] = done.answer_bytes / done.timings.count();
  if (options.edits.receipts) {
    CS_TRY(const std::uint64_t verified, edits.verify_kept(options.key));
    figures["receipts_verified"] = verified;
  }
  return figures;
}

// Synced writes from as many threads as clients, which RocksDB groups itself.
Result<json> write_raw(const Options& options) {
  CS_TRY(RocksdbLimit db, RocksdbLimit::open(options.raw, options.bytes));
  std::vector<Timings> timings(options.clients);
  std::vector<Result<void>> outcomes(options.clients);
  std::vector<std::thread> threads;
  const auto begin = Steady::now();
  const auto end = begin + std::chrono::duration_cast<Steady::duration>(Length(options.seconds));
  for (unsigned client = 0; client < options.clients; ++client) {
    threads.emplace_back([&, client] {
      const std::string name = std::to_string(client) + "-";
      auto from = Steady::now();
      for (std::uint64_t i = 0; outcomes[client] && from < end; ++i) {
        outcomes[client] = db.write(name + std::to_string(i % options.edits.rows), i);
        const auto now = Steady::now();
        timings[client].add_micros(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(now - from).count()));
        from = now;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = Length(Steady::now() - begin).count();
  for (const auto& outcome : outcomes) CS_CHECK(outcome);
  for (unsigned client = 1; client < options.clients; ++client) timings[0].add(timings[client]);
  return figures_of(timings[0], options.clients, took);
}

// Rows in synced batches, as an import writes them.
Result<json> import_raw(const Options& options) {
  CS_TRY(RocksdbLimit db, RocksdbLimit::open(options.raw, options.bytes));
  const auto begin = Steady::now();
  for (std::uint64_t row = 0; row < options.rows; row += options.batch) {
    CS_CHECK(db.write_batch(row, std::min(row + options.batch, options.rows)));
  }
  const double took = Length(Steady::now() - begin).count();
  return json{{"rows", options.rows},
              {"seconds", took},
              {"rows_per_second", static_cast<double>(options.rows) / took}};
}

Result<json> measure(const Options& options) {
  if (!options.sync.empty()) {
    CS_TRY(auto timings, run_sync_limit(options.sync, options.bytes, Length(options.seconds)));
    return figures_of(timings, 1, options.seconds);
  }
  if (options.raw.empty()) return edit(options);
  return options.rows > 0 ? import_raw(options) : write_raw(options);
}

int run(const Options& options) {
  if (options.echo) {
    const auto served = serve_echo(options.bytes, options.unix_socket, [](const std::string& url) {
      std::cout << "listening on " << url << std::endl;
    });
    if (served) return 0;
    std::cerr << "countersign-load: " << served.error().detail << "\n";
    return 1;
  }
  const auto figures = measure(options);
  if (!figures) {
    std::cerr << "countersign-load: " << figures.error().detail << "\n";
    return 1;
  }
  std::cout << figures->dump() << "\n";
  return 0;
}

}  // namespace

}  // namespace countersign::tools

int main(int argc, char** argv) {
  countersign::tools::Options options;
  CLI::App app{"countersign-load: durable edits a second, or what the machine does by itself"};
  app.add_option("--url", options.url, "address of the service, of the network or unix:/path");
  app.add_option("--token", options.edits.token, "bearer token of the filler");
  app.add_option("--path", options.edits.path, "path of the table's rows");
  app.add_option("--cells", options.edits.cells,
                 "a row's cells as a JSON object; {row} becomes its key, {value} what changes");
  app.add_option("--key", options.key, "the log's verifier key");
  app.add_flag("!--no-receipts", options.edits.receipts, "what answers is no ledger");
  app.add_option("--raw", options.raw, "directory for a database of its own, written to instead");
  app.add_option("--rows", options.rows, "with --raw: this many rows once, in batches of --batch");
  app.add_option("--around", options.edits.rows, "rows that each client goes round")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--batch", options.batch, "rows of one synced batch")
      ->check(CLI::PositiveNumber);
  app.add_option("--sync", options.sync, "file of its own, appended to and synced instead");
  app.add_flag("--echo", options.echo, "serve answers of --bytes until SIGTERM");
  app.add_option("--unix_socket", options.unix_socket, "where --echo serves; else on the loopback");
  app.add_option("--bytes", options.bytes, "of one raw write, of one answer of the echo");
  app.add_option("--clients", options.clients, "at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return countersign::tools::run(options);
}
