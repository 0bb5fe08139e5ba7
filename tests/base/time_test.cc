#include "ledger/base/time.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

Timestamp at(const char* text) { return parse_rfc3339(text).value(); }

TEST(Rfc3339, OneInstantInManySpellings) {
  const Timestamp noon = at("2020-11-05T12:00:00Z");
  EXPECT_EQ(noon.micros, 1604577600'000000);
  for (const char* text : {"2020-11-05T20:00:00+08:00", "2020-11-05T07:00:00-05:00",
                           "2020-11-05t12:00:00z", "2020-11-05T12:00:00.000000Z",
                           "2020-11-06T01:45:00+13:45", "2020-11-05T12:00:00.0000009Z"}) {
    EXPECT_EQ(at(text), noon) << text;
  }
  EXPECT_EQ(at("2020-11-05T12:00:00.5Z") - noon, (Duration{500'000}));
  EXPECT_EQ(at("2020-11-05T12:00:00.000001Z") - noon, (Duration{1}));
}

TEST(Rfc3339, TwentyFourHoursIsTheEndOfThatDay) {
  EXPECT_EQ(at("2020-11-05T24:00:00+08:00"), at("2020-11-06T00:00:00+08:00"));
  EXPECT_EQ(at("2020-12-31T24:00:00Z"), at("2021-01-01T00:00:00Z"));
  for (const char* text : {"2020-11-05T24:00:01Z", "2020-11-05T24:01:00Z", "2020-11-05T25:00:00Z",
                           "2020-11-05T24:00:00.1Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, KnowsTheCalendar) {
  EXPECT_TRUE(parse_rfc3339("2020-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z"));
  for (const char* text :
       {"2021-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2020-11-31T00:00:00Z",
        "2020-13-01T00:00:00Z", "2020-00-01T00:00:00Z", "2020-01-00T00:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, RefusesAnythingWithoutAnOffsetOrWithMore) {
  for (const char* text :
       {"", "2020-11-05", "2020-11-05T12:00:00", "2020-11-05T12:00:00.Z", "2020-11-05T12:00:60Z",
        "2020-11-05T12:60:00Z", "2020-11-05T12:00:00+0800", "2020-11-05T12:00:00+08",
        "2020-11-05T12:00:00+24:00", "2020-11-05T12:00:00+08:60", "2020-11-05T12:00:00Z ",
        " 2020-11-05T12:00:00Z", "20-11-05T12:00:00Z", "2020-11-05T12:00:00ZZ",
        "2020-1-05T12:00:00Z", "-020-11-05T12:00:00Z"}) {
    const auto parsed = parse_rfc3339(text);
    EXPECT_FALSE(parsed) << text;
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Errc::malformed) << text;
    }
  }
}

TEST(FormatUtc, ReadsBackAndSortsAsTime) {
  std::string previous;
  for (const char* text :
       {"1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z", "2020-02-29T23:59:59.000001Z",
        "2020-11-05T15:59:59.000000Z", "2020-11-05T15:59:59.100000Z"}) {
    EXPECT_EQ(format_utc(at(text)), text);
    EXPECT_LT(previous, text);
    previous = text;
  }
}

TEST(FormatLocal, ShowsTheZone) {
  const Timestamp t = at("2020-11-05T15:59:59Z");
  EXPECT_EQ(format_local(t, 480), "2020-11-05 23:59:59 +08:00");
  EXPECT_EQ(format_local(t, -210), "2020-11-05 12:29:59 -03:30");
  EXPECT_EQ(format_local(t, 0), "2020-11-05 15:59:59 +00:00");
  EXPECT_EQ(format_local(at("2020-11-05T16:00:00Z"), 480), "2020-11-06 00:00:00 +08:00");
}

TEST(SimulatedClock, TicksOnFromWhereItWasSet) {
  const Timestamp start = at("2020-11-05T15:59:59Z");
  const SimulatedClock clock(start);
  const Timestamp first = clock.now();
  const Timestamp second = clock.now();
  EXPECT_GE(first, start);
  EXPECT_GE(second, first);
  EXPECT_LT(first, start + Duration::hours(1));
}

TEST(SimulatedClock, NeverGoesBack) {
  const Timestamp start = at("2020-11-05T15:59:59Z");
  SimulatedClock clock(start);
  const Timestamp later = start + Duration::hours(24);
  ASSERT_TRUE(clock.advance_to(later));
  EXPECT_GE(clock.now(), later);
  const auto back = clock.advance_to(start + Duration::hours(1));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Errc::conflict);
  EXPECT_GE(clock.now(), later);
}

TEST(Time, AnInstantThatCannotBeWrittenIsNotTaken) {
  EXPECT_FALSE(parse_rfc3339("0000-01-01T00:00:00+01:00"));
  EXPECT_FALSE(parse_rfc3339("9999-12-31T24:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("9999-12-31T23:59:59-00:01"));
  for (const char* text : {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
    const auto instant = parse_rfc3339(text);
    ASSERT_TRUE(instant) << text;
    EXPECT_EQ(parse_rfc3339(format_utc(*instant)).value(), *instant);
  }
}

}  // namespace
}  // namespace countersign::ledger
