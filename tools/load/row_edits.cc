#include "tools/load/row_edits.h"

#include "ledger/base/bytes.h"
#include "ledger/base/canonical_json.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

#include <chrono>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::string_view kRow = "{row}";
constexpr std::string_view kValue = "{value}";

// No run writes what another has written: an edit that changes nothing is no entry.
std::uint64_t value_of_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

RowEdits::RowEdits(RowEditsOptions options)
    : options_(std::move(options)), first_value_(value_of_now()), sent_(options_.clients, 0) {
  std::string_view rest = options_.cells;
  for (;;) {
    const auto row = rest.find(kRow), value = rest.find(kValue);
    const auto at = std::min(row, value);
    parts_.emplace_back(rest.substr(0, at));
    if (at == std::string_view::npos) break;
    row_after_.push_back(row < value);
    rest.remove_prefix(at + (row < value ? kRow.size() : kValue.size()));
  }
}

void RowEdits::next_request(unsigned client, std::string& out) {
  const std::uint64_t number = sent_[client]++;
  const std::string row =
      "c" + std::to_string(client) + "-" + std::to_string(number % options_.rows);
  const std::string value = std::to_string(first_value_ + number);
  body_ = R"({"cells":)";
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    body_ += parts_[i];
    if (i < row_after_.size()) body_ += row_after_[i] ? row : value;
  }
  body_ += "}";

  out = "PUT ";
  out.append(options_.path).append("/").append(row).append(" HTTP/1.1\r\nHost: ");
  out.append(options_.host).append("\r\nUser-Agent: countersign\r\nAuthorization: Bearer ");
  out.append(options_.token).append("\r\nContent-Type: application/json\r\nIdempotency-Key: ");
  out.append(row).append("-").append(value).append("\r\nContent-Length: ");
  out.append(std::to_string(body_.size())).append("\r\n\r\n").append(body_);
}

std::string RowEdits::judge(unsigned client, unsigned status, std::string_view body) {
  if (status >= 300) {
    return std::to_string(status) + " " + std::string(body.substr(0, 300));
  }
  if (!options_.receipts) return {};
  if (body.find("\"receipts\"") == std::string_view::npos) return "an answer without a receipt";
  if (sent_[client] % kVerifyEvery == 1) kept_.emplace_back(body);
  return {};
}

Result<std::uint64_t> RowEdits::verify_kept(const std::string& vkey) const {
  CS_TRY(const auto log, ledger::NoteVerifier::from_vkey(vkey));
  for (const std::string& answer : kept_) {
    CS_TRY(const auto reply, ledger::parse_json(answer));
    if (!reply.contains("receipts") || reply.at("receipts").empty()) {
      return Error{Errc::malformed, "an answer without a receipt"};
    }
    const auto& receipt = reply.at("receipts").at(0);
    const std::string header = receipt.at("header");
    CS_CHECK(ledger::verify_tlog_proof(receipt.at("proof").get<std::string>(),
                                       ledger::hash_leaf(ledger::as_bytes(header)), log));
  }
  return kept_.size();
}

}  // namespace countersign::tools
