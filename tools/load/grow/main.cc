// countersign-grow: makes a ledger as years of campaigns leave it, to measure what grows with one.
#include "tools/load/grow/growth.h"

#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  using Steady = std::chrono::steady_clock;
  countersign::tools::GrowthOptions options;
  CLI::App app{"countersign-grow: a ledger as years of campaigns leave it"};
  app.add_option("--data", options.directory, "directory of the ledger to be made")->required();
  app.add_option("--entries", options.entries, "wanted in the end")->capture_default_str();
  app.add_option("--years", options.years, "campaigns, one a year")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  app.add_option("--first-year", options.first_year, "of the first campaign")
      ->check(CLI::Range(1990, 2050))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "another one gives other edits")->capture_default_str();
  app.add_option("--password", options.password, "of every account")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto began = Steady::now();
  auto told = began;
  const auto grown = countersign::tools::grow(
      options, [&](countersign::ledger::TreeSize entries, const std::string& campaign) {
        const auto now = Steady::now();
        if (now - told < std::chrono::seconds(5)) return;
        told = now;
        const std::chrono::duration<double> took = now - began;
        std::cerr << campaign << ": " << entries << " of " << options.entries << " entries, "
                  << static_cast<std::uint64_t>(static_cast<double>(entries) / took.count())
                  << " a second\n";
      });
  if (!grown) {
    std::cerr << "countersign-grow: " << grown.error().detail << "\n";
    return 1;
  }
  std::cout << "{\"entries\":" << grown->entries << ",\"seconds\":" << grown->seconds << "}\n";
  return 0;
}
