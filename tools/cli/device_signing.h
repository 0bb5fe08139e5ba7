// Signing with a key on this device: opening its file, and making the note of a sign-off after the
// text was shown and found to be a sign-off of what was asked for. The service proposes the text;
// a key that signed whatever it is handed could be made to sign its own replacement.
#pragma once

#include "ledger/base/result.h"
#include "ledger/crypto/device_key.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// Asks for the passphrase of a sealed file; COUNTERSIGN_PASSPHRASE comes first.
//   as ledger::DeviceKey::read
ledger::Result<ledger::DeviceKey> open_device_key(const std::string& path);

// The signed note of what POST …/sign-off-text answered. Shows the text on standard error, and asks
// whether to sign it when standard input is a terminal.
//   Errc::malformed   the text is no sign-off, or of another table or content than `statement` says
//   Errc::conflict    the person said no
ledger::Result<std::string> sign_statement(const ledger::DeviceKey& key, const std::string& table,
                                           const nlohmann::json& statement);

}  // namespace countersign::tools
