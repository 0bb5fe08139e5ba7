#include "ledger/base/canonical_json.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/event_json.h"

namespace countersign::ledger {

namespace {

// Of most headers; a longer one only moves.
constexpr std::size_t kHeaderBytesExpected = 768;

// An object whose members are given in canonical order: headers are written by the one thread that
// everybody waits for, which has no time to build a tree of values first.
class HeaderWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit HeaderWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~HeaderWriter() { out_ += '}'; }
  HeaderWriter(const HeaderWriter&) = delete;
  HeaderWriter& operator=(const HeaderWriter&) = delete;

  // The value is to be appended. REQUIRES: nothing in the name is escaped, as for all.
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append("\"").append(name).append("\":");
    return out_;
  }
  void text(std::string_view name, std::string_view value) {
    append_canonical_string(member(name), value);
  }
  // REQUIRES: below 2^53, beyond which canonical numbers are written otherwise.
  void number(std::string_view name, std::uint64_t value) {
    member(name).append(std::to_string(value));
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_actor(std::string& to, const Actor& actor) {
  HeaderWriter out(to);
  out.text("account", actor.account.value);
  if (!actor.hat.department.empty()) out.text("department", actor.hat.department.value);
  if (actor.on_behalf_of) out.text("on_behalf_of", actor.on_behalf_of->value);
  out.text("person", actor.person.value);
  out.text("role", to_string(actor.hat.role));
}

void append_counts(std::string& to, const RowCounts& counts) {
  HeaderWriter out(to);
  out.number("added", counts.added);
  out.number("changed", counts.changed);
  out.number("removed", counts.removed);
}

// What changes rows is most of what there is, and written without a tree of values.
void append_data(std::string& to, const Event& event) {
  const auto* rows = std::get_if<RowsChanged>(&event);
  if (rows == nullptr || rows->carried) {
    to += canonical_text(event_data(event));
    return;
  }
  HeaderWriter out(to);
  if (rows->cites) out.number("cites", *rows->cites);
  append_counts(out.member("counts"), rows->counts);
  out.number("version", rows->version);
}

void append_commitment(std::string& to, const PayloadCommitment& commitment) {
  HeaderWriter out(to);
  out.number("count", commitment.count);
  out.text("root", to_hex(commitment.root));
}

void append_header(std::string& to, const RecordedEvent& event, std::string_view origin,
                   const PayloadCommitment& commitment) {
  const EventPlace place = place_of(event.event);
  HeaderWriter out(to);
  append_actor(out.member("actor"), event.actor);
  if (!place.campaign.empty()) out.text("campaign", place.campaign.value);
  if (event.caused_by) out.number("caused_by", *event.caused_by);
  if (event.claimed_at) out.text("claimed_at", format_utc(*event.claimed_at));
  out.text("command", event.command_id.value);
  out.text("correlation", event.correlation_id);
  append_data(out.member("data"), event.event);
  out.number("index", event.index);
  out.text("origin", origin);
  append_commitment(out.member("payload"), commitment);
  out.text("received_at", format_utc(event.received_at));
  out.text("sequenced_at", format_utc(event.sequenced_at));
  if (!place.table.empty()) out.text("table", place.table.value);
  out.text("type", type_name(event.event));
  out.number("type_version", kTypeVersion);
  out.number("v", kHeaderLayout);
}

}  // namespace

std::string encode_header(const RecordedEvent& event, std::string_view origin,
                          const PayloadCommitment& commitment) {
  std::string header;
  header.reserve(kHeaderBytesExpected);
  append_header(header, event, origin, commitment);
  return header;
}

}  // namespace countersign::ledger
