#include "tools/demo/synthetic_school.h"

#include "ledger/base/result.h"
#include "tools/demo/plausible_values.h"
#include "tools/demo/references.h"
#include "tools/demo/single_records.h"
#include "tools/demo/table_rows.h"

namespace countersign::tools {

using ledger::Cells;
using ledger::Column;
using ledger::TableDefinition;

namespace {

const TableRows* rows_of(std::string_view table) {
  for (const auto group :
       {profile_rows(), staff_rows(), teaching_rows(), student_rows(), teacher_education_rows()}) {
    for (const TableRows& one : group) {
      if (one.table == table) return &one;
    }
  }
  return nullptr;
}

// FNV-1a, 64 bits: std::hash differs between libraries.
std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

}  // namespace

SyntheticSchool::SyntheticSchool(const ledger::CampaignDefinition& campaign, std::uint64_t seed)
    : seed_(seed), base_(campaign, seed) {}

std::vector<Cells> SyntheticSchool::rows(const std::string& key) const {
  const TableDefinition* table = base_.campaign.table(ledger::TableKey(key));
  CS_ASSERT(table != nullptr);
  if (table->single_row) return {single_record(key)};
  const TableRows* generator = rows_of(key);
  CS_ASSERT(generator != nullptr);
  // A generator of its own for each table, so that adding one leaves the others as they are.
  Random random(seed_ ^ fnv1a(key));
  std::vector<Cells> rows(generator->count);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = plausible_row(*table, i, random);
    put_references(base_, *table, i, rows[i]);
    if (generator->fill != nullptr) generator->fill(base_, i, random, rows[i]);
  }
  return rows;
}

std::string SyntheticSchool::sheet(const TableDefinition& table, const std::vector<Cells>& rows) {
  std::string out;
  const auto line = [&](auto value_of) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (i > 0) out += ',';
      out += value_of(table.columns[i]);
    }
    out += "\r\n";
  };
  line([](const Column& column) { return column.key; });
  for (const Cells& cells : rows) {
    line([&](const Column& column) { return cells.at(column.key).value_or(""); });
  }
  return out;
}

std::string SyntheticSchool::sheet(const std::string& key) const {
  return sheet(*base_.campaign.table(ledger::TableKey(key)), rows(key));
}

}  // namespace countersign::tools
