#include "ledger/base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {

TEST(Parallel, EachPartIsDoneOnce) {
  std::vector<std::atomic<int>> done(1000);
  in_parallel(done.size(), [&](std::size_t i) { ++done[i]; });
  for (const auto& times : done) EXPECT_EQ(times, 1);
}

TEST(Parallel, NothingIsNoWork) {
  in_parallel(0, [](std::size_t) { FAIL() << "there is no part"; });
}

TEST(Parallel, WhatAPartThrowsIsThrownToTheCaller) {
  std::atomic<int> running{0};
  EXPECT_THROW(in_parallel(100,
                           [&](std::size_t i) {
                             ++running;
                             if (i == 3) {
                               --running;
                               throw std::runtime_error("part");
                             }
                             --running;
                           }),
               std::runtime_error);
  EXPECT_EQ(running, 0);
}

}  // namespace countersign::ledger
