#include "ledger/witness/kept_timestamps.h"

#include "ledger/evidence/file_io.h"
#include "ledger/witness/durable_file.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace countersign::ledger {

namespace {

constexpr char kCheckpoint[] = ".checkpoint";
constexpr char kRequest[] = ".tsq";
constexpr char kReply[] = ".tsr";

// Of a name such as "12.tsr"; 0: of another file.
std::uint64_t number_of_reply(const std::filesystem::path& name) {
  const std::string stem = name.stem().string();
  std::uint64_t number = 0;
  const char* const end = stem.data() + stem.size();
  const auto [stopped, error] = std::from_chars(stem.data(), end, number);
  return name.extension() == kReply && error == std::errc() && stopped == end ? number : 0;
}

}  // namespace

Result<std::unique_ptr<KeptTimestamps>> KeptTimestamps::open(std::filesystem::path directory) {
  std::uint64_t count = 0;
  std::error_code failed;
  std::filesystem::directory_iterator files(directory, failed);
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return Error{Errc::io, "cannot read " + directory.string() + ": " + failed.message()};
  }
  for (; !failed && files != std::filesystem::directory_iterator(); files.increment(failed)) {
    count = std::max(count, number_of_reply(files->path().filename()));
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return Error{Errc::io, "cannot read " + directory.string() + ": " + failed.message()};
  }
  return std::unique_ptr<KeptTimestamps>(new KeptTimestamps(std::move(directory), count));
}

std::filesystem::path KeptTimestamps::file(std::uint64_t number, const char* kind) const {
  return directory_ / (std::to_string(number) + kind);
}

Result<std::uint64_t> KeptTimestamps::add(const std::string& checkpoint, const std::string& request,
                                          const std::string& reply) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = count_ + 1;
  CS_CHECK(make_owner_directory(directory_));
  CS_CHECK(replace_durably(file(number, kCheckpoint), checkpoint));
  CS_CHECK(replace_durably(file(number, kRequest), request));
  CS_CHECK(replace_durably(file(number, kReply), reply));
  count_ = number;
  return number;
}

std::uint64_t KeptTimestamps::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

Result<KeptTimestamp> KeptTimestamps::token(std::uint64_t number) const {
  if (number == 0 || number > count()) return Error{Errc::not_found, "no such timestamp"};
  KeptTimestamp kept{number, {}, {}, {}};
  CS_TRY(kept.checkpoint, read_small_file(file(number, kCheckpoint)));
  CS_TRY(kept.request, read_small_file(file(number, kRequest)));
  CS_TRY(kept.reply, read_small_file(file(number, kReply)));
  return kept;
}

}  // namespace countersign::ledger
