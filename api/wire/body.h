// Reading JSON bodies strictly: every member has a type, unknown members are refused, and the
// first problem found is kept and names the member, never its value.
//
//   BodyReader body(request);
//   auto reason = body.text("reason");
//   if (auto problem = body.finish()) return *problem;
#pragma once

#include "api/http/message.h"
#include "api/http/problem.h"
#include "ledger/base/bytes.h"
#include "ledger/base/time.h"
#include "ledger/domain/row.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Thread safety: used by one thread.
class BodyReader {
 public:
  // An empty body reads as {}.
  explicit BodyReader(const Request& request);
  // Reads a member object of another body; problems are named "outer.inner".
  BodyReader(const nlohmann::json& object, std::string path);
  ~BodyReader();
  BodyReader(BodyReader&&) noexcept;
  BodyReader& operator=(BodyReader&&) = delete;

  // Each takes a member and returns its value, or an empty one after noting a problem.
  std::string text(const std::string& name);
  std::optional<std::string> optional_text(const std::string& name);
  bool flag(const std::string& name, bool fallback);
  std::uint64_t number(const std::string& name);
  ledger::Timestamp instant(const std::string& name);
  std::optional<ledger::Timestamp> optional_instant(const std::string& name);
  std::vector<std::string> texts(const std::string& name);  // absent: empty
  std::vector<std::uint64_t> numbers(const std::string& name);  // absent: empty
  ledger::Cells cells(const std::string& name);             // absent: empty
  ledger::Hash hash(const std::string& name);               // hexadecimal
  bool has(const std::string& name) const;
  // Elements of an array of objects, at most 20,000; absent: empty.
  std::vector<BodyReader> objects(const std::string& name);
  BodyReader object(const std::string& name);

  // Notes a problem that the caller found. `name` is a member's name.
  void reject(const std::string& name, const std::string& en, const std::string& zh);
  // The first problem, or an unknown member, or none. Call once, last; also for nested readers.
  std::optional<Problem> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Cells of one JSON object: texts as they are, numbers in their shortest form, null as no value.
// nullopt: a value is none of these.
std::optional<ledger::Cells> cells_of(const nlohmann::json& object);

}  // namespace countersign::api
