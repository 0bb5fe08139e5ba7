#include "tools/verify/timestamp_judge.h"

#include "ledger/crypto/sha256.h"

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace countersign::tools {

using ledger::Duration;
using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;
using ledger::Timestamp;

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

// The whole of a small file.
Result<std::string> text_at(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path.string()};
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    return Error{Errc::malformed, path.string() + " is larger than such a file is"};
  }
  return text;
}

std::string accuracy_text(Duration accuracy) {
  if (accuracy.micros == 0) return "no accuracy stated";
  std::string micros = std::to_string(accuracy.micros % 1'000'000);
  micros.insert(0, 6 - micros.size(), '0');
  std::string text = std::to_string(accuracy.micros / 1'000'000) + "." + micros;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return "give or take " + text + " s";
}

}  // namespace

Result<StampedCheckpoint> judge_timestamp(const TimestampFiles& files,
                                          const std::string& authorities, const std::string& key) {
  StampedCheckpoint stamped;
  stamped.name = files.name;
  if (key.empty()) {
    CS_TRY(stamped.checkpoint, ledger::parse_checkpoint_note(files.checkpoint));
  } else {
    CS_TRY(const auto log, ledger::NoteVerifier::from_vkey(key));
    auto opened = ledger::open_checkpoint(files.checkpoint, log);
    if (!opened) return Error{opened.error().code, "the checkpoint: " + opened.error().detail};
    stamped.checkpoint = std::move(*opened);
  }
  const ledger::Hash imprint = ledger::sha256(ledger::as_bytes(files.checkpoint));
  CS_TRY(stamped.info, ledger::verify_timestamp(files.reply, imprint, authorities));
  if (files.request) {
    CS_TRY(const auto request, ledger::read_timestamp_request(*files.request));
    CS_CHECK(ledger::match_timestamp_reply(files.reply, request));
  }
  return stamped;
}

std::string timestamp_text(const StampedCheckpoint& stamped, bool signature_checked) {
  return "origin     " + stamped.checkpoint.origin + "\nentries    " +
         std::to_string(stamped.checkpoint.tree_size) + "\nstamped    " +
         ledger::format_utc(stamped.info.at) + ", " + accuracy_text(stamped.info.accuracy) +
         "\nauthority  " + stamped.info.authority + "\npolicy     " + stamped.info.policy +
         "\nserial     " + stamped.info.serial +
         "\nverified: this checkpoint, and every entry under it, existed then\n" +
         (signature_checked ? ""
                            : "(whether the log signed it was not checked: no verifier key was given)\n");
}

Result<TimestampDemand> timestamp_demand(const std::filesystem::path& directory,
                                         const std::filesystem::path& authorities) {
  TimestampDemand demand;
  CS_TRY(demand.authorities, text_at(authorities));
  CS_CHECK(ledger::check_authorities(demand.authorities));
  if (directory.empty()) return demand;
  std::vector<std::filesystem::path> tokens;
  std::error_code failed;
  for (std::filesystem::directory_iterator files(directory, failed);
       !failed && files != std::filesystem::directory_iterator(); files.increment(failed)) {
    if (files->path().extension() == ".tsr") tokens.push_back(files->path());
  }
  if (failed || tokens.empty()) {
    return Error{Errc::not_found, "no timestamps (N.tsr) in " + directory.string()};
  }
  std::sort(tokens.begin(), tokens.end());
  for (std::filesystem::path& path : tokens) {
    TimestampFiles files;
    files.name = path.filename().string();
    CS_TRY(files.reply, text_at(path));
    CS_TRY(files.checkpoint, text_at(path.replace_extension(".checkpoint")));
    if (std::filesystem::exists(path.replace_extension(".tsq"))) {
      CS_TRY(files.request, text_at(path));
    }
    demand.tokens.push_back(std::move(files));
  }
  return demand;
}

ReceiptTimes::ReceiptTimes(std::vector<StampedCheckpoint> stamped) : stamped_(std::move(stamped)) {
  std::stable_sort(stamped_.begin(), stamped_.end(), [](const auto& a, const auto& b) {
    return a.checkpoint.tree_size < b.checkpoint.tree_size;
  });
  soonest_.resize(stamped_.size());
  for (std::size_t k = stamped_.size(); k-- > 0;) {
    const bool last = k + 1 == stamped_.size();
    const bool sooner = last || ledger::latest_of(stamped_[k].info) <=
                                    ledger::latest_of(stamped_[soonest_[k + 1]].info);
    soonest_[k] = sooner ? k : soonest_[k + 1];
  }
}

std::optional<std::string> ReceiptTimes::judge(std::optional<Timestamp> received_at) {
  const LeafIndex entry = entry_++;
  for (; next_ < stamped_.size() && stamped_[next_].checkpoint.tree_size <= entry; ++next_) {
    if (!newest_before_ || ledger::earliest_of(stamped_[next_].info) >
                               ledger::earliest_of(stamped_[*newest_before_].info)) {
      newest_before_ = next_;
    }
  }
  if (!received_at) return "its time of receipt does not read";
  const auto told = [&](const char* relation, const StampedCheckpoint& stamp, const char* so) {
    return "it says that it was received at " + ledger::format_utc(*received_at) + ", but " +
           relation + " the checkpoint of " + std::to_string(stamp.checkpoint.tree_size) +
           " entries that was stamped at " + ledger::format_utc(stamp.info.at) + " (" + stamp.name +
           "): " + so;
  };
  if (next_ < stamped_.size()) {
    const StampedCheckpoint& stamp = stamped_[soonest_[next_]];
    if (*received_at > ledger::latest_of(stamp.info)) {
      return told("stands under", stamp, "the service's clock was ahead");
    }
  }
  if (newest_before_) {
    const StampedCheckpoint& stamp = stamped_[*newest_before_];
    if (*received_at + kUnderWay < ledger::earliest_of(stamp.info)) {
      return told("is missing under", stamp, "the service's clock was set back or behind");
    }
  }
  return std::nullopt;
}

}  // namespace countersign::tools
