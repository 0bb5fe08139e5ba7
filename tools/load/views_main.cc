// countersign-load-views: how fast the views of a ledger are built anew, and how fast they answer
// what people ask of the past. Reads the ledger beside a service that may be running and builds in
// a file of its own. One JSON object on standard output.
#include "ledger/crypto/signed_note.h"
#include "ledger/key_directory.h"
#include "ledger/open_log.h"
#include "ledger/reader.h"
#include "ledger/stored_event.h"
#include "projections/records/queries.h"
#include "projections/tables/queries.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace countersign::tools {

namespace {

using ledger::Error;
using ledger::Result;
using nlohmann::json;
using projections::Views;
using Steady = std::chrono::steady_clock;

struct Options {
  std::string data;
  std::string scratch;
  unsigned rounds = 3;
  unsigned reads = 0;
  std::string department;
};

// Beside the clock, what all threads of the process took of the processors: other programs on the
// machine change the one and hardly the other.
class Watch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(Steady::now() - begin_).count();
  }
  double processor_seconds() const {
    return static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC;
  }

 private:
  const Steady::time_point begin_ = Steady::now();
  const std::clock_t processor_ = std::clock();
};

// A row that the ledger tells of, some of which are asked about.
struct Asked {
  std::string campaign;
  std::string table;
  std::string row;
  std::string column;
};

// What the ledger holds, and how long it takes to read and decode it without writing anything.
struct Contents {
  std::uint64_t rows = 0;
  double seconds = 0;
  std::vector<Asked> some;
};

Result<Contents> read_through(const ledger::Reader& reader, std::size_t some) {
  Contents contents;
  std::mt19937_64 random(1);
  const Watch watch;
  CS_CHECK(reader.each_event(0, reader.size(), [&](ledger::StoredEvent&& entry) {
    const auto* changed = std::get_if<ledger::RowsChanged>(&entry.event.event);
    if (changed == nullptr || entry.rows.empty()) return true;
    contents.rows += entry.rows.size();
    // Every entry has about the same chance to stand among those kept.
    const std::size_t place = contents.some.size() < some ? contents.some.size()
                                                          : random() % (entry.event.index + 1);
    if (place >= some) return true;
    if (place == contents.some.size()) contents.some.emplace_back();
    const std::size_t row = random() % entry.rows.size();
    const auto cells = entry.rows.cells(row);
    contents.some[place] = {changed->campaign.value, changed->table.value,
                            entry.rows.rows()[row].key.value,
                            cells.empty() ? std::string()
                                          : std::string(cells[random() % cells.size()].column)};
    return true;
  }));
  contents.seconds = watch.seconds();
  return contents;
}

void remove_views(const std::filesystem::path& file) {
  for (const char* companion : {"", "-wal", "-shm"}) {
    std::filesystem::remove(file.string() + companion);
  }
}

Result<json> build(const ledger::Reader& reader, const std::filesystem::path& file,
                   std::unique_ptr<Views>& views) {
  views.reset();
  remove_views(file);
  const Watch watch;
  CS_TRY(views, Views::open(reader, {.file = file}));
  if (!views->wait_for(reader.size(), std::chrono::hours(24))) {
    return Error{ledger::Errc::corrupt, "an entry cannot be applied"};
  }
  return json{{"seconds", watch.seconds()}, {"processor_seconds", watch.processor_seconds()}};
}

// Times `ask` of each of `count` questions.
Result<json> time(std::size_t count, const std::function<Result<void>(std::size_t)>& ask) {
  std::vector<double> millis;
  for (std::size_t i = 0; i < count; ++i) {
    const Watch watch;
    CS_CHECK(ask(i));
    millis.push_back(watch.seconds() * 1e3);
  }
  if (millis.empty()) return json();
  std::sort(millis.begin(), millis.end());
  const auto at = [&](double part) {
    return millis[static_cast<std::size_t>(part * static_cast<double>(millis.size() - 1))];
  };
  return json{{"p50_ms", at(0.5)}, {"p99_ms", at(0.99)}, {"most_ms", millis.back()}};
}

// The answer itself is of no interest here.
template <typename T>
Result<void> ended(const Result<T>& answer) {
  if (!answer) return answer.error();
  return {};
}

Result<json> time_past_table(const Views& views, const Asked& of, ledger::TreeSize size) {
  const Watch watch;
  double first = 0;
  std::uint64_t rows = 0;
  CS_CHECK(views.tables().each_row_text(of.campaign, of.table, size,
                                        [&](const projections::CurrentRowText&) {
                                          if (rows++ == 0) first = watch.seconds();
                                          return true;
                                        }));
  return json{{"table", of.table},
              {"rows", rows},
              {"first_row_ms", first * 1e3},
              {"rows_per_second", static_cast<double>(rows) / watch.seconds()}};
}

