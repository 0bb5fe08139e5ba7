// One line of a log export, held against itself: what can be said of it without the lines before.
// The costly part of a verification, and the one that several threads can do at once.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/time.h"
#include "tools/verify/key_history.h"
#include "tools/verify/table_statements.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace countersign::tools {

// An entry whose header hashes to its leaf, is canonical, names its index and the log's origin, and
// commits to its items; a sign-off it shows is what its header says.
struct EntryLine {
  ledger::LeafIndex index = 0;
  ledger::Hash leaf{};
  std::uint64_t items = 0;
  std::uint64_t withheld = 0;  // shown as leaves only
  std::uint64_t erased = 0;    // items of earlier entries that it says were erased
  std::optional<ledger::Timestamp> received_at;  // none: not asked for, or it does not read
  std::string replaces_key;  // the header, where the entry replaces the log's key; else empty
  std::shared_ptr<const KeyAct> key_act;  // none: it says nothing of persons' keys
  std::optional<TableEntry> table;  // of an entry that changes or states rows of one
};
struct TileLine {
  std::uint64_t number = 0;
  std::uint64_t width = 0;
  ledger::Hash root{};
};
struct CheckpointLine {
  std::string note;
};
struct WrongLine {
  std::optional<ledger::LeafIndex> index;  // the one it names, where it names one
  std::string what;
};
using ExportLine = std::variant<EntryLine, TileLine, CheckpointLine, WrongLine>;

// Thread safety: one thread; each has its own.
class ExportLineReader {
 public:
  // So many bytes after a line must be there to be read; what they are does not matter.
  static constexpr std::size_t kPadding = 64;

  // `with_times`: entries tell when they were received.
  ExportLineReader(std::string_view origin, bool with_times);
  ~ExportLineReader();

  // `line` is without its newline. Whatever it holds has an answer; what cannot be read is a
  // WrongLine.
  ExportLine read(std::string_view line);

 private:
  class Parsers;
  std::unique_ptr<Parsers> parsers_;
};

}  // namespace countersign::tools
