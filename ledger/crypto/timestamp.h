// Trusted time: time-stamp tokens of an outside authority over a hash (RFC 3161). A token says,
// under the authority's signature, that what has this hash existed at an instant, whatever the
// clock of this machine said then. What is sent and kept is the standard's DER, so that
// `openssl ts` reads all of it.
//
// Nothing here asks for revocation lists: whether an authority's key was withdrawn is for the
// reader to find out.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/base/time.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

// Longer ones are not read.
inline constexpr std::size_t kTimestampBytesMax = 64 << 10;

// A TimeStampReq with SHA-256, a nonce, and the wish for the authority's certificates.
struct TimestampRequest {
  std::string der;     // application/timestamp-query
  Hash imprint{};      // of what is to be stamped
  std::string nonce;   // hexadecimal
  std::string policy;  // the only one accepted, e.g. "1.3.6.1.4.1.13762.3"; empty: any
};
//   Errc::malformed   the policy is not an object identifier
Result<TimestampRequest> make_timestamp_request(const Hash& imprint, const std::string& policy = {});
//   Errc::malformed   not a request of this kind
Result<TimestampRequest> read_timestamp_request(std::string_view der);

// What a token says.
struct TimestampInfo {
  Timestamp at;           // genTime
  Duration accuracy;      // either way; zero: the authority states none
  std::string serial;     // hexadecimal, the authority's number of it
  std::string policy;     // dotted
  std::string authority;  // subject of the certificate that it names, RFC 2253; empty: carries none
};

// The latest instant at which the stamp may have been made: at, its accuracy, and a second more,
// because most authorities tell whole seconds.
Timestamp latest_of(const TimestampInfo& info);
Timestamp earliest_of(const TimestampInfo& info);

// Reads a TimeStampResp (application/timestamp-reply). Nothing that it says is verified.
//   Errc::malformed     not one, or longer than kTimestampBytesMax
//   Errc::unavailable   the authority granted none; with its reason and its own words
Result<TimestampInfo> read_timestamp_reply(std::string_view reply);

// That it answers exactly this request; its signature is not judged.
//   Errc::unauthorized   it stamps another hash, echoes another nonce, or is of another policy
//   as read_timestamp_reply()
Result<TimestampInfo> match_timestamp_reply(std::string_view reply, const TimestampRequest& request);

// That an authority whom one of `authorities` (PEM certificates) vouches for stamped the hash: its
// signature holds, and the chain of its certificate, which may do nothing but stamp, was valid at
// the token's own time; so a token proves for ever, also when the certificate has ended.
//   Errc::malformed      not a reply, or no certificates
//   Errc::unauthorized   it stamps another hash, or any of this does not hold
//   Errc::unavailable    as read_timestamp_reply()
Result<TimestampInfo> verify_timestamp(std::string_view reply, const Hash& imprint,
                                       std::string_view authorities);

//   Errc::malformed   no PEM certificate, or one that does not read
Result<void> check_authorities(std::string_view pem);

}  // namespace countersign::ledger
