// Packs of evidence as one ZIP that prints, keeps and verifies without this service:
//
//   manifest.json            what this is, who took it out when and why, and every other file by
//                            its SHA-256; canonical JSON
//   manifest.note            the log's signature on the manifest (ledger/content/pack_statement.h)
//   evidence.json            the pack itself (evidence_pack.h); of a case the sealed bytes
//   checkpoint.txt           its checkpoint, with the cosignatures held on it
//   signatures/INDEX.txt     each sign-off that it shows, as its own signed note
//   what-happened.zh.html    the same for people (api/wire/pack_html.h)
//   what-happened.en.html
//
// ledger/FORMAT.md has the format; tools/verify checks it offline.
#pragma once

#include "api/routes/endpoint.h"
#include "api/wire/pack_html.h"
#include "ledger/base/result.h"

#include <cstddef>
#include <memory>
#include <string>

namespace countersign::api {

class PackArchive {
 public:
  // Of one pack; a verifier need not read larger ones.
  static constexpr std::size_t kEvidenceBytesMax = 64 << 20;

  // `evidence` is a pack as make_evidence_pack() makes it, of the services' ledger.
  //   Errc::overloaded   it is larger than kEvidenceBytesMax
  //   Errc::corrupt      it does not read
  //   Errc::io           nor does what goes with it: time stamps, the log's earlier keys
  static ledger::Result<PackArchive> of(std::string evidence, const Services& services);

  const std::string& evidence() const { return evidence_; }
  // The ZIP. REQUIRES: the ledger records (it signs the manifest).
  std::string written(const Services& services, const PackOccasion& occasion,
                      const ledger::CampaignDefinition& campaign) const;

 private:
  struct Parsed;
  PackArchive(std::string evidence, std::shared_ptr<const Parsed> parsed)
      : evidence_(std::move(evidence)), parsed_(std::move(parsed)) {}

  std::string evidence_;
  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace countersign::api
