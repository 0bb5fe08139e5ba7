// Tls: the certificate and key that the service shows, from PEM files. They can be replaced while
// it serves: connections made before keep what they began with.
//
// TLS 1.2 and 1.3 (RFC 8446); no renegotiation, no compression.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"

#include <filesystem>
#include <memory>
#include <mutex>

namespace boost::asio::ssl {
class context;
}

namespace countersign::api {

struct TlsFiles {
  std::filesystem::path certificate;  // the chain, the service's own certificate first
  std::filesystem::path key;          // not encrypted; no one else's to read
};

class Tls {
 public:
  //   Errc::malformed   a file does not read as PEM, or the key is not the certificate's
  //   Errc::io          a file cannot be read
  static ledger::Result<std::unique_ptr<Tls>> load(TlsFiles files);
  ~Tls();

  // Reads the files again. On an error what was in use stays in use.
  ledger::Result<void> reload();

  // For connections that begin now.
  std::shared_ptr<boost::asio::ssl::context> context() const;
  // When the service's own certificate ends to be valid.
  ledger::Timestamp expires() const;

 private:
  struct Loaded;
  explicit Tls(TlsFiles files);
  static ledger::Result<Loaded> read(const TlsFiles& files);

  const TlsFiles files_;
  mutable std::mutex mutex_;
  std::unique_ptr<Loaded> loaded_;  // guarded by mutex_
};

}  // namespace countersign::api
