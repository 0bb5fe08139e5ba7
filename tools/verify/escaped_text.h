// The text that a JSON string denotes, where its escapes are those that a text of JSON needs inside
// another: \" and \\. A general reader spends half of its time for a line of an export on these.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::tools {

// Room for the texts of one line at a time.
// Thread safety: one thread.
class EscapedTexts {
 public:
  // So many bytes behind what is read must be there; what they are does not matter.
  static constexpr std::size_t kPadding = 64;

  // Drops the texts so far and makes room for those of a line of `size` bytes.
  void begin_line(std::size_t size);

  // What `escaped`, what stands between the quotes of a valid JSON string of that line, denotes; it
  // stays until the next line. None: it has other escapes.
  std::optional<std::string_view> read(std::string_view escaped);

 private:
  std::string room_;
  std::size_t used_ = 0;
};

}  // namespace countersign::tools
