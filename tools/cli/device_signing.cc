#include "tools/cli/device_signing.h"

#include "tools/cli/terminal.h"

#include <iostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kSignOffHead = "countersign sign-off v1\n";

bool has_line(const std::string& text, const std::string& start) {
  return text.find("\n" + start) != std::string::npos;
}

}  // namespace

Result<ledger::DeviceKey> open_device_key(const std::string& path) {
  return ledger::DeviceKey::read(
      path, [&] { return read_secret("Passphrase of " + path + ": ", "COUNTERSIGN_PASSPHRASE"); });
}

Result<std::string> sign_statement(const ledger::DeviceKey& key, const std::string& table,
                                   const json& statement) {
  const std::string text = statement.at("text");
  const std::string hash = statement.at("version").at("hash");
  if (!text.starts_with(kSignOffHead) || !has_line(text, "table 数据表: " + table + " / ") ||
      !has_line(text, "content SHA-256 内容: " + hash + "\n")) {
    return Error{Errc::malformed,
                 "the service gave a text that is not the sign-off asked for; nothing is signed:\n" +
                     text};
  }
  std::cerr << text;
  if (::isatty(STDIN_FILENO) == 1) {
    std::cerr << "Sign this text with the key on this device? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y") return Error{Errc::conflict, "nothing was signed"};
  }
  return ledger::SignedNote{text, {key.sign(statement.at("name"), text)}}.serialize();
}

}  // namespace countersign::tools
