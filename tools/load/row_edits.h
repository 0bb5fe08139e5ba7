// RowEdits: single-row edits as a load, each with an Idempotency-Key of its own as any client sends
// it. Every answer must be a receipt; one in kVerifyEvery is kept and verified under the log's key
// when the clock has stopped, so that the clients' work does not slow the service they measure.
#pragma once

#include "ledger/base/result.h"
#include "tools/load/http_load.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::tools {

struct RowEditsOptions {
  std::string host;
  std::string token;
  std::string path;   // of the table's rows
  std::string cells;  // a JSON object; {row} in it stands for the row's key, {value} for a new one
  unsigned clients = 1;
  std::uint64_t rows = 500;  // each client goes round this many of its own, so that most edits
                             // change a row that is there
  bool receipts = true;  // false: what answers is no ledger; its answers are only counted
};

class RowEdits : public LoadSource {
 public:
  static constexpr std::uint64_t kVerifyEvery = 97;

  explicit RowEdits(RowEditsOptions options);

  void next_request(unsigned client, std::string& out) override;
  std::string judge(unsigned client, unsigned status, std::string_view body) override;

  // How many receipts were verified: all that were kept.
  //   Errc::malformed   `vkey` is none, or an answer holds no receipt
  //   others            as ledger::verify_tlog_proof
  ledger::Result<std::uint64_t> verify_kept(const std::string& vkey) const;

 private:
  const RowEditsOptions options_;
  const std::uint64_t first_value_;
  std::vector<std::string> parts_;   // of the cells, between what stands for something
  std::vector<bool> row_after_;      // whether {row} or {value} follows that part
  std::vector<std::uint64_t> sent_;  // by client
  std::string body_;                 // reused
  std::vector<std::string> kept_;    // answers to verify
};

}  // namespace countersign::tools
