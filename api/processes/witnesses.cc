#include "api/processes/witnesses.h"

#include "api/telemetry/metrics.h"
#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"
#include "ledger/witness/add_checkpoint.h"

#include <algorithm>
#include <utility>

namespace countersign::api {

using ledger::Checkpoint;
using ledger::Errc;
using ledger::Error;
using ledger::Result;
using ledger::TreeSize;

namespace {

constexpr char kTarget[] = "/add-checkpoint";

}  // namespace

Result<std::vector<WitnessAddress>> witnesses_of(const WitnessSettings& settings) {
  std::vector<WitnessAddress> addresses;
  for (const std::string& one : settings.witnesses) {
    const auto space = one.find(' ');
    if (space == std::string::npos) {
      return Error{Errc::malformed, "a witness is its address and its verifier key: " + one};
    }
    CS_TRY(auto to, destination_of(one.substr(0, space), settings.authorities));
    CS_TRY(auto key, ledger::CosignatureVerifier::from_vkey(one.substr(space + 1)));
    for (const WitnessAddress& other : addresses) {
      if (other.key.public_key() == key.public_key() || other.key.name() == key.name()) {
        return Error{Errc::malformed, "the witness " + key.name() + " stands there twice"};
      }
    }
    addresses.push_back({std::move(to), std::move(key)});
  }
  return addresses;
}

Witnesses::Witnesses(std::vector<WitnessAddress> addresses, WitnessSettings settings,
                     const ledger::Reader& reader, ledger::CosignedCheckpoints& kept,
                     Metrics& metrics)
    : settings_(std::move(settings)), reader_(reader), kept_(kept), metrics_(metrics) {
  for (WitnessAddress& address : addresses) {
    const auto last = kept_.last(address.key);
    metrics_.witness_conflict(address.key.name(), false);
    metrics_.witness_cosigned(address.key.name(),
                              last ? static_cast<std::int64_t>(last->seconds) : 0);
    asked_.push_back(Asked(std::move(address), last ? last->size : 0));
  }
  thread_ = std::thread([this] {
    ledger::name_this_thread("witnesses");
    follow();
  });
}

Witnesses::~Witnesses() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Witnesses::follow() {
  do {
    round();
  } while (pause());
}

bool Witnesses::is_due(const Asked& asked, const std::string& text) const {
  const auto now = std::chrono::steady_clock::now();
  if (now < asked.not_before) return false;
  return asked.cosigned != text || now - asked.cosigned_at >= settings_.refresh;
}

void Witnesses::round() {
  const auto note = reader_.latest_checkpoint();
  if (!note) return;  // none yet
  const auto parsed = ledger::parse_note(*note);
  const auto checkpoint = ledger::parse_checkpoint_note(*note);
  if (!parsed || !checkpoint) return;
  std::vector<std::thread> threads;
  for (Asked& asked : asked_) {
    asked.line.reset();
    if (!is_due(asked, parsed->text)) continue;
    threads.emplace_back([this, &asked, &note, &checkpoint] { ask(asked, *note, *checkpoint); });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<ledger::NoteSignature> lines;
  for (const Asked& asked : asked_) {
    if (asked.line) lines.push_back(*asked.line);
  }
  if (lines.empty()) return;
  if (const auto kept = kept_.add(*parsed, lines); !kept) {
    ledger::diag::warn("witness.cosignatures_not_kept", {{"why", kept.error().detail}});
  }
}

void Witnesses::ask(Asked& asked, const std::string& note, const Checkpoint& checkpoint) {
  // Larger than the log is what only the witness may claim, and it is asked.
  TreeSize from = std::min(asked.size, checkpoint.tree_size);
  for (const bool again : {false, true}) {
    auto proof = reader_.consistency_proof(from, checkpoint.tree_size);
    if (!proof) return failed(asked, proof.error().detail);
    const auto answer =
        post(asked.address.to, kTarget, "text/plain; charset=utf-8",
             ledger::add_checkpoint_request({from, std::move(*proof)}, note), settings_.time_limit);
    if (!answer) return failed(asked, answer.error().detail);
    if (answer->status == 200) {
      if (!take(asked, answer->body, checkpoint)) failed(asked, "its cosignature does not verify");
      return;
    }
    if (answer->status == 422) {
      return conflict(asked, checkpoint, "it refuses what does not continue what it cosigned");
    }
    if (answer->status != 409 || again) {
      return failed(asked, "answered with status " + std::to_string(answer->status));
    }
    const auto size =
        ledger::parse_tree_size(std::string_view(answer->body).substr(0, answer->body.find('\n')));
    if (!size) return failed(asked, "it does not tell what size it cosigned");
    asked.size = from = *size;
    if (from > checkpoint.tree_size) {
      return conflict(asked, checkpoint, "it cosigned more entries than this log has");
    }
  }
}

bool Witnesses::take(Asked& asked, const std::string& body, const Checkpoint& checkpoint) {
  const auto lines = ledger::parse_signature_lines(body);
  if (!lines) return false;
  const std::string text = checkpoint.text();
  for (const ledger::NoteSignature& line : *lines) {
    const auto seconds = asked.address.key.verify(line, text);
    if (!seconds) continue;
    asked.size = checkpoint.tree_size;
    asked.cosigned = text;
    asked.cosigned_at = std::chrono::steady_clock::now();
    asked.pause = std::chrono::seconds(0);
    asked.line = line;
    metrics_.witness_conflict(asked.address.key.name(), false);
    metrics_.witness_cosigned(asked.address.key.name(), static_cast<std::int64_t>(*seconds));
    return true;
  }
  return false;
}

void Witnesses::put_off(Asked& asked) {
  asked.pause = std::clamp(asked.pause * 2, settings_.interval, settings_.pause_max);
  asked.not_before = std::chrono::steady_clock::now() + asked.pause;
  metrics_.witness_failed(asked.address.key.name());
}

void Witnesses::failed(Asked& asked, const std::string& why) {
  put_off(asked);
  ledger::diag::warn("witness.failed", {{"witness", asked.address.key.name()}, {"why", why}});
}

void Witnesses::conflict(Asked& asked, const Checkpoint& checkpoint, const std::string& why) {
  put_off(asked);
  metrics_.witness_conflict(asked.address.key.name(), true);
  ledger::diag::error("witness.conflict", {{"witness", asked.address.key.name()},
                                           {"size", std::to_string(checkpoint.tree_size)},
                                           {"witness_size", std::to_string(asked.size)},
                                           {"why", why}});
}

bool Witnesses::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, settings_.interval, [this] { return stopping_; });
}

}  // namespace countersign::api
