"""Every question about the past is one request and one command; what happens now is told at once."""
import csv
import io
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from harness import CLI, MIDWAY, Client, Service, cli, demonstration, quote, schema_problem

CAMPAIGN = "/v1/campaigns/2020"
STAFF = f"{CAMPAIGN}/tables/staff_basic"


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        demonstration(cls.directory / "demo", MIDWAY)
        cls.service = Service(cls.directory / "demo")
        cls.centre = Client(cls.service, "centre.1")
        cls.environment = {"XDG_CONFIG_HOME": str(cls.directory / "config")}
        cls.log_in("centre.1")

    @classmethod
    def log_in(cls, account):
        cli("login", account, "--url", cls.service.url,
            COUNTERSIGN_PASSWORD=f"jiangpan-{account}-2020", **cls.environment)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    @staticmethod
    def sizeless(answer):
        """Looking at a table about persons is an entry, so that no two looks are of one size."""
        return {**answer, "as_of": None, "next": None}

    def command(self, *arguments):
        return cli(*arguments, **self.environment).stdout

    def documented(self, path, target, client=None):
        """The answer, held against the OpenAPI document."""
        answer = (client or self.centre).get(target)
        document = self.centre.get("/openapi.json")
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    # --- the views themselves ----------------------------------------------------------------

    def test_views_that_lost_something_are_built_anew_while_they_answer(self):
        questions = (f"{STAFF}/blame?limit=1000", f"{STAFF}/rows?limit=1000", f"{CAMPAIGN}/facts",
                     f"{STAFF}/history?limit=1000")
        def answers():
            return [self.sizeless(self.centre.get(question)) for question in questions]
        before = answers()
        file, = (self.directory / "demo").glob("views*.sqlite")
        with sqlite3.connect(file) as hand:
            hand.execute("DELETE FROM row_changes")
        self.assertNotEqual(answers(), before)

        administrator = {"XDG_CONFIG_HOME": str(self.directory / "administrator")}
        cli("login", "admin", "--url", self.service.url, COUNTERSIGN_PASSWORD="jiangpan-admin-2020", **administrator)
        refused = cli("views", "--rebuild", check=False, **self.environment)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("administrator", refused.stderr)
        told = json.loads(cli("--json", "views", "--rebuild", **administrator).stdout)
        self.assertEqual(told["applied"], told["size"])
        self.assertEqual(told["rebuild"], {"running": False, "applied": 0, "last_failure": None})
        self.assertEqual(answers(), before)
        self.assertFalse(file.exists())
        self.documented("/v1/views", "/v1/views", Client(self.service, "admin"))

    # --- questions --------------------------------------------------------------------------

    def test_blame_names_who_last_touched_each_cell(self):
        target = f"{STAFF}/blame?limit=1000"
        blame = self.documented("/v1/campaigns/{campaign}/tables/{table}/blame", target)
        cells = next(r for r in blame["rows"] if r["key"] == "100001")["cells"]
        self.assertEqual(cells["status"]["value"], "当年离职")
        self.assertLess(cells["name"]["entry"], cells["status"]["entry"])
        by = blame["entries"][str(cells["status"]["entry"])]
        self.assertEqual((by["account"], by["reason"]), ("hr.filler", "九月离职人员核对后更正"))
        before = self.centre.get(f"{target}&as_of={cells['status']['entry']}")
        row = next(r for r in before["rows"] if r["key"] == "100001")
        self.assertEqual(row["cells"]["status"]["value"], "在职")
        told = json.loads(self.command("--json", "blame", "staff_basic", "--limit", "1000"))
        self.assertEqual(self.sizeless(told), self.sizeless(blame))

    def test_diff_between_versions_is_the_eight_changes(self):
        path = "/v1/campaigns/{campaign}/tables/{table}/diff"
        diff = self.documented(path, f"{STAFF}/diff?from=v1&to=v2")
        self.assertEqual(diff["counts"], {"added": 0, "changed": 8, "removed": 0, "cells": 8})
        self.assertEqual({(c["column"], c["from"], c["to"]) for r in diff["rows"] for c in r["cells"]},
                         {("status", "在职", "当年离职")})
        by_time = self.centre.get(f"{STAFF}/diff?from={quote('2020-10-15T12:00:00+08:00')}"
                                  f"&to={quote('2020-10-16T12:00:00+08:00')}")
        self.assertEqual(by_time["rows"], diff["rows"])
        index = diff["rows"][0]["cells"][0]["entry"]
        by_index = self.centre.get(f"{STAFF}/diff?from={index - 1}&to={index}")
        self.assertEqual(by_index["rows"], diff["rows"])
        told = json.loads(self.command("--json", "diff", "staff_basic", "--from", "v1", "--to", "v2"))
        self.assertEqual(told, diff)
        status, problem = self.centre.request("GET", f"{STAFF}/diff?from=yesterday")
        self.assertEqual((status, problem["code"]), (400, "malformed_moment"))

    def test_a_reviewer_sees_what_changed_since_the_pass(self):
        reviewer = Client(self.service, "hr.reviewer")
        self.assertEqual(reviewer.get(f"{STAFF}/diff")["rows"], [])
        status, problem = Client(self.service, "hr.filler").request("GET", f"{STAFF}/diff")
        self.assertEqual(status, 404)  # who never passed it has nothing to start from

    def test_everything_a_person_or_a_department_did_in_a_period(self):
        period = f"from={quote('2020-10-16T00:00:00+08:00')}&until={quote('2020-10-17T00:00:00+08:00')}"
        acts = self.documented("/v1/campaigns/{campaign}/acts", f"{CAMPAIGN}/acts?department=HR&{period}")["acts"]
        self.assertIn(("rows.changed", 8), {(a["type"], a["rows"]) for a in acts})
        self.assertEqual({a["department"] for a in acts}, {"HR"})
        person = acts[0]["person"]
        of_person = self.centre.get(f"{CAMPAIGN}/acts?person={person}&{period}")["acts"]
        self.assertEqual({a["person"] for a in of_person}, {person})
        told = json.loads(self.command("--json", "acts", "--department", "HR", "--from", "2020-10-16T00:00:00+08:00",
                                       "--until", "2020-10-17T00:00:00+08:00"))
        self.assertEqual(told["acts"], acts)
        # A department sees itself, not the others.
        college = Client(self.service, "c07.filler")
        self.assertEqual(college.request("GET", f"{CAMPAIGN}/acts?department=FIN")[0], 403)
        self.assertEqual(college.request("GET", f"{CAMPAIGN}/acts?department=C07")[0], 200)
        own = college.get(f"{CAMPAIGN}/acts?limit=1000")["acts"]
        self.assertTrue(all(a["table"] is None or a["table"] != "funding_detail" for a in own))

    def test_late_changes_are_measured_from_a_milestone(self):
        path = "/v1/campaigns/{campaign}/late-changes"
        late = self.documented(path, f"{CAMPAIGN}/late-changes?milestone=level:department_review")["changes"]
        hr = [c for c in late if c["table"] == "staff_basic"]
        self.assertEqual([c["rows"] for c in hr], [8])
        self.assertGreater(hr[0]["late_seconds"], 0)
        self.assertLess(hr[0]["milestone_entry"], hr[0]["index"])
        told = json.loads(self.command("--json", "late", "--milestone", "level:department_review"))
        self.assertEqual(told["changes"], late)
        due = self.documented(path, f"{CAMPAIGN}/late-changes")["changes"]
        self.assertTrue(all(c["received_at"] > c["milestone"] for c in due))
        self.assertEqual(self.centre.request("GET", f"{CAMPAIGN}/late-changes?milestone=soon")[0], 400)

    def test_the_five_questions_as_csv_and_json_in_both_languages(self):
        target = f"{CAMPAIGN}/changes?table=staff_basic&column=status&from={quote('2020-10-16T00:00:00+08:00')}"
        answer = self.documented("/v1/campaigns/{campaign}/changes", target + "&lang=zh")
        self.assertEqual(len(answer["changes"]), 8)
        one = answer["changes"][0]
        self.assertEqual((one["from"], one["to"], one["why"]), ("在职", "当年离职", "九月离职人员核对后更正"))
        self.assertEqual(one["what"]["column_name"], "任职状态")
        self.assertRegex(one["when"], r"^2020-10-16 \d\d:\d\d:\d\d \+08:00$")
        for language, names in (("zh", ["数据表", "原值", "新值", "时间", "人员", "原因"]),
                                ("en", ["table", "from", "to", "when", "who", "why"])):
            _, headers, body = self.centre.raw("GET", f"{target}&lang={language}&zone={quote('+00:00')}",
                                               headers={"Accept": "text/csv"})
            self.assertTrue(headers["Content-Type"].startswith("text/csv"))
            rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
            self.assertEqual(len(rows), 8)
            self.assertLessEqual(set(names), set(rows[0]))
            self.assertRegex(rows[0][names[3]], r"\+00:00$")
        _, _, lines = self.centre.raw("GET", target, headers={"Accept": "application/x-ndjson"})
        self.assertEqual([json.loads(line)["entry"] for line in lines.splitlines()],
                         [c["entry"] for c in answer["changes"]])
        told = self.command("--lang", "zh", "changes", "--table", "staff_basic", "--column", "status",
                            "--from", "2020-10-16T00:00:00+08:00")
        self.assertEqual(len(list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))), 8)
        # The whole campaign streams; a reader without a right to a table does not get its changes.
        college = Client(self.service, "c07.filler")
        status, _, lines = college.raw("GET", f"{CAMPAIGN}/changes", headers={"Accept": "application/x-ndjson"})
        self.assertEqual(status, 200)
        seen = [json.loads(line)["what"] for line in lines.splitlines()]
        self.assertNotIn("funding_detail", {what["table"] for what in seen})
        self.assertEqual(college.request("GET", f"{CAMPAIGN}/changes?table=funding_detail")[0], 403)

    def test_tables_on_a_terminal_speak_the_language_and_name_the_zone(self):
        english = self.command("--lang", "en", "history", "staff_basic", "100001", "status")
        self.assertIn("received (+08:00)", english)
        chinese = self.command("--lang", "zh", "--zone", "+00:00", "history", "staff_basic", "100001", "status")
        self.assertIn("接收时间 (+00:00)", chinese)
        self.assertIn("填报", chinese)

    # --- live -------------------------------------------------------------------------------

    def events(self, client, query="", last=None, count=1):
        """The first events of the feed; the connection is given up after them."""
        headers = {"Authorization": "Bearer " + client.token}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        connection = type(client.connection)(self.service.host, timeout=30)
        connection.request("GET", "/v1/events" + query, headers=headers)
        reply = connection.getresponse()
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers["Content-Type"], "text/event-stream")
        found, event = [], {}
        while len(found) < count:
            line = reply.fp.readline() if reply.chunked is False else self.read_line(reply)
            if not line.strip():
                if "data" in event:
                    found.append(event)
                event = {}
            elif not line.startswith(":"):
                name, value = line.rstrip("\n").split(": ", 1)
                event[name] = value
        connection.close()
        return found

    @staticmethod
    def read_line(reply):
        line = b""
        while not line.endswith(b"\n"):
            line += reply.read(1)
        return line.decode()

    def test_the_feed_goes_on_after_the_last_event_and_carries_cloudevents(self):
        first = self.events(self.centre, last=-1, count=40)
        self.assertEqual([int(e["id"]) for e in first], list(range(40)))
        again = self.events(self.centre, last=19, count=20)
        self.assertEqual([e["id"] for e in again], [e["id"] for e in first[20:]])
        event = json.loads(first[30]["data"])
        self.assertEqual(event["specversion"], "1.0")
        self.assertEqual((event["id"], event["sequence"]), ("30", "0" * 18 + "30"))
        self.assertEqual(event["type"], "countersign." + first[30]["event"])
        self.assertEqual(event["source"], self.centre.get("/v1/ledger")["origin"])
        self.assertLessEqual(event["time"], event["recordedtime"])
        self.assertEqual(event["data"], json.loads(self.centre.get("/v1/entries/30")["header"]))

    def test_the_feed_is_filtered_by_right_table_and_department(self):
        of_table = self.events(self.centre, "?campaign=2020&table=staff_basic", last=-1, count=5)
        self.assertEqual({json.loads(e["data"])["subject"] for e in of_table}, {"2020/staff_basic"})
        of_department = self.events(self.centre, "?campaign=2020&department=HR", last=-1, count=5)
        self.assertEqual({json.loads(e["data"])["data"]["actor"]["department"] for e in of_department}, {"HR"})
        college = Client(self.service, "c07.filler")
        readable = {t["key"] for t in college.get(f"{CAMPAIGN}/tables")["tables"] if t.get("readable", True)}
        self.assertEqual(college.request("GET", "/v1/events?campaign=2020&table=funding_detail")[0], 403)
        subjects = {json.loads(e["data"]).get("subject") for e in self.events(college, last=-1, count=60)}
        self.assertNotIn("2020/funding_detail", subjects)
        self.assertTrue(readable)
        self.assertEqual(self.centre.request("GET", "/v1/events", headers={"Last-Event-ID": "999999999"})[0], 400)
        self.assertEqual(Client(self.service).request("GET", "/v1/events")[0], 401)

    def test_a_follower_is_told_of_a_change_as_it_happens(self):
        follower = subprocess.Popen([CLI, "--json", "follow"], stdout=subprocess.PIPE, text=True,
                                    env={**os.environ, **self.environment})
        try:
            admin = Client(self.service, "admin")
            now = self.centre.get("/v1/ledger")["size"]
            status, _ = admin.request("POST", "/v1/simulation/clock", {"to": "2020-12-24T09:00:00+08:00"})
            self.assertEqual(status, 200)
            # The follower may have begun after it; each further step is told as well.
            event = None
            for hour in range(10, 24):
                admin.request("POST", "/v1/simulation/clock", {"to": f"2020-12-24T{hour}:00:00+08:00"})
            event = json.loads(follower.stdout.readline())
            self.assertEqual(event["type"], "countersign.clock.advanced")
            self.assertGreaterEqual(int(event["id"]), now)
        finally:
            follower.kill()
            follower.wait()
            follower.stdout.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
