#include "tools/verify/line_blocks.h"

#include <algorithm>

namespace countersign::tools {

namespace {
// Large enough that making a thread for it does not tell, small enough that memory does not.
constexpr std::size_t kBlockBytes = 1 << 20;
}  // namespace

LineBlock LineBlocks::with_room(std::string_view text, std::size_t room) const {
  LineBlock block{std::make_unique_for_overwrite<char[]>(room + padding_), text.size()};
  text.copy(block.bytes.get(), text.size());
  return block;
}

LineBlock LineBlocks::next() {
  std::size_t room = std::max(kBlockBytes, 2 * rest_.size());
  LineBlock block = with_room(rest_, room);
  while (file_) {
    const std::size_t before = block.size;
    file_.read(block.bytes.get() + before, static_cast<std::streamsize>(room - before));
    block.size += static_cast<std::size_t>(file_.gcount());
    const auto newline = block.text().substr(before).rfind('\n');
    if (newline != std::string_view::npos) {
      const std::size_t whole = before + newline + 1;
      rest_.assign(block.text().substr(whole));
      block.size = whole;
      return block;
    }
    room *= 2;  // a line longer than this
    block = with_room(block.text(), room);
  }
  rest_.clear();
  return block;
}

}  // namespace countersign::tools
