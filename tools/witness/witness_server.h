// WitnessServer: a witness over HTTP, one request a connection:
//
//   POST /add-checkpoint               c2sp.org/tlog-witness
//   GET  /<id of origin>/checkpoint    what was cosigned last of it, for monitors
//   GET  /vkey                         the witness's verifier key
//   GET  /metrics                      what it counts, for Prometheus
//   GET  /healthz
//
// TLS is the proxy's in front of it. Every limit is finite.
//
// Thread safety: one thread.
#pragma once

#include "ledger/base/result.h"

#include <cstdint>
#include <memory>
#include <string>

namespace countersign::ledger {
class Witness;  // ledger/witness/witness.h
}

namespace countersign::tools {

class WitnessServer {
 public:
  // Listens and serves; port 0 takes any free one. `witness` must outlive the server.
  //   Errc::malformed   not an IP address      Errc::io   the port is taken or may not be used
  static ledger::Result<std::unique_ptr<WitnessServer>> start(const std::string& address,
                                                              std::uint16_t port,
                                                              ledger::Witness& witness);
  ~WitnessServer();  // requests that are being answered end first
  std::uint16_t port() const;

 private:
  class Core;
  explicit WitnessServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace countersign::tools
