// HTML that holds texts of people: pages without scripts, styles or pictures from elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace countersign::api {

// A text as text, wherever it stands in a page: < > & and quotes are escaped; what would control
// the terminal or the direction of writing is shown as U+FFFD. Newlines stay.
std::string html_text(std::string_view text);

// A table; cells are HTML already.
class HtmlTable {
 public:
  explicit HtmlTable(const std::vector<std::string>& headings);
  void add(const std::vector<std::string>& cells);
  bool empty() const { return rows_ == 0; }
  std::string text() const { return text_ + "</tbody></table>\n"; }

 private:
  std::string text_;
  std::size_t rows_ = 0;
};

}  // namespace countersign::api
