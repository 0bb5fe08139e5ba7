#include "api/wire/csv.h"

#include <algorithm>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// Takes digits off the front; whether there was one.
bool take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

// -5, +3.25, -1.5e-3
bool is_signed_number(std::string_view text) {
  const auto take_sign = [&text] {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  };
  take_sign();
  if (!take_digits(text)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take_digits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    take_sign();
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

bool begins_formula(std::string_view cell) {
  constexpr std::string_view kBegins = "=+-@\t\r";
  return !cell.empty() && kBegins.find(cell.front()) != std::string_view::npos &&
         !is_signed_number(cell);
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator, std::uint64_t first_line)
    : text_(text), separator_(separator), line_(first_line) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (first_line == 1 && text_.starts_with(kMark)) at_ = kMark.size();
}

bool CsvReader::ends_line(std::size_t at) const {
  if (text_[at] != '\r') return text_[at] == '\n';
  return at + 1 >= text_.size() || text_[at + 1] != '\n';
}

const char* CsvReader::read_quoted(std::string_view& cell) {
  std::string* unquoted = nullptr;  // once there is a quote in it
  std::size_t begin = ++at_;        // of what is not in `unquoted` yet
  while (true) {
    if (at_ >= text_.size()) return "a quoted cell is never closed";
    if (ends_line(at_)) ++line_;
    if (text_[at_++] != '"') continue;
    const bool doubled = at_ < text_.size() && text_[at_] == '"';
    const std::string_view part = text_.substr(begin, at_ - begin - (doubled ? 0 : 1));
    if (!doubled && unquoted == nullptr) {
      cell = part;
      break;
    }
    if (unquoted == nullptr) {
      if (unquoted_used_ == unquoted_.size()) unquoted_.emplace_back();
      unquoted = &unquoted_[unquoted_used_++];
      unquoted->clear();
    }
    unquoted->append(part);
    cell = *unquoted;
    if (!doubled) break;
    begin = ++at_;
  }
  if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\r' && text_[at_] != '\n') {
    return "text follows a closing quote";
  }
  return nullptr;
}

Result<bool> CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  unquoted_used_ = 0;
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
    if (ends_line(at_)) ++line_;
    ++at_;
  }
  if (at_ >= text_.size()) return false;
  record_line_ = line_;
  while (true) {
    std::string_view cell;
    if (at_ < text_.size() && text_[at_] == '"') {
      if (const char* why = read_quoted(cell)) {
        return Error{Errc::malformed, "line " + std::to_string(record_line_) + ": " + why};
      }
    } else {
      std::size_t end = at_;
      const auto ends_cell = [this](char c) { return c == separator_ || c == '\r' || c == '\n'; };
      while (end < text_.size() && !ends_cell(text_[end])) ++end;
      cell = text_.substr(at_, end - at_);
      at_ = end;
    }
    cells.push_back(cell);
    if (at_ >= text_.size()) return true;
    if (text_[at_] == separator_) {
      ++at_;
      continue;
    }
    if (!ends_line(at_)) ++at_;  // the first half of CRLF
    ++at_;
    ++line_;
    return true;
  }
}

void append_csv_field(std::string& out, std::string_view cell) {
  // Every byte of a sheet passes here: find_first_of() would search its set anew for each.
  const auto asks_for_quotes = [](char c) {
    return c == ',' || c == '"' || c == '\r' || c == '\n';
  };
  if (std::ranges::none_of(cell, asks_for_quotes)) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void end_csv_record(std::string& out, std::size_t begin) {
  // A line of nothing would be passed over as blank.
  out += out.size() == begin ? "\"\"\r\n" : "\r\n";
}

void append_csv_record(std::string& out, const std::vector<std::string>& cells) {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    append_csv_field(out, cells[i]);
  }
  end_csv_record(out, begin);
}

void append_csv_record_of_texts(std::string& out, const std::vector<std::string>& cells) {
  std::vector<std::string> texts = cells;
  for (std::string& cell : texts) {
    if (begins_formula(cell)) cell.insert(0, 1, '\'');
  }
  append_csv_record(out, texts);
}

}  // namespace countersign::api
