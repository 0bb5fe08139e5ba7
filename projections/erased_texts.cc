#include "projections/erased_texts.h"

#include "ledger/domain/erased_item_codec.h"
#include "projections/entries/apply.h"
#include "projections/step.h"

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;

namespace {

// One overload an event that has words in a view of its own; the columns are those that its apply
// function fills.
class Words {
 public:
  Words(Database& store, LeafIndex index) : store_(store), index_(index) {}

  Result<void> put(const ledger::DueMoved& e) const { return set("due_moves", "reason", e.reason); }
  Result<void> put(const ledger::TableReturned& e) const {
    for (std::size_t i = 0; i < e.reasons.size(); ++i) {
      CS_CHECK(set_at("return_reasons", "text", i, e.reasons[i].text));
    }
    return {};
  }

  Result<void> put(const ledger::CampaignTabled& e) const { return title(e.report.title); }
  Result<void> put(const ledger::CampaignDecided& e) const {
    CS_CHECK(title(e.minutes.title));
    for (std::size_t i = 0; i < e.opinions.size(); ++i) {
      CS_CHECK(set_at("proceeding_tables", "text", i, e.opinions[i].text));
    }
    return set("due_moves", "reason", e.minutes.title);
  }
  Result<void> put(const ledger::ExceptionGranted& e) const {
    CS_CHECK(set_at("proceeding_tables", "text", 0, e.reason));
    return set("due_moves", "reason", e.reason);
  }
  Result<void> put(const ledger::CampaignSubmitted& e) const { return title(e.receipt.title); }
  Result<void> put(const ledger::CampaignAccepted& e) const { return title(e.notice.title); }
  Result<void> put(const ledger::CampaignReopened& e) const {
    CS_CHECK(title(e.order.title));
    return set("due_moves", "reason", e.order.title);
  }

  Result<void> put(const ledger::FactObjected& e) const {
    CS_CHECK(set("fact_acts", "text", e.ground));
    return documents("fact_evidence", e.evidence);
  }
  Result<void> put(const ledger::FactDecided& e) const { return set("fact_acts", "text", e.reason); }
  Result<void> put(const ledger::BulletinDrafted& e) const {
    return set("bulletin_texts", "text", e.text);
  }
  Result<void> put(const ledger::BulletinCorrected& e) const {
    CS_CHECK(set("bulletin_texts", "text", e.text));
    return set("bulletin_texts", "reason", e.reason);
  }
  Result<void> put(const ledger::BulletinPublished& e) const {
    auto known = store_.query(
        "SELECT receiver FROM bulletin_receivers WHERE idx = ?1 AND receiver NOT IN"
        " (SELECT r.receiver FROM bulletin_receivers r JOIN bulletin_publications p ON p.idx = r.idx"
        "  JOIN bulletin_texts t ON t.idx = p.text WHERE t.bulletin = ?2 AND r.idx < ?1)");
    CS_TRY(const auto named, known.bind(index_, e.bulletin).strings());
    return forget(named, e.to);
  }

  Result<void> put(const ledger::ValidationRun& e) const {
    for (std::size_t i = 0; i < e.findings.size(); ++i) {
      CS_CHECK(store_.execute("UPDATE findings SET note = ? WHERE run = ? AND position = ?",
                              e.findings[i].note, index_, i));
    }
    return {};
  }
  Result<void> put(const ledger::FindingExplained& e) const {
    CS_CHECK(set("explanations", "reason", e.reason));
    return documents("explanation_evidence", e.evidence);
  }
  Result<void> put(const ledger::ExplanationDecided& e) const {
    return store_.execute("UPDATE explanations SET decision_reason = ? WHERE decided_by = ?",
                          e.reason, index_);
  }
  Result<void> put(const ledger::RuleWithdrawn& e) const {
    CS_CHECK(set("withdrawn_rules", "reason", e.reason));
    return set("fact_acts", "text", e.reason);
  }

  Result<void> put(const ledger::PlanDrafted& e) const {
    for (std::size_t i = 0; i < e.items.size(); ++i) {
      CS_CHECK(store_.execute(
          "UPDATE plan_items SET cause = ?, measure = ?, owner = ? WHERE idx = ? AND position = ?",
          e.items[i].cause, e.items[i].measure, e.items[i].owner, index_, i));
    }
    return {};
  }
  Result<void> put(const ledger::PlanDecided& e) const {
    for (const auto& one : e.items) {
      CS_CHECK(store_.execute("UPDATE plan_item_decisions SET reason = ? WHERE idx = ? AND item = ?",
                              one.reason, index_, one.item));
    }
    return {};
  }
  Result<void> put(const ledger::PlanFollowedUp& e) const {
    return set("plan_follow_ups", "text", e.text);
  }

