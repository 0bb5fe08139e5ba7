// JSON request bodies, read with a member of every kind: a value or a problem, and the problem is
// told in valid JSON that repeats nothing but names of ours.
#include "api/wire/body.h"
#include "api/wire/row_body.h"
#include "ledger/base/canonical_json.h"
#include "tests/fuzz/fuzz_target.h"

#include <nlohmann/json.hpp>

namespace countersign::fuzz {

// What the reader of simple rows makes of it, the strict one makes of it.
void read_as_row(const api::Request& request) {
  const auto simple = api::read_simple_row(request.body);
  if (!simple) return;
  api::BodyReader body(request);
  api::RowBody row{body.cells("cells"), body.optional_text("reason").value_or("")};
  CS_ASSERT(!body.finish());
  CS_ASSERT(row == *simple);
}

void run(std::string_view input) {
  api::Request request;
  request.body = input;
  read_as_row(request);
  api::BodyReader body(request);
  body.text("text");
  body.optional_text("optional");
  body.flag("flag", true);
  body.number("number");
  body.instant("instant");
  body.optional_instant("later");
  body.texts("texts");
  body.cells("cells");
  body.hash("hash");
  auto inner = body.object("object");
  inner.text("text");
  std::optional<api::Problem> problem = inner.finish();
  for (auto& row : body.objects("rows")) {
    row.cells("cells");
    row.optional_text("key");
    if (row.has("if_match")) row.number("if_match");
    if (!problem) problem = row.finish();
  }
  if (auto outer = body.finish(); outer && !problem) problem = std::move(outer);
  if (!problem) return;
  CS_ASSERT(problem->status == 400);
  CS_ASSERT(ledger::parse_json(api::render(*problem, request).body));
}

}  // namespace countersign::fuzz
