#include "tools/verify/report.h"

namespace countersign::tools {

std::string report_text(const VerifyReport& report, bool trusted) {
  std::string out = "origin   " + report.origin + "\nkey      " + report.verifier_key +
                    (trusted ? "" : " (the file's own: compare it with a copy you trust)") +
                    "\nentries  " + std::to_string(report.entries) + "\nitems    " +
                    std::to_string(report.items) + ", of these " + std::to_string(report.withheld) +
                    " withheld\n";
  if (report.erased > 0) {
    out += "erased   " + std::to_string(report.erased) + " items, by orders that the log holds\n";
  }
  if (report.log_keys.size() > 1) {
    out += "replaced " + std::to_string(report.log_keys.size() - 1) +
           " times, each time signed by the key before; the key now: " + report.log_keys.back() +
           "\n";
  }
  if (report.sign_offs + report.sign_offs_withheld > 0) {
    out += "signed   " + std::to_string(report.sign_offs) +
           " sign-offs, each with its person's key of then; " +
           std::to_string(report.sign_offs_withheld) + " withheld, not judged\n";
  }
  if (!report.witnesses.empty()) {
    out += "cosigned by";
    for (const std::string& name : report.witnesses) out += " " + name;
    out += ": the first " + std::to_string(report.cosigned) + " entries\n";
  }
  if (report.witnesses.empty() && report.cosigned > 0) {
    out += "past     the first " + std::to_string(report.cosigned) +
           " entries are those of the checkpoint given\n";
  }
  if (!report.stamped.empty()) {
    const StampedCheckpoint& newest = report.stamped.back();
    out += "stamped  " + std::to_string(report.stamped.size()) + " times; the first " +
           std::to_string(newest.checkpoint.tree_size) + " entries existed at " +
           ledger::format_utc(newest.info.at) + " by " + newest.info.authority +
           (report.times_compared ? ""
                                  : "; a simulated ledger's own times were not compared with it") +
           "\n";
  }
  if (report.statements + report.statements_unjudged > 0) {
    out += "tables   " + std::to_string(report.statements) +
           " submissions and attestations were compared with the rows shown before them";
    if (report.statements_unjudged > 0) {
      out += "; " + std::to_string(report.statements_unjudged) +
             " could not be, because items of the table's rows are withheld";
    }
    out += "\n";
  }
  if (!report.finding) {
    return out +
           "verified: every entry stands under the signed checkpoint, and every item shown "
           "under its entry\n";
  }
  out += "NOT VERIFIED";
  if (report.finding->index) out += ": first bad entry " + std::to_string(*report.finding->index);
  return out + ": " + report.finding->what + "\n";
}

}  // namespace countersign::tools
