"""The whole ten weeks: the deciding bodies, corrections after their decisions, freezing, handing over and
the ministry's order; incidents 11 and 15, told by the views and by the log alike."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import VERIFY, Client, Service, cli, demonstration, leaf_hash, node_hash, schema_problem

CAMPAIGN = "/v1/campaigns/2020"
NAMED = ["entrepreneurship_staff", "managers", "staff_teaching", "top_talent"]


def tree_head(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(tree_head(leaves[:split]), tree_head(leaves[split:]))


class Proceedings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        cls.data = cls.directory / "demo"
        cls.story = demonstration(cls.data)
        cls.service = Service(cls.data)
        cls.centre = Client(cls.service, "centre.1")
        _, _, export = cls.centre.raw("GET", "/v1/log/export")
        (cls.directory / "log.ndjson").write_bytes(export)
        lines = [json.loads(line) for line in export.decode().splitlines()]
        cls.entries = [line for line in lines if "header" in line]
        cls.headers = [json.loads(line["header"]) for line in cls.entries]
        cls.told = cls.centre.get(f"{CAMPAIGN}/proceedings")

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def acts(self, kind):
        return [act for act in self.told["history"] if act["kind"] == kind]

    def logged(self, kind, table=None):
        return [h for h in self.headers if h["type"] == kind and table in (None, h.get("table"))]

    def facts(self, query):
        return self.centre.get(f"{CAMPAIGN}/facts?limit=1000&{query}")["facts"]

    def test_the_campaign_ends_accepted_and_every_department_closed(self):
        document = self.centre.get("/openapi.json")
        schema = document["paths"]["/v1/campaigns/{campaign}/proceedings"]["get"]["responses"]["200"]
        self.assertIsNone(schema_problem(self.told, schema["content"]["application/json"]["schema"], document))
        self.assertEqual(self.told["states"], ["accepted"])
        self.assertEqual(self.told["unsettled"], [])
        self.assertEqual([(b["id"], b["state"]) for b in self.told["bodies"]],
                         [("leading_group", "approved"), ("party_committee", "approved_with_opinions")])
        deadlines = self.centre.get(f"{CAMPAIGN}/deadlines")
        self.assertEqual({d["state"] for d in deadlines["departments"]}, {"closed"})
        self.assertEqual((deadlines["tasks"], deadlines["approved"], deadlines["phases_open"]), (102, 102, []))
        kinds = [h["type"] for h in self.headers
                 if h["type"].startswith("campaign.") and h["type"] != "campaign.defined" and h.get("campaign") == "2020"]
        self.assertEqual(kinds, ["campaign." + k for k in (
            "tabled", "decided", "tabled", "decided", "frozen", "submitted", "reopened", "frozen", "submitted",
            "accepted")])
        self.assertEqual([a["index"] for a in self.told["history"]],
                         [h["index"] for h in self.headers
                          if h.get("campaign") == "2020" and (h["type"].startswith("campaign.")
                          and h["type"] != "campaign.defined" or h["type"] == "exception.granted")])

    def test_the_story_tells_it_and_names_entries(self):
        for part in ("十四、", "十五、"):
            lines = self.story.split(part)[1].split("\n\n")[0].splitlines()[1:]
            self.assertGreaterEqual(len(lines), 5)
            for line in lines:
                self.assertRegex(line, r"\[#\d+( #\d+)*\]$")

    def test_a_decision_shows_who_how_many_and_by_which_minutes(self):
        group, party = self.acts("decided")
        self.assertEqual((group["role"], group["attended"], group["outcome"]), ("leading_group", 13, "approved"))
        self.assertEqual((party["role"], party["attended"]), ("party_committee", 8))
        header = self.headers[party["index"]]
        self.assertEqual(header["data"]["minutes"], hashlib.sha256(party["title"].encode()).hexdigest())
        self.assertEqual(header["data"]["tables"], NAMED)
        self.assertNotIn(party["title"], self.entries[party["index"]]["header"])

    def test_incident_11_final_filling_touches_the_four_tables_named_and_cites_it(self):
        party = self.acts("decided")[1]
        self.assertEqual(sorted(n["table"] for n in party["tables"]), NAMED)
        self.assertEqual(party["due"], "2020-11-15T16:00:00.000000Z")  # the end of a Sunday on the campus
        frozen = self.acts("frozen")[0]["index"]
        edits = [h for h in self.logged("rows.changed") if party["index"] < h["index"] < frozen]
        self.assertEqual(sorted(h["table"] for h in edits), NAMED)
        self.assertEqual({h["data"]["cites"] for h in edits}, {party["index"]})
        facts = {f["table"]: f for f in self.facts("kind=F9") if f["after"] == "body:party_committee"
                 and f["happened"] < "2020-11-19"}
        self.assertEqual(sorted(facts), NAMED)
        for fact in facts.values():
            self.assertFalse(fact["counts"])
            self.assertIn(party["index"], fact["entries"])
        # Each was signed anew by its filler, reviewer and head; the earlier statements stay.
        for table in NAMED:
            task = self.centre.get(f"{CAMPAIGN}/tables/{table}/status")
            again = [s for s in task["statements"] if party["index"] < s["index"] < frozen]
            self.assertEqual([s["level"] for s in again], ["submission", "department_review", "head_signature"])
            self.assertTrue(any(s["level"] == "first_review" for s in task["statements"]))
        # One came on Monday morning: late by receipt, and nobody else to charge.
        late, = [f for f in self.facts("kind=F1&table=managers")]
        self.assertEqual((late["raw_seconds"], late["net_seconds"], late["counts"]), (33000, 33000, True))
        self.assertIn(party["index"], late["entries"])

    def test_incident_15_the_ministry_opens_one_table_and_nobody_is_late_for_it(self):
        order, = self.acts("reopened")
        self.assertEqual([n["table"] for n in order["tables"]], ["managers"])
        edits = [h for h in self.logged("rows.changed") if h["index"] > order["index"]]
        self.assertEqual([(h["table"], h["data"]["cites"]) for h in edits], [("managers", order["index"])])
        first, second = self.acts("frozen")
        self.assertNotEqual(first["document"], second["document"])
        self.assertEqual([s["due"] for s in self.acts("submitted")], ["2020-11-19T16:00:00.000000Z"] * 2)
        self.assertEqual([f for f in self.facts("kind=F1") if f["happened"] > order["at"]], [])
        moved, = [m for m in self.centre.get(f"{CAMPAIGN}/tables/managers/status")["due_moves"]
                  if m["index"] == order["index"]]
        self.assertEqual((moved["to"], moved["reason"]), ("2020-11-21T10:00:00.000000Z", order["title"]))

    def test_the_frozen_hash_is_the_head_over_the_versions_that_were_signed(self):
        frozen = self.acts("frozen")[-1]
        items = [item["item"] for item in self.entries[frozen["index"]]["items"]]
        self.assertEqual(len(items), 102)
        self.assertEqual(tree_head([leaf_hash(item.encode()) for item in items]).hex(), frozen["document"])
        self.assertEqual(self.headers[self.acts("submitted")[-1]["index"]]["data"]["hash"], frozen["document"])
        versions = {json.loads(item)["table"]: json.loads(item)["version"] for item in items}
        self.assertEqual({f["table"]: (f["version"], f["hash"], f["rows"]) for f in self.told["frozen"]},
                         {t: (v["number"], v["hash"], v["rows"]) for t, v in versions.items()})
        for table in NAMED + ["undergraduates"]:
            now = self.centre.get(f"{CAMPAIGN}/tables/{table}/version")
            self.assertEqual((now["number"], now["hash"]), (versions[table]["number"], versions[table]["hash"]))

    def test_a_table_never_delivered_comes_by_an_exception(self):
        tables = {a["tables"][0]["table"]: a for a in self.acts("exception")}
        # The other is of incident 9, for a table that was delivered.
        self.assertEqual(set(tables), {"curricula", "external_teachers"})
        exception = tables["curricula"]
        undelivered, = self.facts("kind=F2")
        self.assertEqual(undelivered["table"], "curricula")
        self.assertGreater(exception["index"], undelivered["entries"][-1])

    def test_nothing_moves_any_more_and_every_refusal_says_what_would_help(self):
        document = {"title": "x", "hash": "0" * 64}
        for account, method, target, body, code in (
                ("hr.filler", "PATCH", "/tables/staff_basic/rows/100001", {"cells": {"status": "在职"}}, "campaign_frozen"),
                ("centre.1", "POST", "/tables/labs/exception", {"due": "2020-12-31T00:00:00Z", "reason": "x"}, "campaign_frozen"),
                ("centre.1", "POST", "/bodies/leading_group/report", {"report": document}, "campaign_frozen"),
                ("admin", "POST", "/freeze", {}, "campaign_frozen"),
                ("admin", "POST", "/submission", {"receipt": document}, "already_exists"),
                ("admin", "POST", "/acceptance", {"notice": document}, "already_exists"),
                ("party.secretary", "POST", "/freeze", {}, "right_missing"),
                ("admin", "POST", "/reopening", {"order": document, "tables": ["none"], "due": "2020-12-31T00:00:00Z"},
                 "unknown_table")):
            status, problem = Client(self.service, account).request(method, CAMPAIGN + target, body)
            self.assertGreaterEqual(status, 400)
            self.assertEqual(problem["code"], code, (target, problem))
            self.assertTrue(problem["guard"]["zh"] and problem["cure"]["en"])

    def test_what_is_said_of_a_table_is_for_its_readers(self):
        college = Client(self.service, "c07.filler").get(f"{CAMPAIGN}/proceedings")
        party = [a for a in college["history"] if a["kind"] == "decided"][1]
        texts = {n["table"]: n["text"] for n in party["tables"]}
        self.assertIsNone(texts["entrepreneurship_staff"])
        self.assertIsNone(party["person_name"])
        hr = Client(self.service, "hr.filler").get(f"{CAMPAIGN}/proceedings")
        texts = {n["table"]: n["text"] for a in hr["history"] if a["index"] == party["index"] for n in a["tables"]}
        self.assertTrue(texts["managers"])

    def test_the_command_line_shows_it_and_cites_files(self):
        environment = {"XDG_CONFIG_HOME": str(self.directory / "config")}
        cli("login", "centre.1", "--url", self.service.url, COUNTERSIGN_PASSWORD="jiangpan-centre.1-2020", **environment)
        shown = cli("proceedings", **environment).stdout
        self.assertIn("approved_with_opinions", shown)
        file = self.directory / "report.txt"
        file.write_text("报告")
        refused = cli("proceedings", "report", "leading_group", str(file), check=False, **environment)
        self.assertIn("frozen", refused.stderr)

    def test_verifiers_accept_the_log(self):
        log = str(self.directory / "log.ndjson")
        key = (self.data / "vkey").read_text().strip()
        done = subprocess.run([VERIFY, log, key], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
