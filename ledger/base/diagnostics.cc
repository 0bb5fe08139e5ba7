#include "ledger/base/diagnostics.h"

#include "ledger/base/time.h"

#include <memory>

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace countersign::ledger::diag {

namespace {

spdlog::logger& sink() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("countersign",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void set_threshold(Level level) { sink().set_level(spdlog_level(level)); }

bool is_written(Level level) { return sink().should_log(spdlog_level(level)); }

void write(Level level, std::string_view event, Fields fields) {
  const auto at = spdlog_level(level);
  if (!sink().should_log(at)) return;
  static constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
  nlohmann::ordered_json line;
  line["at"] = format_utc(SystemClock().now());
  line["level"] = kNames[static_cast<std::size_t>(level)];
  line["event"] = event;
  for (const auto& [name, value] : fields) line[std::string(name)] = value;
  using Replace = nlohmann::ordered_json::error_handler_t;
  sink().log(at, "{}", line.dump(-1, ' ', false, Replace::replace));
}

}  // namespace countersign::ledger::diag
