// Random bytes from the operating system's generator by way of OpenSSL.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace countersign::ledger {

// For keys and salts. Ends the process when the generator fails: there is no safe way on.
void fill_random(std::span<std::uint8_t> out);
std::string random_bytes(std::size_t count);

}  // namespace countersign::ledger