  Result<void> put(const ledger::EvidenceRegistered& e) const {
    CS_CHECK(set("evidence", "title", e.what.title));
    CS_CHECK(set("evidence", "file_name", e.what.file_name));
    return set("evidence", "valid_for", e.what.valid_for);
  }
  Result<void> put(const ledger::EvidenceShown& e) const {
    return set("evidence_shown", "receiver", e.to);
  }
  Result<void> put(const ledger::EvidenceWithdrawn& e) const { return changed_evidence(e.reason); }
  Result<void> put(const ledger::EvidenceMissing& e) const { return changed_evidence(e.reason); }

  Result<void> put(const ledger::CorrectionRequested& e) const {
    return set("corrections", "text", e.text);
  }
  Result<void> put(const ledger::CorrectionAnswered& e) const {
    return store_.execute("UPDATE corrections SET reason = ? WHERE answered_by = ?", e.reason,
                          index_);
  }

  Result<void> put(const ledger::CaseOpened& e) const { return set("cases", "title", e.title); }
  Result<void> put(const ledger::CaseServed& e) const {
    return set("case_services", "receiver", e.to);
  }
  Result<void> put(const ledger::CaseConcluded& e) const {
    CS_CHECK(set("case_texts", "text", e.text));
    auto known = store_.query(
        "SELECT receiver FROM case_receivers WHERE idx = ?1 AND receiver NOT IN"
        " (SELECT r.receiver FROM bulletin_receivers r JOIN bulletin_publications p ON p.idx = r.idx"
        "  JOIN bulletin_texts t ON t.idx = p.text WHERE t.bulletin = ?2)");
    CS_TRY(const auto named, known.bind(index_, e.bulletin).strings());
    return forget(named, e.to);
  }
  Result<void> put(const ledger::CaseCorrected& e) const {
    CS_CHECK(set("case_texts", "text", e.text));
    return set("case_texts", "reason", e.reason);
  }

  Result<void> put(const ledger::UnitChased& e) const { return set("chases", "text", e.text); }
  Result<void> put(const ledger::ChaseAnswered& e) const {
    return set("chase_answers", "text", e.text);
  }
  Result<void> put(const ledger::DepartmentsReady& e) const {
    return set("readiness", "text", e.text);
  }
  Result<void> put(const ledger::OutageRecorded& e) const { return set("outages", "text", e.text); }

  // The rest have no words, or none but the reason in the list of entries.
  template <typename Other>
  Result<void> put(const Other&) const {
    return {};
  }

  Result<void> set(const std::string& table, const std::string& column,
                   const std::string& text) const {
    return store_.execute("UPDATE " + table + " SET " + column + " = ? WHERE idx = ?", text, index_);
  }

 private:
  Result<void> set_at(const std::string& table, const std::string& column, std::size_t position,
                      const std::string& text) const {
    return store_.execute("UPDATE " + table + " SET " + column + " = ? WHERE idx = ? AND position = ?",
                          text, index_, position);
  }
  Result<void> title(const std::string& text) const { return set("proceedings", "title", text); }
  Result<void> changed_evidence(const std::string& reason) const {
    return store_.execute("UPDATE evidence SET reason = ? WHERE changed = ?", reason, index_);
  }
  Result<void> documents(const std::string& table,
                         const std::vector<ledger::DocumentRef>& documents) const {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      CS_CHECK(set_at(table, "title", i, documents[i].title));
    }
    return {};
  }
  // Those known of the entry that are not `left` were erased. Later texts reached them as well.
  Result<void> forget(const std::vector<std::string>& known,
                      const std::vector<std::string>& left) const {
    for (const std::string& receiver : known) {
      if (std::ranges::find(left, receiver) != left.end()) continue;
      for (const char* table : {"bulletin_receivers", "case_receivers"}) {
        CS_CHECK(store_.execute(std::string("UPDATE OR REPLACE ") + table +
                                    " SET receiver = ? WHERE receiver = ? AND idx >= ?",
                                ledger::kErasedText, receiver, index_));
      }
    }
    return {};
  }

  Database& store_;
  const LeafIndex index_;
};

}  // namespace

Result<void> apply_erased_texts(Database& store, const ledger::RecordedEvent& left) {
  const Words words(store, left.index);
  CS_CHECK(words.set("entries", "reason", reason_of(left.event)));
  return std::visit([&](const auto& event) { return words.put(event); }, left.event);
}

}  // namespace countersign::projections
