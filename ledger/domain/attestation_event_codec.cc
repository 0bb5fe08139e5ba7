// Entries of attestations. They say all they have to say in their headers.
#include "ledger/domain/area_event_codec.h"

namespace countersign::ledger {

nlohmann::json write_data(const TableAttested& e) {
  return {{"heads", {{"hash", to_hex(e.heads.hash)}, {"rows", e.heads.rows}}}};
}
void read_data(JsonReader& in, TableAttested& e) {
  in.object("heads", [&](JsonReader& heads) {
    e.heads = {heads.hash("hash"), heads.number("rows")};
  });
}

}  // namespace countersign::ledger
