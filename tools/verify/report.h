// What a verification found, for people.
#pragma once

#include <string>

#include "tools/verify/export_verifier.h"

namespace countersign::tools {

// `trusted`: the key came from the reader, not from the file.
std::string report_text(const VerifyReport& report, bool trusted);

}  // namespace countersign::tools
