// What entries of one area look like, one file an area: the members that stand in the header, and
// the payload's items. event_json.cc and event_codec.cc call these for every event that they do not
// write themselves. Private to codecs.
#pragma once

#include "ledger/domain/event_json.h"

#include <string>
#include <vector>

namespace countersign::ledger {

// Members of the header's "data", without campaign and table.
nlohmann::json write_data(const ValidationRun& event);  // validation_event_codec.cc
nlohmann::json write_data(const FindingExplained& event);
nlohmann::json write_data(const ExplanationDecided& event);
nlohmann::json write_data(const RuleWithdrawn& event);
nlohmann::json write_data(const IndicatorsComputed& event);  // indicator_event_codec.cc
nlohmann::json write_data(const PlanRequired& event);
nlohmann::json write_data(const PlanDrafted& event);
nlohmann::json write_data(const PlanDecided& event);
nlohmann::json write_data(const PlanFollowedUp& event);
nlohmann::json write_data(const EvidenceRegistered& event);  // evidence_event_codec.cc
nlohmann::json write_data(const EvidenceShown& event);
nlohmann::json write_data(const EvidenceWithdrawn& event);
nlohmann::json write_data(const EvidenceMissing& event);
nlohmann::json write_data(const RowsConfirmed& event);  // carry_forward_event_codec.cc
nlohmann::json write_data(const CorrectionRequested& event);
nlohmann::json write_data(const CorrectionAnswered& event);
nlohmann::json write_data(const CaseOpened& event);  // case_event_codec.cc
nlohmann::json write_data(const PackSealed& event);
nlohmann::json write_data(const CaseServed& event);
nlohmann::json write_data(const CaseAcknowledged& event);
nlohmann::json write_data(const CaseConcluded& event);
nlohmann::json write_data(const CaseCorrected& event);
nlohmann::json write_data(const UnitChased& event);  // reminder_event_codec.cc
nlohmann::json write_data(const ChaseAnswered& event);
nlohmann::json write_data(const DepartmentsReady& event);
nlohmann::json write_data(const OutageRecorded& event);
nlohmann::json write_data(const RowErased& event);  // erasure_event_codec.cc
nlohmann::json write_data(const TextsErased& event);
nlohmann::json write_data(const PersonErased& event);
nlohmann::json write_data(const TableAttested& event);  // attestation_event_codec.cc

void read_data(JsonReader& in, ValidationRun& event);
void read_data(JsonReader& in, FindingExplained& event);
void read_data(JsonReader& in, ExplanationDecided& event);
void read_data(JsonReader& in, RuleWithdrawn& event);
void read_data(JsonReader& in, IndicatorsComputed& event);
void read_data(JsonReader& in, PlanRequired& event);
void read_data(JsonReader& in, PlanDrafted& event);
void read_data(JsonReader& in, PlanDecided& event);
void read_data(JsonReader& in, PlanFollowedUp& event);
void read_data(JsonReader& in, EvidenceRegistered& event);
void read_data(JsonReader& in, EvidenceShown& event);
void read_data(JsonReader& in, EvidenceWithdrawn& event);
void read_data(JsonReader& in, EvidenceMissing& event);
void read_data(JsonReader& in, RowsConfirmed& event);
void read_data(JsonReader& in, CorrectionRequested& event);
void read_data(JsonReader& in, CorrectionAnswered& event);
void read_data(JsonReader& in, CaseOpened& event);
void read_data(JsonReader& in, PackSealed& event);
void read_data(JsonReader& in, CaseServed& event);
void read_data(JsonReader& in, CaseAcknowledged& event);
void read_data(JsonReader& in, CaseConcluded& event);
void read_data(JsonReader& in, CaseCorrected& event);
void read_data(JsonReader& in, UnitChased& event);
void read_data(JsonReader& in, ChaseAnswered& event);
void read_data(JsonReader& in, DepartmentsReady& event);
void read_data(JsonReader& in, OutageRecorded& event);
void read_data(JsonReader& in, RowErased& event);
void read_data(JsonReader& in, TextsErased& event);
void read_data(JsonReader& in, PersonErased& event);
void read_data(JsonReader& in, TableAttested& event);

// The payload of the command's one event.
std::vector<std::string> write_items(const RecordValidation& command);
std::vector<std::string> write_items(const ExplainFinding& command);
std::vector<std::string> write_items(const DecideExplanation& command);
std::vector<std::string> write_items(const WithdrawRule& command);
std::vector<std::string> write_items(const DraftPlan& command);
std::vector<std::string> write_items(const DecidePlan& command);
std::vector<std::string> write_items(const FollowUpPlan& command);
std::vector<std::string> write_items(const RegisterEvidence& command);
std::vector<std::string> write_items(const ShowEvidence& command);
std::vector<std::string> write_items(const WithdrawEvidence& command);
std::vector<std::string> write_items(const ReportEvidenceMissing& command);
std::vector<std::vector<std::string>> write_chunks(const ConfirmRows& command);
std::vector<std::string> write_items(const RequestCorrection& command);
std::vector<std::string> write_items(const AnswerCorrection& command);
std::vector<std::string> write_items(const OpenCase& command);
std::vector<std::string> write_items(const ServeCase& command);
std::vector<std::string> write_items(const ConcludeCase& command);
std::vector<std::string> write_items(const CorrectCase& command);
std::vector<std::string> write_items(const ChaseUnit& command);
std::vector<std::string> write_items(const AnswerChase& command);
std::vector<std::string> write_items(const RecordReadiness& command);
std::vector<std::string> write_items(const RecordOutage& command);
std::vector<std::string> write_items(const EraseRow& command);
std::vector<std::string> write_items(const EraseTexts& command);
std::vector<std::string> write_items(const ErasePerson& command);

// Takes an item into the event; false: it does not belong there.
bool read_item(const std::string& kind, JsonReader& in, ValidationRun& event);
bool read_item(const std::string& kind, JsonReader& in, FindingExplained& event);
bool read_item(const std::string& kind, JsonReader& in, ExplanationDecided& event);
bool read_item(const std::string& kind, JsonReader& in, RuleWithdrawn& event);
bool read_item(const std::string& kind, JsonReader& in, PlanDrafted& event);
bool read_item(const std::string& kind, JsonReader& in, PlanDecided& event);
bool read_item(const std::string& kind, JsonReader& in, PlanFollowedUp& event);
bool read_item(const std::string& kind, JsonReader& in, EvidenceRegistered& event);
bool read_item(const std::string& kind, JsonReader& in, EvidenceShown& event);
bool read_item(const std::string& kind, JsonReader& in, EvidenceWithdrawn& event);
bool read_item(const std::string& kind, JsonReader& in, EvidenceMissing& event);
bool read_item(const std::string& kind, JsonReader& in, RowsConfirmed& event);
bool read_item(const std::string& kind, JsonReader& in, CorrectionRequested& event);
bool read_item(const std::string& kind, JsonReader& in, CorrectionAnswered& event);
bool read_item(const std::string& kind, JsonReader& in, CaseOpened& event);
bool read_item(const std::string& kind, JsonReader& in, CaseServed& event);
bool read_item(const std::string& kind, JsonReader& in, CaseConcluded& event);
bool read_item(const std::string& kind, JsonReader& in, CaseCorrected& event);
bool read_item(const std::string& kind, JsonReader& in, UnitChased& event);
bool read_item(const std::string& kind, JsonReader& in, ChaseAnswered& event);
bool read_item(const std::string& kind, JsonReader& in, DepartmentsReady& event);
bool read_item(const std::string& kind, JsonReader& in, OutageRecorded& event);
bool read_item(const std::string& kind, JsonReader& in, RowErased& event);
bool read_item(const std::string& kind, JsonReader& in, TextsErased& event);
bool read_item(const std::string& kind, JsonReader& in, PersonErased& event);

// Shared by several areas.
nlohmann::json write_carry_source(const CarrySource& source);
CarrySource read_carry_source(JsonReader& in);
// An item with nothing but a text, or none where there is no text.
std::vector<std::string> text_only(std::string_view role, const std::string& text);
bool read_text(const std::string& kind, JsonReader& in, std::string& text);
template <typename Id>
nlohmann::json ids_json(const std::vector<Id>& ids) {
  nlohmann::json out = nlohmann::json::array();
  for (const Id& id : ids) out.push_back(id.value);
  return out;
}

}  // namespace countersign::ledger
