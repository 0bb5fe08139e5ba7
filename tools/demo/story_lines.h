// What the parts of the story share: how instants, durations, entries and names are written.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// " [#12 #40]": the entries that prove a line.
std::string entries_text(const nlohmann::json& entries);
// "11-05 23:59" on the campus; "-" for what is no instant.
std::string time_text(const nlohmann::json& instant);
// "1 d 2 h 5 min" of a number of seconds; "-" for what is no number.
std::string hours_text(const nlohmann::json& seconds);

// The names of a campaign, by key; a key that is unknown stands for itself.
struct StoryNames {
  std::map<std::string, std::string> tables;
  std::map<std::string, std::string> departments;

  std::string table(const nlohmann::json& key) const;
  std::string department(const nlohmann::json& key) const;
};

}  // namespace countersign::tools