projections::ChangeFilter history_of(const Asked& asked) {
  projections::ChangeFilter filter;
  filter.campaign = asked.campaign;
  filter.table = asked.table;
  filter.row = asked.row;
  return filter;
}

Result<json> read(const Views& views, const std::vector<Asked>& some, const Options& options) {
  json out;
  CS_TRY(out["history_of_a_cell"], time(some.size(), [&](std::size_t i) {
           auto filter = history_of(some[i]);
           filter.column = some[i].column;
           return ended(views.trace().changes(filter, {}));
         }));
  CS_TRY(out["history_of_a_row"], time(some.size(), [&](std::size_t i) {
           return ended(views.trace().changes(history_of(some[i]), {}));
         }));
  CS_TRY(out["acts_on_a_table"], time(some.size(), [&](std::size_t i) {
           projections::EntryFilter filter;
           filter.campaign = some[i].campaign;
           filter.table = some[i].table;
           return ended(views.trace().acts(filter, {}));
         }));
  CS_TRY(out["acts_of_a_campaign"], time(some.size(), [&](std::size_t i) {
           projections::EntryFilter filter;
           filter.campaign = some[i].campaign;
           return ended(views.trace().acts(filter, {}));
         }));
  CS_TRY(out["blame"], time(std::min<std::size_t>(some.size(), 50), [&](std::size_t i) {
           return ended(views.trace().blame(some[i].campaign, some[i].table, std::nullopt, {}));
         }));
  if (!options.department.empty()) {
    // Late enough for everything to be due.
    const ledger::Timestamp then{4'000'000'000'000'000};
    CS_TRY(out["record_of_a_department"], time(options.reads, [&](std::size_t) {
             return ended(views.records().department(options.department, then));
           }));
  }
  constexpr std::size_t kPastTables = 8;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Asked& one : some) {
    if (seen.size() == kPastTables || !seen.insert({one.campaign, one.table}).second) continue;
    CS_TRY(json past, time_past_table(views, one, views.applied() / 2));
    out["table_as_of_the_middle"].push_back(std::move(past));
  }
  return out;
}

Result<json> run(const Options& options) {
  const std::filesystem::path directory(options.data);
  std::ifstream vkey(directory / "vkey");
  std::string key;
  if (!std::getline(vkey, key)) {
    return Error{ledger::Errc::not_found, "no ledger in " + options.data};
  }
  CS_TRY(const auto verifier, ledger::NoteVerifier::from_vkey(key));
  CS_TRY(const auto log, ledger::open_log(directory, ledger::KeyDirectory(directory, ""),
                                          {.read_only = true}));
  const ledger::Reader reader(*log, verifier.name());
  CS_TRY(const Contents contents, read_through(reader, options.reads));
  json out{{"entries", reader.size()}, {"rows", contents.rows}, {"read_seconds", contents.seconds}};

  const std::filesystem::path file =
      std::filesystem::path(options.scratch.empty() ? options.data : options.scratch) /
      "views.load.sqlite";
  std::unique_ptr<Views> views;
  std::vector<double> took;
  for (unsigned i = 0; i < std::max(options.rounds, 1U); ++i) {
    CS_TRY(json built, build(reader, file, views));
    took.push_back(built["seconds"].get<double>());
    out["rebuilds"].push_back(std::move(built));
  }
  std::sort(took.begin(), took.end());
  const double median = took[took.size() / 2];
  out["entries_per_second"] = static_cast<double>(reader.size()) / median;
  out["rows_per_second"] = static_cast<double>(contents.rows) / median;
  if (!contents.some.empty()) {
    CS_TRY(out["reads"], read(*views, contents.some, options));
  }
  views->stop();
  views.reset();
  out["file_bytes"] = std::filesystem::file_size(file);
  remove_views(file);
  return out;
}

}  // namespace

}  // namespace countersign::tools

int main(int argc, char** argv) {
  countersign::tools::Options options;
  CLI::App app{"countersign-load-views: builds the views of a ledger anew, and asks them"};
  app.add_option("--data", options.data, "directory of the ledger")->required();
  app.add_option("--scratch", options.scratch, "where to build; otherwise beside the ledger");
  app.add_option("--rounds", options.rounds, "how often to build")->capture_default_str();
  app.add_option("--reads", options.reads, "questions of each kind")->capture_default_str();
  app.add_option("--department", options.department, "whose record to ask for");
  CLI11_PARSE(app, argc, argv);
  const auto out = countersign::tools::run(options);
  if (!out) {
    std::cerr << "countersign-load-views: " << out.error().detail << "\n";
    return 1;
  }
  std::cout << out->dump(2) << "\n";
  return 0;
}
