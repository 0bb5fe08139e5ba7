"""Rules, indicators and plans over the demonstration: incidents 3, 7 and 9, each told by the views and by the
log alike, and all rules over all rows."""
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import Client, Service, demonstration, schema_problem

CAMPAIGN = "/v1/campaigns/2020"
RATIO = f"{CAMPAIGN}/indicators/student_teacher_ratio"


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        cls.story = demonstration(cls.directory / "demo")
        cls.service = Service(cls.directory / "demo")
        cls.centre = Client(cls.service, "centre.1")
        _, _, export = cls.centre.raw("GET", "/v1/log/export")
        lines = [json.loads(line) for line in export.decode().splitlines()]
        cls.entries = [line for line in lines if "header" in line]
        cls.headers = [json.loads(entry["header"]) for entry in cls.entries]

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def documented(self, path, target):
        answer = self.centre.get(target)
        document = self.centre.get("/openapi.json")
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    def of_type(self, kind, campaign="2020", table=None):
        return [h for h in self.headers if h["type"] == kind and h.get("campaign") == campaign
                and (table is None or h.get("table") == table)]

    def facts(self, query):
        return self.centre.get(f"{CAMPAIGN}/facts?limit=1000&{query}")["facts"]

    # --- incident 3 ---------------------------------------------------------------------------

    def test_incident_3_figures_in_yuan_trip_every_cell_and_one_record_mends_them(self):
        run = self.of_type("validation.run", table="funding_detail")[0]
        outcome, = [o for o in run["data"]["outcomes"] if o["rule"] == "H11"]
        self.assertEqual(outcome["count"], 21)
        findings = self.documented("/v1/campaigns/{campaign}/tables/{table}/findings",
                                   f"{CAMPAIGN}/tables/funding_detail/findings?rule=H11&run={run['index']}")
        self.assertEqual(len({f["column"] for f in findings["findings"]}), 21)
        imports = self.of_type("sheet.imported", table="funding_detail")
        self.assertEqual([i["data"]["counts"] for i in imports],
                         [{"added": 1, "changed": 0, "removed": 0}, {"added": 0, "changed": 1, "removed": 0}])
        # One record, 21 cells, one cause.
        mended, = [h for h in self.of_type("rows.changed", table="funding_detail")
                   if run["index"] < h["index"] < imports[1]["index"]]
        changes = self.centre.get(f"{CAMPAIGN}/tables/funding_detail/history?row=1&limit=200")["changes"]
        cells = [c for c in changes if c["index"] == mended["index"]]
        self.assertEqual(len(cells), 21)
        self.assertEqual({c["reason"] for c in cells}, {"原以元为单位，现按万元整表重报"})
        for cell in cells:
            self.assertAlmostEqual(float(cell["from"]), float(cell["to"]) * 10000)
        last = self.of_type("validation.run", table="funding_detail")[1]
        self.assertEqual([o["count"] for o in last["data"]["outcomes"] if o["rule"] == "H11"], [0])

    # --- incident 7 ---------------------------------------------------------------------------

    def test_incident_7_eleven_facts_are_voided_and_still_listed(self):
        withdrawal, = self.of_type("rule.withdrawn")
        self.assertEqual(withdrawal["data"], {"rule": "T02s", "version": 1})
        self.assertEqual(withdrawal["actor"]["role"], "centre_office")
        voided = [f for f in self.facts("") if any(a["kind"] == "withdrawal" for a in f["acts"])]
        self.assertEqual(len(voided), 11)
        self.assertEqual({(f["state"], f["counts"]) for f in voided}, {("voided", False)})
        self.assertEqual(sorted({f["kind"] for f in voided}), ["F4", "F6", "F8"] if
                         any(f["kind"] == "F8" for f in voided) else ["F4", "F6"])
        for fact in voided:
            self.assertLess(max(fact["entries"][:1]), withdrawal["index"])
            act, = [a for a in fact["acts"] if a["kind"] == "withdrawal"]
            self.assertEqual((act["index"], act["verdict"]), (withdrawal["index"], "voided"))
        # What the rule found stays to be seen, as void.
        run = self.of_type("validation.run", table="undergraduates")[-1]
        outcome, = [o for o in run["data"]["outcomes"] if o["rule"] == "T02s"]
        self.assertEqual(outcome["count"], 4900)
        found = self.centre.get(f"{CAMPAIGN}/tables/undergraduates/findings?rule=T02s&run={run['index']}&limit=1000")
        self.assertEqual({f["state"] for f in found["findings"]}, {"void"})
        outcome, = [o for o in found["run"]["outcomes"] if o["rule"] == "T02s"]
        self.assertEqual((outcome["state"], outcome["open"]), ("void", 0))
        rule, = [r for r in self.documented("/v1/campaigns/{campaign}/rules", f"{CAMPAIGN}/rules")["rules"]
                 if r["id"] == "T02s"]
        self.assertEqual([w["index"] for w in rule["withdrawn"]], [withdrawal["index"]])
        # Later runs leave it out.
        later = [h for h in self.of_type("validation.run") if h["index"] > withdrawal["index"]]
        self.assertTrue(later)
        self.assertFalse([h for h in later if "T02s" in json.dumps(h["data"])])
        self.assertIn("新生 4,900", self.story)

    # --- incident 9 ---------------------------------------------------------------------------

    def test_incident_9_the_two_edits_that_carry_the_ratio_across_its_mark_are_named(self):
        shown = self.documented("/v1/campaigns/{campaign}/indicators/{indicator}", RATIO)
        crossing, = [c for c in shown["crossings"] if c["edit"]["table"] == "external_teachers"]
        edit = crossing["edit"]
        self.assertEqual((edit["before"]["value"], edit["after"]["value"]), ("18.008", "18.000"))
        self.assertEqual((edit["before"]["result"], edit["after"]["result"]), ("fails", "passes"))
        self.assertEqual((edit["table"], edit["account"] if "account" in edit else "hr.filler"),
                         ("external_teachers", "hr.filler"))
        self.assertEqual([(e["before"]["value"], e["after"]["value"], e["crossed"]) for e in crossing["contributing"]],
                         [("18.016", "18.008", False), ("18.008", "18.000", True)])
        self.assertEqual(crossing["review"]["after_level"], "first_review")
        self.assertEqual(crossing["review"]["before_body"], "leading_group")
        self.assertIn("before", crossing["review"]["words"]["en"])
        # By the log: two rows added, minutes apart, by one account, after the first review and before the group.
        added = [self.headers[e["index"]] for e in crossing["contributing"]]
        self.assertEqual([h["type"] for h in added], ["rows.changed"] * 2)
        self.assertEqual([h["received_at"][:16] for h in added], ["2020-11-04T09:38", "2020-11-04T09:40"])
        reviewed = [h["index"] for h in self.of_type("table.approved", table="external_teachers")
                    if h["data"]["level"] == "first_review"]
        decided = self.of_type("campaign.decided")[0]["index"]
        self.assertTrue(reviewed[0] < added[0]["index"] < added[1]["index"] < decided)
        fact, = self.facts("kind=F10&table=external_teachers")
        self.assertFalse(fact["counts"], "shown, never a fault by itself")
        self.assertIn(added[1]["index"], fact["entries"])
        figures = [h["data"] for h in self.of_type("indicators.computed")]
        ratios = [next(i for i in data["indicators"] if i["id"] == "student_teacher_ratio") for data in figures]
        self.assertEqual([r["result"] for r in ratios], ["fails", "passes", "passes"])
        self.assertAlmostEqual(ratios[0]["value"], 20610 / 1144)
        self.assertEqual(ratios[1]["value"], 18)

    def test_the_figures_of_the_school_are_those_worked_out_by_hand(self):
        shown = self.documented("/v1/campaigns/{campaign}/indicators", f"{CAMPAIGN}/indicators")
        figures = {i["id"]: (i["figure"]["value"], i["figure"]["result"]) for i in shown["indicators"]}
        self.assertEqual(figures["student_teacher_ratio"], ("18.000", "passes"))
        self.assertEqual(figures["space_per_student"], ("13.92", "fails"))
        self.assertEqual(figures["books_per_student"][1], "fails")
        self.assertEqual(figures["new_equipment_share"][1], "passes_by_alternative")
        self.assertEqual(figures["graduate_degree_share"], ("87.7", "passes"))
        cells = self.documented("/v1/campaigns/{campaign}/indicators/{indicator}/cells",
                                f"{RATIO}/cells?quantity=weighted_students&limit=100")
        self.assertEqual(sum(float(c["adds"]) for c in cells["cells"]), 20610)
        external = self.centre.get(f"{RATIO}/cells?quantity=external_teachers&limit=1000")
        self.assertEqual(external["total"], 210)

    # --- plans --------------------------------------------------------------------------------

    def test_what_misses_its_mark_has_a_plan_that_the_group_accepted_item_by_item(self):
        plans = {p["indicator"]: p for p in
                 self.documented("/v1/campaigns/{campaign}/plans", f"{CAMPAIGN}/plans")["plans"]}
        self.assertEqual(set(plans), {"student_teacher_ratio", "space_per_student", "books_per_student"})
        books = plans["books_per_student"]
        self.assertEqual((books["status"], len(books["drafts"])), ("accepted", 2))
        first = books["drafts"][0]["decision"]
        self.assertEqual([i["accepted"] for i in first["items"]], [True, False])
        self.assertIn("金额", first["items"][1]["reason"])
        # Required, never drafted, and settled since the figure passes.
        self.assertTrue(plans["student_teacher_ratio"]["settled"])
        decided = [h for h in self.of_type("plan.decided")]
        self.assertEqual([h["data"]["accepted"] for h in decided], [True, False, True])

    # --- all rules ----------------------------------------------------------------------------

    def test_no_rule_is_broken_and_every_table_was_run(self):
        runs = {}
        for header in self.of_type("validation.run"):
            runs[header["table"]] = header["data"]
        self.assertGreater(len(runs), 80)
        for table, data in runs.items():
            for outcome in data["outcomes"]:
                self.assertNotIn("broken", outcome, (table, outcome))
        self.assertIn("countersign_rules_broken 0", Client(self.service).raw("GET", "/metrics")[2].decode())

    def test_a_submission_and_its_run_are_one_request_sent_again_they_are_the_same(self):
        submitted = {h["correlation"]: h for h in self.of_type("table.submitted")}
        with_run = [h for h in self.of_type("validation.run") if h["correlation"] in submitted]
        self.assertGreater(len(with_run), 80)
        for run in with_run:
            self.assertEqual(run["actor"]["role"], "system")
            self.assertLess(run["index"], submitted[run["correlation"]]["index"])
            self.assertEqual(run["data"]["version"], submitted[run["correlation"]]["data"]["version"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
