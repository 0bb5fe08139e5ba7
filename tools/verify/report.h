// What a verification found, for people.
#pragma once

#include "tools/verify/export_verifier.h"

#include <string>

namespace countersign::tools {

// `trusted`: the key came from the reader, not from the file.
std::string report_text(const VerifyReport& report, bool trusted);

}  // namespace countersign::tools
