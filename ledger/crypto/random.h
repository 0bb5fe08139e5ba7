// Random bytes from the operating system's generator by way of OpenSSL.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace countersign::ledger {

// For keys, salts and nonces, from any thread. Ends the process when the generator fails: there is no
// safe way on. A process that forks must not draw in the child without exec: short wishes are drawn
// ahead, and both would be given the same.
void fill_random(std::span<std::uint8_t> out);
std::string random_bytes(std::size_t count);

}  // namespace countersign::ledger
