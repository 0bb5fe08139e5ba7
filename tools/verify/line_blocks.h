// A file of lines in blocks of whole lines, so that several threads can read it.
#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::tools {

struct LineBlock {
  std::unique_ptr<char[]> bytes;  // with the padding asked for after them
  std::size_t size = 0;

  std::string_view text() const { return {bytes.get(), size}; }
};

// Thread safety: one thread.
class LineBlocks {
 public:
  // `file` must outlive this.
  LineBlocks(std::istream& file, std::size_t padding) : file_(file), padding_(padding) {}

  // About a megabyte, more where a line is longer; the last may lack its newline. Empty: the file
  // has ended.
  LineBlock next();

 private:
  LineBlock with_room(std::string_view text, std::size_t room) const;

  std::istream& file_;
  const std::size_t padding_;
  std::string rest_;  // after the last newline
};

}  // namespace countersign::tools
