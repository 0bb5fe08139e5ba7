#include "tools/load/grow/growth.h"

#include "ledger/ledger.h"
#include "tools/load/grow/campus_time.h"
#include "tools/load/grow/edition.h"
#include "tools/load/grow/season.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace countersign::tools {

using ledger::Result;

namespace {

// With so many entries a campaign, tables have all their rows, and are handed in most often.
constexpr double kEntriesOfFullCampaign = 10'000;
constexpr double kEntriesOfRounds = 2'000;
constexpr double kRoundsMax = 8;

Result<void> issue_credentials(const Crew& crew, const ledger::AccountId& administrator,
                               ledger::Timestamp now, Writer& writer) {
  std::vector<Order> orders;
  for (const auto& [account, credential] : crew.credentials()) {
    orders.push_back(
        {administrator, now, ledger::Command(ledger::SetCredential{account, credential})});
  }
  CS_CHECK(writer.commit(orders, now));
  return {};
}

}  // namespace

Result<Grown> grow(const GrowthOptions& options,
                   const std::function<void(ledger::TreeSize, const std::string&)>& progress) {
  const auto began = std::chrono::steady_clock::now();
  const ledger::AccountId administrator("admin");
  const ledger::Timestamp start = on_campus(options.first_year, "08-20 08:00");
  CS_TRY(ledger::DefineCampaign first, edition_of(options.first_year));
  const auto& persons = first.definition->persons;
  const auto founder = std::find_if(persons.begin(), persons.end(), [&](const auto& person) {
    return person.id == first.definition->accounts.front().person;
  });
  CS_CHECK(ledger::Ledger::create(options.directory, options.origin,
                                  {*founder, administrator, options.password}, start));
  ledger::LedgerOptions ledger_options;
  ledger_options.directory = options.directory;
  CS_TRY(const auto ledger, ledger::Ledger::open(std::move(ledger_options)));

  Random random(options.seed);
  Crew crew(*first.definition, ledger->reader().origin(), options.password, random);
  Writer writer(*ledger, administrator, random());
  const double of_a_year =
      static_cast<double>(options.entries) / static_cast<double>(options.years);
  for (int i = 0; i < options.years; ++i) {
    const int year = options.first_year + i;
    CS_TRY(ledger::DefineCampaign defined, edition_of(year));
    const auto campaign = defined.definition;
    const ledger::Timestamp opening = on_campus(year, "09-01 09:00");
    CS_CHECK(writer.commit({{administrator, opening, ledger::Command(std::move(defined))}},
                           opening));
    if (i == 0) CS_CHECK(issue_credentials(crew, administrator, opening, writer));
    SeasonPlan plan;
    plan.year = year;
    plan.entries_end = options.entries * static_cast<ledger::TreeSize>(i + 1) /
                       static_cast<ledger::TreeSize>(options.years);
    plan.rows_share = std::min(1.0, of_a_year / kEntriesOfFullCampaign);
    plan.rounds = static_cast<unsigned>(std::clamp(of_a_year / kEntriesOfRounds, 1.0, kRoundsMax));
    Season season(plan, *campaign, crew, *ledger, writer, random);
    const std::string name = campaign->id.value;
    CS_CHECK(season.play([&](ledger::TreeSize size) { progress(size, name); }));
  }
  CS_CHECK(writer.drain());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return Grown{ledger->reader().size(), took.count()};
}

}  // namespace countersign::tools
