#include "ledger/evidence/media_type.h"

#include "ledger/base/utf8.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  std::string_view name;
  bool refused = false;
};

constexpr std::string_view kProgram = "application/x-executable";

constexpr std::array kMagics{
    Magic{"%PDF-"sv, "application/pdf"},
    Magic{"\x89PNG\r\n\x1a\n"sv, "image/png"},
    Magic{"\xff\xd8\xff"sv, "image/jpeg"},
    Magic{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "application/x-ole-storage"},
    Magic{"PK\x05\x06"sv, "application/zip"},
    // ELF, DOS and Windows, Mach-O of both byte orders, Java and fat Mach-O, scripts.
    Magic{"\x7f"
          "ELF"sv,
          kProgram, true},
    Magic{"MZ"sv, kProgram, true},
    Magic{"\xfe\xed\xfa\xce"sv, kProgram, true},
    Magic{"\xfe\xed\xfa\xcf"sv, kProgram, true},
    Magic{"\xce\xfa\xed\xfe"sv, kProgram, true},
    Magic{"\xcf\xfa\xed\xfe"sv, kProgram, true},
    Magic{"\xca\xfe\xba\xbe"sv, kProgram, true},
    Magic{"#!"sv, kProgram, true},
};

// Beginnings of what a browser takes for a page (WHATWG MIME Sniffing, section 7.1), and of
// drawings with scripts in them.
constexpr std::array kPages{
    "<!doctype html"sv, "<html"sv,  "<head"sv, "<script"sv, "<iframe"sv, "<h1"sv,  "<div"sv,
    "<font"sv,          "<table"sv, "<a"sv,    "<style"sv,  "<title"sv,  "<b"sv,   "<body"sv,
    "<br"sv,            "<p"sv,     "<!--"sv,  "<svg"sv,    "<?xml"sv,   "<meta"sv};

constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::string_view kLocalHeader = "PK\x03\x04";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool begins(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::ranges::equal(text.substr(0, lower_case.size()), lower_case,
                            [](char a, char b) { return lower(a) == b; });
}

bool is_page(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const auto first = head.find_first_not_of(" \t\r\n\f");
  if (first == std::string_view::npos) return false;
  head.remove_prefix(first);
  return std::ranges::any_of(kPages, [&](std::string_view page) { return begins(head, page); });
}

// An office document is a ZIP whose members have the names ISO/IEC 29500 part 2 gives them; the
// first members tell which.
std::string_view kind_of_zip(std::string_view head) {
  for (auto at = head.find(kLocalHeader); at != std::string_view::npos;
       at = head.find(kLocalHeader, at + 1)) {
    if (head.size() <= at + kLocalHeaderBytes) break;
    const std::string_view name = head.substr(at + kLocalHeaderBytes);
    if (name.starts_with("xl/")) {
      return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }
    if (name.starts_with("word/")) {
      return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    }
  }
  return "application/zip";
}

// The head without a character that its end cuts in two.
std::string_view whole_characters(std::string_view head) {
  std::size_t back = 0;
  while (back < 3 && back < head.size()) {
    const auto byte = static_cast<unsigned char>(head[head.size() - 1 - back]);
    if (byte >= 0xc0) return head.substr(0, head.size() - 1 - back);
    if (byte < 0x80) return head;
    ++back;
  }
  return head;
}

bool is_text(std::string_view head, bool whole) {
  const auto control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f');
  };
  if (head.empty() || std::ranges::any_of(head, control)) return false;
  // A head may end with a whole character, so the longer reading is tried first.
  return is_valid_utf8(head) || (!whole && is_valid_utf8(whole_characters(head)));
}

// A line that a separator divides, and a second one that it divides as often, if there is one.
bool is_sheet(std::string_view head) {
  const auto end = head.find('\n');
  const std::string_view first = head.substr(0, end);
  std::string_view second = end == std::string_view::npos ? "" : head.substr(end + 1);
  const auto next = second.find('\n');
  for (const char separator : {',', ';', '\t'}) {
    const auto fields = std::ranges::count(first, separator);
    if (fields == 0) continue;
    // Cut off by the end of the head, or quoted over several lines: the first line decides.
    if (second.empty() || next == std::string_view::npos || first.find('"') != first.npos ||
        second.substr(0, next).find('"') != second.npos) {
      return true;
    }
    if (std::ranges::count(second.substr(0, next), separator) == fields) return true;
  }
  return false;
}

}  // namespace

MediaType media_type_of(std::string_view head, bool whole) {
  for (const Magic& magic : kMagics) {
    // "MZ" may begin a plain text, too.
    if (magic.bytes == "MZ" && is_text(head, whole)) continue;
    if (head.starts_with(magic.bytes)) return {std::string(magic.name), magic.refused};
  }
  if (head.starts_with(kLocalHeader)) return {std::string(kind_of_zip(head)), false};
  if (is_page(head)) return {"text/html", true};
  if (!is_text(head, whole)) return {"application/octet-stream", false};
  return {is_sheet(head) ? "text/csv" : "text/plain", false};
}

}  // namespace countersign::ledger
