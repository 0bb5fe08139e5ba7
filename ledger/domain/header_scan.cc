#include "ledger/domain/header_scan.h"

#include "ledger/base/canonical_scan.h"

#include <charconv>

namespace countersign::ledger {

namespace {

// The members of one object, taken in their order. What does not fit marks it as unread.
class Members {
 public:
  explicit Members(std::string_view object) {
    members_.reserve(kMembersExpected);
    if (!read_canonical_object(object, members_)) unread_ = true;
  }

  bool has(std::string_view name) const {
    return next_ < members_.size() && members_[next_].name == name;
  }
  std::string_view take(std::string_view name) {
    if (!has(name)) {
      unread_ = true;
      return {};
    }
    return members_[next_++].value;
  }
  std::string text(std::string_view name) {
    const std::string_view value = take(name);
    if (is_string(value)) return string_of(value);
    unread_ = true;
    return {};
  }
  // A text in which nothing is escaped.
  std::string_view plain(std::string_view name) {
    const std::string_view value = take(name);
    if (is_plain_string(value)) return value.substr(1, value.size() - 2);
    unread_ = true;
    return {};
  }
  std::uint64_t number(std::string_view name) {
    const std::string_view value = take(name);
    std::uint64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size()) unread_ = true;
    return number;
  }
  std::uint32_t small(std::string_view name) { return static_cast<std::uint32_t>(number(name)); }
  Timestamp instant(std::string_view name) {
    const auto read = parse_rfc3339(plain(name));
    if (!read) unread_ = true;
    return read ? *read : Timestamp{};
  }
  Hash hash(std::string_view name) {
    const auto read = hash_from_hex(plain(name));
    if (!read) unread_ = true;
    return read ? *read : Hash{};
  }
  // All of them were taken and fitted.
  bool done() const { return !unread_ && next_ == members_.size(); }

 private:
  static constexpr std::size_t kMembersExpected = 16;
  std::vector<CanonicalMember> members_;
  std::size_t next_ = 0;
  bool unread_ = false;
};

bool scan_actor(std::string_view object, Actor& actor) {
  Members in(object);
  actor.account = AccountId(in.text("account"));
  if (in.has("department")) actor.hat.department = DepartmentId(in.text("department"));
  if (in.has("on_behalf_of")) actor.on_behalf_of = PersonId(in.text("on_behalf_of"));
  actor.person = PersonId(in.text("person"));
  const auto role = role_from(in.text("role"));
  if (!role) return false;
  actor.hat.role = *role;
  return in.done();
}

bool scan_data(std::string_view object, RowsChanged& event) {
  Members in(object);
  // What was carried forward is rare, and is left to the parser.
  if (in.has("cites")) event.cites = in.number("cites");
  Members counts(in.take("counts"));
  event.counts.added = counts.small("added");
  event.counts.changed = counts.small("changed");
  event.counts.removed = counts.small("removed");
  event.version = in.small("version");
  return counts.done() && in.done();
}

bool scan_commitment(std::string_view object, PayloadCommitment& commitment) {
  Members in(object);
  commitment.count = in.small("count");
  commitment.root = in.hash("root");
  return in.done();
}

}  // namespace

std::optional<DecodedHeader> scan_header(std::string_view header) {
  // How the header of another event does not end.
  if (!header.ends_with(R"("type":"rows.changed","type_version":1,"v":1})")) return std::nullopt;
  Members in(header);
  DecodedHeader out;
  RecordedEvent& event = out.event;
  RowsChanged changed;
  bool read = scan_actor(in.take("actor"), event.actor);
  changed.campaign = CampaignId(in.text("campaign"));
  if (in.has("caused_by")) event.caused_by = in.number("caused_by");
  if (in.has("claimed_at")) event.claimed_at = in.instant("claimed_at");
  event.command_id = CommandId(in.text("command"));
  event.correlation_id = in.text("correlation");
  read = read && scan_data(in.take("data"), changed);
  event.index = in.number("index");
  out.origin = in.text("origin");
  read = read && scan_commitment(in.take("payload"), out.commitment);
  event.received_at = in.instant("received_at");
  event.sequenced_at = in.instant("sequenced_at");
  changed.table = TableKey(in.text("table"));
  in.take("type");
  in.take("type_version");
  in.take("v");
  if (!read || !in.done()) return std::nullopt;
  event.event = std::move(changed);
  return out;
}

}  // namespace countersign::ledger
