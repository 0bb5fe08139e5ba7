// Simple JSON: objects of texts, whole numbers and nulls, as nearly all programs send rows, read
// without building values of them. Of anything else nothing is made: what is wrong with a body, and
// how a number beyond a double's integers reads, is said by the strict reader alone
// (ledger/base/canonical_json.h), and what is read here reads the same there.
//
// For the wire's own files: brings simdjson along.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace countersign::api {

// Thread safety: one thread at a time.
class SimpleJson {
 public:
  // None: not JSON, or not an object. It and what is read of it last until the next call.
  std::optional<simdjson::dom::object> object(std::string_view text);

  // What a member says as the text of a cell; null is an empty one. None: it is not simple.
  std::optional<std::string_view> cell(const simdjson::dom::element& value);
  // None: not a text.
  std::optional<std::string_view> text(const simdjson::dom::element& value) const;
  // Whether a member's name is a valid text.
  bool names(std::string_view name) const;

 private:
  simdjson::dom::parser parser_;
  std::string padded_;               // the text, with the room behind it that simdjson reads
  std::deque<std::string> numbers_;  // of the object, as texts
  bool doubtful_ = false;            // a text may hold half of a surrogate pair
};

}  // namespace countersign::api
