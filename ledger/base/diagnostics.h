// Diagnostics: what the process says about itself, one JSON line per event on standard error.
// Never called the log, which is the ledger's. Fields never hold personal values.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace countersign::ledger::diag {

enum class Level { debug, info, warn, error };

// Below this level nothing is written. Default: info.
void set_threshold(Level level);

// Whether one of this level is written; for those who would make its fields in vain.
bool is_written(Level level);

using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

// `event` is a stable name such as "ledger.opened", for searching and alerting.
void write(Level level, std::string_view event, Fields fields);

inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace countersign::ledger::diag
