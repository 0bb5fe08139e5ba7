// Chasing late units (催报), and what has to be taken into account before anybody is called late:
// what a department was given when, and when the platform stood still. Commands first, then their
// events.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

struct ChaseUnit {
  CampaignId campaign;
  DepartmentId department;
  std::vector<TableKey> tables;
  std::string text;
};
struct UnitChased {
  CampaignId campaign;
  DepartmentId department;
  std::vector<TableKey> tables;
  std::string text;  // payload
};
struct AnswerChase {
  CampaignId campaign;
  LeafIndex chase = 0;
  std::optional<Timestamp> promised;
  std::string text;
};
struct ChaseAnswered {
  CampaignId campaign;
  DepartmentId department;
  LeafIndex chase = 0;
  std::optional<Timestamp> promised;
  std::string text;  // payload
};

// Accounts were issued to a department, or it was trained.
struct RecordReadiness {
  CampaignId campaign;
  std::vector<DepartmentId> departments;
  ReadinessKind what = ReadinessKind::accounts;
  std::string text;
};
struct DepartmentsReady {
  CampaignId campaign;
  std::vector<DepartmentId> departments;
  ReadinessKind what = ReadinessKind::accounts;
  std::string text;  // payload
};

// The platform, or a system that units copy from, stood still; lateness of that time is nobody's.
struct RecordOutage {
  CampaignId campaign;
  Timestamp from;
  Timestamp to;
  std::vector<TableKey> tables;  // empty: all
  std::string text;
};
struct OutageRecorded {
  CampaignId campaign;
  Timestamp from;
  Timestamp to;
  std::vector<TableKey> tables;
  std::string text;  // payload
};

}  // namespace countersign::ledger
