// What a terminal shows: tables whose columns line up with Chinese text, progress bars, prompts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::tools {

// Columns a text takes: East Asian wide characters take two.
std::size_t display_width(std::string_view text);

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  // Aligned columns with a rule under the header; "(none)" when there is no row.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// A bar on standard error while that is a terminal; nothing otherwise.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar();  // ends the line
  void update(std::uint64_t done, std::uint64_t total);

 private:
  std::string label_;
  int shown_ = -1;
  bool terminal_;
};

// Reads a line without echo when standard input is a terminal; COUNTERSIGN_PASSWORD comes first.
std::string read_password(const std::string& prompt);
// A password that is to be set: COUNTERSIGN_NEW_PASSWORD comes first. The other variable, which is of
// the present one, is never taken for it.
std::string read_new_password(const std::string& prompt);
// Likewise for another secret; the environment's `variable` comes first, nullptr: it is typed.
std::string read_secret(const std::string& prompt, const char* variable);

}  // namespace countersign::tools
