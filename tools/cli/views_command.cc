// views: how far the views are; --rebuild builds them anew beside the present ones.
#include "tools/cli/command.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kLookUp{200};

Result<void> rebuild(Caller& caller) {
  CS_TRY(json views, caller.write("POST", "/v1/views/rebuild", json::object()));
  ProgressBar bar("building");
  while (views.at("rebuild").at("running").get<bool>()) {
    bar.update(views.at("rebuild").at("applied").get<std::uint64_t>(),
               views.at("size").get<std::uint64_t>());
    std::this_thread::sleep_for(kLookUp);
    CS_TRY(views, caller.get("/v1/views"));
  }
  if (const auto why = text_of(views.at("rebuild"), "last_failure"); !why.empty()) {
    return Error{Errc::corrupt, "the views could not be built anew, and stay as they are: " + why};
  }
  return {};
}

Result<void> show(Caller& caller) {
  CS_TRY(const json views, caller.get("/v1/views"));
  if (printed(caller, views)) return {};
  std::cout << views.at("applied") << " of " << views.at("size") << " entries are in the views.\n";
  if (!views.at("parked_at").is_null()) {
    std::cout << "They stand still: entry " << views.at("parked_at") << " could not be applied.\n";
  }
  const json& rebuild = views.at("rebuild");
  if (rebuild.at("running").get<bool>()) {
    std::cout << "New ones are being built: " << rebuild.at("applied") << " entries.\n";
  }
  if (const auto why = text_of(rebuild, "last_failure"); !why.empty()) {
    std::cout << "The last rebuild was given up: " << why << "\n";
  }
  return {};
}

}  // namespace

void add_views_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto anew = std::make_shared<bool>(false);
  auto* views = app.add_subcommand("views", "how far the views are");
  views->add_flag("--rebuild", *anew, "build them anew beside the present ones, and wait");
  views->callback([&, anew] {
    action = [&global, anew] {
      return with_service(global, [&](Caller& caller) -> Result<void> {
        if (*anew) CS_CHECK(rebuild(caller));
        return show(caller);
      });
    };
  });
}

}  // namespace countersign::tools
