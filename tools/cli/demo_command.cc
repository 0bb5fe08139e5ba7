// demo: makes the demonstration ledger, or tells its story.
#include "ledger/domain/campaign_codec.h"
#include "ledger/ledger.h"
#include "tools/cli/command.h"
#include "tools/cli/service_process.h"
#include "tools/cli/terminal.h"
#include "tools/demo/player.h"
#include "tools/demo/stage.h"
#include "tools/demo/story.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <sys/stat.h>

namespace countersign::tools {

namespace fs = std::filesystem;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr const char* kOrigin = "ledger.jiangpan.example/teaching-data";
constexpr const char* kCampaign = "2020";

Result<void> write_accounts(const fs::path& file) {
  std::ofstream out(file, std::ios::trunc);
  out << demo_accounts_text();
  if (!out.flush() || ::chmod(file.c_str(), 0600) != 0) {
    return Error{Errc::io, "cannot write " + file.string()};
  }
  return {};
}

// Without a separator at its end, which would put the draft into the directory instead of beside it.
fs::path directory_named(const std::string& name) {
  const fs::path path = fs::absolute(name).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// Built beside its final place and renamed when complete, so that a broken-off run leaves nothing
// that looks like a demonstration. An empty directory that is there gives up its place, and does so
// first: what cannot, such as a mount point, is told before all the weeks are played.
Result<void> make_demo(const fs::path& data, const std::string& until) {
  CS_TRY(const auto end, ledger::parse_rfc3339(until));
  std::error_code failed;
  if (fs::exists(data, failed)) {
    if (!fs::is_directory(data, failed) || !fs::is_empty(data, failed)) {
      return Error{Errc::conflict, data.string() + " exists already"};
    }
    if (!fs::remove(data, failed)) {
      return Error{Errc::conflict, data.string() + " cannot be replaced: " + failed.message()};
    }
  }
  fs::path draft = data;
  draft += ".partial";
  fs::remove_all(draft, failed);
  CS_TRY(const auto campaign, ledger::parse_campaign(demo_campaign_json()));
  CS_TRY(const auto start, ledger::parse_rfc3339(demo_start()));
  CS_CHECK(ledger::Ledger::create(
      draft, kOrigin,
      {campaign->persons.front(), campaign->accounts.front().id, demo_password("admin")}, start));
  {
    CS_TRY(ServiceProcess service, ServiceProcess::start(draft));
    {
      ProgressBar bar("2020 campaign");
      CS_CHECK(play_demo(service.url(), end,
                         [&](std::size_t done, std::size_t total, const std::string&) {
                           bar.update(done, total);
                         }));
    }
    CS_TRY(const std::string story, tell_story(service.url(), kCampaign));
    std::cout << story;
    CS_CHECK(service.stop());
  }
  CS_CHECK(write_accounts(draft / "ACCOUNTS.txt"));
  fs::rename(draft, data, failed);
  if (failed) return Error{Errc::io, "cannot rename " + draft.string() + ": " + failed.message()};
  return {};
}

}  // namespace

void add_demo_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto data = std::make_shared<std::string>();
  auto url = std::make_shared<std::string>();
  auto* demo = app.add_subcommand(
      "demo", "make the demonstration ledger of the fictional school and tell its story");
  auto* data_option = demo->add_option("--data", *data, "directory to make it in");
  demo->add_option("--story", *url, "only tell the story of a demonstration served at this address")
      ->excludes(data_option);
  auto until = std::make_shared<std::string>(demo_end());
  demo->add_option("--until", *until, "play it up to this instant, with offset")
      ->capture_default_str();
  demo->callback([&action, data, url, until] {
    action = [data, url, until]() -> Result<void> {
      if (!url->empty()) {
        CS_TRY(const std::string story, tell_story(*url, kCampaign));
        std::cout << story;
        return {};
      }
      if (data->empty()) return Error{Errc::malformed, "give --data or --story"};
      return make_demo(directory_named(*data), *until);
    };
  });
}

}  // namespace countersign::tools
