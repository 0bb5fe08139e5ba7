// The log's public face: C2SP static resources, proofs, and the export for offline verification.
#include "api/processes/log_keys.h"
#include "api/routes/export_record.h"
#include "api/routes/handlers.h"
#include "ledger/base/canonical_json.h"
#include "ledger/content/payload.h"
#include "ledger/domain/event_codec.h"
#include "ledger/ledger.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/witness/cosigned_checkpoints.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Hash;
using ledger::TreeSize;
using nlohmann::json;

namespace {

constexpr std::size_t kTileWidth = 256;
constexpr std::size_t kPartBytes = 256 << 10;

Response plain(std::string body, std::string cache) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("Cache-Control", std::move(cache));
  response.body = std::move(body);
  return response;
}

// One entry as an export line. Items the reader may not see stand as their leaves, which keeps
// every commitment verifiable.
std::string export_line(ledger::LeafIndex index, const ledger::StoredEntry& entry,
                        const ledger::Payload& payload, const Hash& leaf, bool items) {
  json list = json::array();
  for (const auto& item : payload.items) {
    if (items && item.present && !ledger::is_secret_item(item.text)) {
      list.push_back({{"salt", ledger::to_base64(item.salt)}, {"item", item.text}});
    } else {
      list.push_back({{"leaf", ledger::to_hex(item.leaf)}});
    }
  }
  return json{{"index", index},
              {"leaf", ledger::to_hex(leaf)},
              {"header", entry.header},
              {"items", std::move(list)}}
             .dump() +
         "\n";
}

struct ExportState {
  const ledger::Reader* reader;
  std::string checkpoint;
  TreeSize size = 0;
  TreeSize next = 0;
  bool items = false;
  bool done = false;
  std::vector<Hash> tile;
};

bool next_part(ExportState& state, std::string& part) {
  if (state.done) return false;
  while (state.next < state.size && part.size() < kPartBytes) {
    auto entry = state.reader->log().entry(state.next);
    if (!entry) return false;  // a cut export does not verify, which is what the reader must see
    auto payload = ledger::decode_payload(entry->payload);
    if (!payload) return false;
    const Hash leaf = ledger::hash_leaf(ledger::as_bytes(entry->header));
    part += export_line(state.next, *entry, *payload, leaf, state.items);
    state.tile.push_back(leaf);
    ++state.next;
    if (state.tile.size() == kTileWidth || state.next == state.size) {
      part += json{{"tile", (state.next - 1) / kTileWidth},
                   {"width", state.tile.size()},
                   {"root", ledger::to_hex(ledger::tree_root(state.tile))}}
                  .dump() +
              "\n";
      state.tile.clear();
    }
  }
  if (state.next == state.size) {
    part += json{{"checkpoint", state.checkpoint}}.dump() + "\n";
    state.done = true;
  }
  return true;
}

}  // namespace

ReadResult show_checkpoint(const Request&, Services& services) {
  auto checkpoint = services.ledger.reader().latest_checkpoint();
  if (!checkpoint) return problem_of(checkpoint.error());
  return plain(std::move(*checkpoint), "no-cache");
}

ReadResult show_cosigned_checkpoint(const Request& request, Services& services) {
  auto wanted = number_of(request, "witnesses");
  if (auto* problem = std::get_if<Problem>(&wanted)) return std::move(*problem);
  auto checkpoint = services.cosigned == nullptr
                        ? std::nullopt
                        : services.cosigned->newest(std::get<0>(wanted).value_or(1));
  if (!checkpoint)
    return not_found("checkpoint of so many witnesses", "有这么多见证人签署的检查点");
  return plain(std::move(*checkpoint), "no-cache");
}

ReadResult show_tile(const Request& request, Services& services) {
  auto tile = services.ledger.reader().tile("tile/" + request.param("rest"));
  if (!tile) return problem_of(tile.error());
  Response response;
  response.content_type = "application/octet-stream";
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.body = std::move(*tile);
  return response;
}

ReadResult show_proof(const Request& request, Services& services) {
  auto index = ledger::parse_json(request.param("index"));
  if (!index || !index->is_number_unsigned()) return not_found("entry", "条目");
  auto receipt = services.ledger.reader().receipt(index->get<ledger::LeafIndex>());
  if (!receipt) return problem_of(receipt.error());
  return plain(std::move(receipt->proof), "no-cache");
}

ReadResult show_consistency(const Request& request, Services& services) {
  auto from = number_of(request, "from");
  if (auto* problem = std::get_if<Problem>(&from)) return std::move(*problem);
  auto to = number_of(request, "to");
  if (auto* problem = std::get_if<Problem>(&to)) return std::move(*problem);
  if (!std::get<0>(from) || !std::get<0>(to)) {
    return bad_request("malformed_query", {"需要参数 from 与 to", "from and to are required"},
                       {"请给出两个树的大小", "Give two tree sizes"});
  }
  auto proof = services.ledger.reader().consistency_proof(*std::get<0>(from), *std::get<0>(to));
  if (!proof) return problem_of(proof.error());
  std::string lines;
  for (const Hash& hash : *proof) lines += ledger::to_base64(hash) + "\n";
  return plain(std::move(lines), "public, max-age=31536000, immutable");
}

ReadResult show_verifier_key(const Request&, Services& services) {
  return plain(services.ledger.verifier_key() + "\n", "no-cache");
}

ReadResult show_sm2_verifier_key(const Request&, Services& services) {
  const auto key = services.ledger.sm2_verifier_key();
  if (!key) return not_found("SM2 key of the log", "台账的 SM2 密钥");
  return plain(*key + "\n", "no-cache");
}

ReadResult show_log_keys(const Request&, Services& services) {
  auto document = log_keys_document(services.ledger);
  if (!document) return problem_of(document.error());
  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = std::move(*document);
  return response;
}

RecordedRead export_log(const Request& request, Services& services) {
  const bool items =
      wears(request, ledger::Role::administrator) || wears(request, ledger::Role::centre_office);
  if (!items && !wears(request, ledger::Role::auditor)) {
    return forbidden({"只有评估中心、管理员和审计员可以导出日志",
                      "Only the Centre, administrators and auditors may export the log"},
                     {"请由他们导出", "Ask one of them"});
  }
  const auto& reader = services.ledger.reader();
  auto checkpoint = reader.latest_checkpoint();
  if (!checkpoint) return problem_of(checkpoint.error());
  auto parsed = ledger::parse_checkpoint_note(*checkpoint);
  if (!parsed) return problem_of(parsed.error());
  auto state = std::make_shared<ExportState>();
  state->reader = &reader;
  state->checkpoint = services.cosigned == nullptr
                          ? *checkpoint
                          : services.cosigned->with_cosignatures(*checkpoint);
  state->size = parsed->tree_size;
  state->items = items;
  Response response;
  response.content_type = "application/x-ndjson";
  const std::string head = json{{"format", "countersign-export-1"},
                                {"origin", reader.origin()},
                                {"verifier_key", services.ledger.verifier_key()},
                                {"entries", state->size}}
                               .dump() +
                           "\n";
  response.stream = [state, head, first = true](std::string& part) mutable {
    if (first) part += head;
    first = false;
    return next_part(*state, part);
  };
  ledger::ExportData record = export_record(request, {}, "log");
  record.as_of = state->size;
  record.personal = items;
  return RecordedAnswer{std::move(record), std::move(response), {}};
}

}  // namespace countersign::api
