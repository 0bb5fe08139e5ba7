#include "api/wire/csv.h"

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

bool CsvReader::ends_line(std::size_t at) const {
  if (text_[at] != '\r') return text_[at] == '\n';
  return at + 1 >= text_.size() || text_[at + 1] != '\n';
}

Result<bool> CsvReader::next(std::vector<std::string>& cells) {
  cells.clear();
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
    if (ends_line(at_)) ++line_;
    ++at_;
  }
  if (at_ >= text_.size()) return false;
  record_line_ = line_;
  const auto malformed = [&](const char* what) {
    return Error{Errc::malformed, "line " + std::to_string(record_line_) + ": " + what};
  };
  while (true) {
    std::string cell;
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (true) {
        if (at_ >= text_.size()) return malformed("a quoted cell is never closed");
        if (ends_line(at_)) ++line_;
        const char c = text_[at_++];
        if (c == '"') {
          if (at_ < text_.size() && text_[at_] == '"') {
            cell += '"';
            ++at_;
            continue;
          }
          break;
        }
        cell += c;
      }
      if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\r' &&
          text_[at_] != '\n') {
        return malformed("text follows a closing quote");
      }
    } else {
      const char ends[] = {separator_, '\r', '\n'};
      const std::size_t end = text_.find_first_of(std::string_view(ends, sizeof ends), at_);
      cell = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
      at_ = end == std::string_view::npos ? text_.size() : end;
    }
    cells.push_back(std::move(cell));
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

void append_csv_record(std::string& out, const std::vector<std::string>& cells) {
  // A line of nothing would be passed over as blank.
  if (cells.size() == 1 && cells[0].empty()) {
    out += "\"\"\r\n";
    return;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      out += cells[i];
      continue;
    }
    out += '"';
    for (char c : cells[i]) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += "\r\n";
}

}  // namespace countersign::api
