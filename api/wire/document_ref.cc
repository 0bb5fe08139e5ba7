#include "api/wire/document_ref.h"

namespace countersign::api {

ledger::DocumentRef document_of(BodyReader& body, const std::string& name) {
  BodyReader document = body.object(name);
  ledger::DocumentRef ref;
  ref.hash = document.hash("hash");
  ref.title = document.text("title");
  if (auto problem = document.finish()) {
    body.reject(name, "must be {title, hash}", "应为 {title, hash}");
  }
  return ref;
}

}  // namespace countersign::api
