"""The demonstration campaign from end to end: made, told, traced, verified, damaged and refused."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import CLI, FOREIGN, MIDWAY, VERIFY, Client, Service, cli, demonstration, quote, schema_problem

CAMPAIGN = "/v1/campaigns/2020"


class Demonstration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        cls.data = cls.directory / "demo"
        cls.story = demonstration(cls.data, MIDWAY)
        cls.service = Service(cls.data)
        cls.centre = Client(cls.service, "centre.1")
        cls.export = cls.directory / "log.ndjson"
        cls.environment = {"XDG_CONFIG_HOME": str(cls.directory / "config")}
        cli("login", "centre.1", "--url", cls.service.url,
            COUNTERSIGN_PASSWORD="jiangpan-centre.1-2020", **cls.environment)
        cli("log-export", str(cls.export), **cls.environment)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def facts(self, query):
        return self.centre.get(f"{CAMPAIGN}/facts?limit=1000&{query}")["facts"]

    # --- the story and the incidents --------------------------------------------------------

    def test_every_line_of_the_story_names_entries_that_exist(self):
        size = self.centre.get("/v1/ledger")["size"]
        named = [int(n) for n in re.findall(r"#(\d+)", self.story)]
        self.assertGreater(len(named), 30)
        self.assertTrue(all(n < size for n in named))

    def test_incident_1_two_departments_are_late_raw_and_not_net(self):
        for department, table in (("AA", "majors"), ("HR", "staff_basic")):
            fact, = self.facts(f"kind=F1&table={table}")
            self.assertEqual(fact["department"], department)
            self.assertGreater(fact["raw_seconds"], 0)
            self.assertEqual(fact["net_seconds"], 0)
            self.assertFalse(fact["counts"])
            self.assertTrue(fact["charges"])
        culprit, = self.facts("kind=F1&table=academic_units")
        self.assertEqual(culprit["raw_seconds"], culprit["net_seconds"])

    def test_incident_4_the_second_import_is_eight_changes(self):
        changes = self.centre.get(f"{CAMPAIGN}/tables/staff_basic/history?column=status&limit=1000")["changes"]
        second = [c for c in changes if not c["row_added"]]
        self.assertEqual(len(second), 8)
        self.assertEqual({(c["from"], c["to"]) for c in second}, {("在职", "当年离职")})
        entry = self.centre.get(f"/v1/entries/{second[0]['index']}")
        items = [json.loads(i["item"]) for i in entry["items"]]
        self.assertEqual(sum(i["kind"] == "row" for i in items), 8)

    def test_incident_5_two_identical_posts_are_one_entry(self):
        changes = self.centre.get(f"{CAMPAIGN}/tables/labs/history?row=L9001&limit=100")["changes"]
        self.assertEqual(len({c["index"] for c in changes}), 1)

    def test_incident_17_lateness_is_by_receipt(self):
        fact, = self.facts("kind=F1&table=major_transfers")
        self.assertEqual(fact["raw_seconds"], 12 * 60)
        self.assertTrue(fact["counts"])
        entries = self.centre.get(f"{CAMPAIGN}/tables/major_transfers/entries")["entries"]
        submitted, = [e for e in entries if e["type"] == "table.submitted"]
        self.assertLess(submitted["claimed_at"], fact["due"])
        self.assertGreater(submitted["received_at"], fact["due"])

    def task(self, table):
        return self.centre.get(f"{CAMPAIGN}/tables/{table}/status")

    def entries(self, table):
        """The table's entries, oldest first."""
        return self.centre.get(f"{CAMPAIGN}/tables/{table}/entries?limit=100")["entries"][::-1]

    def header(self, index):
        return json.loads(self.centre.get(f"/v1/entries/{index}")["header"])

    def told(self, *indices):
        """The story has one line that names all of these entries."""
        lines = [set(re.findall(r"#(\d+)", line)) for line in self.story.splitlines()]
        self.assertTrue(any(set(map(str, indices)) <= line for line in lines), indices)

    def test_all_102_tables_are_filled_or_have_nothing_to_report(self):
        tasks = self.centre.get(f"{CAMPAIGN}/tasks")["tasks"]
        self.assertEqual(len(tasks), 102)
        self.assertEqual({t["table"] for t in tasks if t["rows"] == 0},
                         {"hospital_staff", "postdoc_stations", "medical_capstone"})
        # More than published: the laboratory of incident 5, the two external teachers of incident 9.
        self.assertEqual(sum(t["rows"] for t in tasks), 68680 + 1 + 2)
        self.assertEqual([t["table"] for t in tasks if t["submitted_at"] is None], ["curricula"])

    def test_incident_2_returned_twice_and_passed_with_the_note(self):
        task = self.task("library_growth")
        self.assertEqual([r["version"] for r in task["returns"]], [1, 1])
        self.assertTrue(all("H08" in [x["rule"] for x in r["reasons"]] for r in task["returns"]))
        self.told(*[r["index"] for r in task["returns"]])
        first = next(s for s in task["statements"] if s["level"] == "submission")
        self.assertLess(first["at"], task["due"])
        passed, = [s for s in task["statements"] if s["level"] == "department_review"]
        self.assertEqual((passed["version"], passed["stands"]), (2, True))
        note = self.centre.get(f"{CAMPAIGN}/tables/library_growth/history?row=1&column=loans")["changes"][0]
        self.assertIn("剔旧清单", note["reason"])
        self.assertGreater(note["index"], max(r["index"] for r in task["returns"]))
        self.told(note["index"], passed["index"])

    def test_incident_6_nobody_passes_her_own_entry(self):
        entries = [e for e in self.entries("quality_projects") if e["type"] != "sheet.imported"]
        acts = [(e["type"], e["account"], e["version"]) for e in entries if e["type"].split(".")[0] in ("rows", "table")]
        self.assertEqual(acts[:5], [("rows.changed", "aa.reviewer", 1), ("table.submitted", "aa.reviewer", 1),
                                    ("rows.changed", "qa.filler", 2), ("table.submitted", "qa.filler", 2),
                                    ("table.approved", "aa.reviewer", 2)])
        changed = [e for e in entries if e["type"] == "rows.changed"]
        self.assertEqual({e["on_behalf_of"] for e in changed}, {"p-0013"})  # both hats were lent
        passed = next(e for e in entries if e["type"] == "table.approved")
        self.assertIsNone(passed["on_behalf_of"])
        self.told(changed[0]["index"], changed[1]["index"], passed["index"])
        self.assertEqual(self.facts("kind=F11"), [])

    def test_incident_8_three_are_granted_a_day_and_the_fourth_is_late(self):
        for table in ("student_aid", "research_projects", "student_exchange"):
            task = self.task(table)
            move, = task["due_moves"]
            self.assertIn("停机", move["reason"])
            self.assertLess(move["from"], task["submitted_at"])
            self.assertLess(task["submitted_at"], move["to"])
            self.assertEqual(self.facts(f"kind=F1&table={table}"), [])
            self.told(move["index"])
        fourth = self.task("campus_network")
        self.assertEqual(fourth["due_moves"], [])
        fact, = self.facts("kind=F1&table=campus_network")
        self.assertEqual((fact["department"], fact["net_seconds"]), ("IT", 14 * 3600))
        # Still refused, for the same reason.
        status, problem = Client(self.service, "centre.3").request(
            "POST", f"{CAMPAIGN}/extensions",
            {"tables": ["campus_network"], "due": "2020-12-01T00:00:00+08:00", "reason": "事后"})
        self.assertEqual((status >= 400, problem["code"]), (True, "due_in_past"))

    def test_incident_10_a_college_declines_to_enter_again_what_is_held(self):
        assist, = [a for a in self.task("papers")["assists"] if a["department"] == "C12"]
        self.assertEqual(assist["status"], "declined")
        requested, declined = assist["entries"]
        reason = json.dumps(self.centre.get(f"/v1/entries/{declined}")["items"], ensure_ascii=False)
        self.assertIn("江师院教〔2020〕17号", reason)
        held = next(e for e in self.entries("papers") if e["type"] == "sheet.imported")
        self.assertLess(held["index"], requested)
        self.told(requested, declined, held["index"])
        fact, = self.facts("kind=F12&table=papers")
        self.assertEqual((fact["department"], fact["counts"], fact["entries"]), ("RES", True, [requested]))
        self.assertGreater(fact["count"], 0)

    def test_incident_12_what_was_signed_at_night_was_returned(self):
        entries = self.entries("degree_points")
        night = next(e for e in entries if e["type"] == "table.submitted")
        self.assertEqual(night["received_at"][:16], "2020-10-23T18:14")  # 02:14 on the campus
        returned = next(e for e in entries if e["type"] == "table.returned")
        again = [e for e in entries if e["type"] == "table.submitted"][1]
        replaced = [i for i in range(night["index"], returned["index"])
                    if self.header(i)["type"] == "credential.set"
                    and self.header(i)["data"]["account"] == "gs.filler"]
        self.assertEqual(len(replaced), 1)
        # Another key signed the second time, and the entry says nothing of addresses.
        keys = [self.header(e["index"])["data"]["signature"]["public_key"] for e in (night, again)]
        self.assertNotEqual(*keys)
        self.assertNotIn("127.0.0.1", json.dumps(self.header(night["index"])))
        for index in (night["index"], replaced[0], returned["index"]):
            self.told(index)
        status, _ = Client(self.service).request("POST", "/v1/login",
                                                 {"account": "gs.filler", "password": "jiangpan-annex-2-2020"})
        self.assertEqual(status, 401)

    def test_incident_18_one_department_two_persons(self):
        before, = self.facts("kind=F3&table=student_headcount")
        after, = self.facts("kind=F1&table=overseas_undergraduates")
        self.assertEqual((before["department"], after["department"]), ("INT", "INT"))
        self.assertNotEqual(before["person"], after["person"])
        status, _ = Client(self.service).request("POST", "/v1/login",
                                                 {"account": "int.filler", "password": "jiangpan-int.filler-2020"})
        self.assertEqual(status, 401)
        self.assertEqual(Client(self.service, "int.filler2").get("/v1/me")["person"], after["person"])
        accounts = {e["account"] for e in self.entries("student_exchange") if e["department"] == "INT"
                    and e["account"].startswith("int.filler")}
        self.assertEqual(accounts, {"int.filler", "int.filler2"})
        for fact in (before, after):
            self.told(*fact["entries"])

    def test_signatures_left_behind_by_a_change_do_not_stand(self):
        task = self.centre.get(f"{CAMPAIGN}/tables/library/status")
        self.assertEqual({s["stands"] for s in task["statements"]}, {False})
        self.assertEqual({(s["version"], s["current_version"]) for s in task["statements"]}, {(1, 2)})
        reviewed, = [s for s in task["statements"] if s["level"] == "department_review"]
        self.assertIsNotNone(reviewed["on_behalf_of"])  # the delegate acts, both are named

    # --- one request and one command --------------------------------------------------------

    def test_who_changed_a_cell_is_one_request_and_one_command(self):
        target = f"{CAMPAIGN}/tables/staff_basic/history?row=100001&column=status"
        change = self.centre.get(target)["changes"][0]
        self.assertEqual((change["from"], change["to"]), ("在职", "当年离职"))
        self.assertEqual(change["account"], "hr.filler")
        self.assertEqual(change["reason"], "九月离职人员核对后更正")
        self.assertEqual(change["review_state"], "approved:head_signature")
        self.assertEqual(change["version"], 2)
        told = json.loads(cli("--json", "history", "staff_basic", "100001", "status",
                              **self.environment).stdout)["changes"][0]
        self.assertEqual(told, change)

    def test_a_table_as_of_a_past_instant_is_what_it_was(self):
        def status(query):
            _, _, sheet = self.centre.raw("GET", f"{CAMPAIGN}/tables/staff_basic/sheet?{query}",
                                          headers={"Accept": "application/x-ndjson"})
            mark, *rows = [json.loads(line) for line in sheet.splitlines()]
            self.assertEqual(mark["#countersign"]["account"], "centre.1")
            return len(rows), sum(r["status"] == "当年离职" for r in rows)
        self.assertEqual(status("at=" + quote("2020-10-15T12:00:00+08:00")), (1680, 0))
        self.assertEqual(status("at=" + quote("2020-10-16T12:00:00+08:00")), (1680, 8))

    # --- the contract -----------------------------------------------------------------------

    def test_answers_are_what_the_openapi_document_says(self):
        document = self.centre.get("/openapi.json")
        table = f"{CAMPAIGN}/tables/staff_basic"
        fact = self.facts("")[0]["id"]
        answers = {
            "/v1/me": "/v1/me", "/v1/ledger": "/v1/ledger", "/v1/campaigns": "/v1/campaigns",
            "/readyz": "/readyz", "/v1/facts/{fact}": f"/v1/facts/{fact}",
            "/v1/entries/{index}": "/v1/entries/300",
        }
        for name in ("deadlines", "tasks", "facts", "tables"):
            answers["/v1/campaigns/{campaign}/" + name] = f"{CAMPAIGN}/{name}"
        for name in ("rows", "history", "entries", "version", "status"):
            answers["/v1/campaigns/{campaign}/tables/{table}/" + name] = f"{table}/{name}"
        answers["/v1/campaigns/{campaign}/tables/{table}/rows/{key}"] = f"{table}/rows/100001"
        for path, target in answers.items():
            responses = document["paths"][path]["get"]["responses"]
            schema = responses["200"]["content"]["application/json"]["schema"]
            self.assertIsNone(schema_problem(self.centre.get(target), schema, document), target)
        problem = {"$ref": "#/components/schemas/Problem"}
        for method, target, body in (("GET", "/v1/me", None), ("GET", f"{CAMPAIGN}/tables/nothing/rows", None),
                                     ("POST", f"{CAMPAIGN}/extensions", {"unknown": 1}),
                                     ("PATCH", f"{table}/rows/100001", {"cells": {"born": "x"}})):
            client = Client(self.service) if target == "/v1/me" else Client(self.service, "hr.filler")
            status, answer = client.request(method, target, body)
            self.assertGreaterEqual(status, 400)
            self.assertIsNone(schema_problem(answer, problem, document), (target, answer))

    # --- rights -----------------------------------------------------------------------------

    def test_reads_are_denied_by_default_and_parts_show_their_rows_only(self):
        college = Client(self.service, "c07.filler")
        status, problem = college.request("GET", f"{CAMPAIGN}/tables/funding_detail/rows")
        self.assertEqual((status, problem["status"]), (403, 403))
        rows = college.get(f"{CAMPAIGN}/tables/staff_basic/rows?limit=1000")["rows"]
        self.assertTrue(rows)
        self.assertEqual({r["cells"]["unit_no"] for r in rows}, {"207"})
        status, _ = college.request("PATCH", f"{CAMPAIGN}/tables/funding_detail/rows/1",
                                    {"cells": {"practice_spend": "1"}})
        self.assertEqual(status, 403)
        status, _ = Client(self.service).request("GET", f"{CAMPAIGN}/tables")
        self.assertEqual(status, 401)

    def test_refusals_name_guard_and_cure_in_both_languages(self):
        status, problem = Client(self.service, "fin.filler").request(
            "PATCH", f"{CAMPAIGN}/tables/majors/rows/M001", {"cells": {"max_years": "7"}})
        self.assertEqual(status, 403)
        for text in ("guard", "cure"):
            self.assertTrue(problem[text]["zh"] and problem[text]["en"])

    def test_three_signatures_are_over_one_hash(self):
        signed = 0
        for task in self.centre.get(f"{CAMPAIGN}/tasks")["tasks"]:
            standing = [s for s in task["statements"] if s["stands"]]
            if len({s["role"] for s in standing} & {"filler", "reviewer", "unit_head"}) < 3:
                continue
            self.assertEqual(len({s["version_hash"] for s in standing}), 1, task["table"])
            content = self.centre.get(f"{CAMPAIGN}/tables/{task['table']}/version")
            self.assertEqual(standing[0]["version_hash"], content["hash"], task["table"])
            signed += 1
        self.assertGreater(signed, 50)

    def test_the_actor_comes_from_the_credential_only(self):
        client = Client(self.service, "hr.filler")
        claims = {"Countersign-Account": "centre.1", "X-Forwarded-User": "centre.1", "From": "centre.1"}
        status, headers, _ = client.raw("GET", f"{CAMPAIGN}/tables/staff_basic/rows?limit=1&account=centre.1",
                                        headers=claims)
        self.assertEqual(status, 200)
        actor = self.header(headers["Countersign-Recorded-As"])["actor"]
        self.assertEqual((actor["account"], actor["role"], actor["department"]), ("hr.filler", "filler", "HR"))
        # A hat is chosen among one's own; another is none.
        extension = {"tables": ["staff_basic"], "due": "2030-01-01T00:00:00+08:00", "reason": "x"}
        status, problem = client.request("POST", f"{CAMPAIGN}/extensions", extension,
                                         {**claims, "Countersign-Hat": "centre_office"})
        self.assertEqual((status, problem["code"]), (403, "right_missing"))
        for member in ("actor", "account", "person"):
            status, problem = client.request("PATCH", f"{CAMPAIGN}/tables/staff_basic/rows/100001",
                                             {"cells": {"status": "在职"}, member: "centre.1"})
            self.assertEqual((status, problem["code"]), (400, "malformed_body"))

    def test_a_statement_needs_the_password_and_a_wrong_one_counts(self):
        client = Client(self.service, "aa.filler")
        table = f"{CAMPAIGN}/tables/curricula"
        version = client.get(f"{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": "not-hers-2020"}
        for _ in range(10):
            status, problem = client.request("POST", f"{table}/submit", body)
            self.assertEqual((status, problem["code"]), (403, "wrong_password"))
        body["password"] = "jiangpan-aa.filler-2020"  # right, and too late: the account is locked for a while
        status, problem = client.request("POST", f"{table}/submit", body)
        self.assertEqual((status, problem["code"]), (429, "too_many_attempts"))
        self.assertIsNone(self.task("curricula")["submitted_at"])

    def test_metrics_and_diagnostics_hold_no_personal_value(self):
        _, _, metrics = Client(self.service).raw("GET", "/metrics")
        row = self.centre.get(f"{CAMPAIGN}/tables/staff_basic/rows?limit=1")["rows"][0]
        for text in (metrics.decode(), self.service.diagnostics()):
            self.assertNotIn(row["cells"]["name"], text)
            self.assertNotIn(row["key"], text)

    # --- proof ------------------------------------------------------------------------------

    def test_the_foreign_verifier_accepts_it(self):
        key = (self.data / "vkey").read_text().strip()
        done = subprocess.run([FOREIGN, "-url", self.service.url, "-vkey", key, "-every", "97", "-pairs", "20"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"consistency 20; rejected after one flipped bit: (\d+) of \1")
        print(done.stdout.strip())
        # And the whole log as a file, with every signature in it.
        done = subprocess.run([FOREIGN, "-export", str(self.export), "-vkey", key, "-flips", "5"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        print(done.stdout.strip())

    def verify(self, lines):
        file = self.directory / "changed.ndjson"
        file.write_text("".join(lines))
        done = subprocess.run([CLI, "--json", "verify", str(file), "--key",
                               (self.data / "vkey").read_text().strip()], capture_output=True, text=True)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0 if report["verified"] else 1)
        return report

    def test_verify_accepts_the_export_and_needs_no_database(self):
        report = self.verify(self.export.read_text().splitlines(keepends=True))
        self.assertTrue(report["verified"])
        linked = subprocess.run(["ldd", VERIFY], capture_output=True, text=True).stdout
        self.assertNotIn("rocksdb", linked)
        self.assertEqual(subprocess.run([VERIFY, str(self.export)], capture_output=True).returncode, 0)

    def test_verify_names_the_first_bad_entry(self):
        lines = self.export.read_text().splitlines(keepends=True)
        where = {json.loads(line)["index"]: i for i, line in enumerate(lines) if line.startswith('{"header"')}
        with_items = next(index for index in sorted(where) if index > 100
                          and '"salt"' in lines[where[index]])

        def changed(index, change):
            copy = list(lines)
            entry = json.loads(copy[where[index]])
            change(entry)
            copy[where[index]] = json.dumps(entry, ensure_ascii=False) + "\n"
            return copy

        def header(entry):
            entry["header"] = entry["header"].replace('"v":1', '"v":2')

        def item(entry):
            shown = next(i for i in entry["items"] if "item" in i)
            shown["item"] = shown["item"][:-2] + chr(ord(shown["item"][-2]) ^ 1) + shown["item"][-1]

        def salt(entry):
            shown = next(i for i in entry["items"] if "item" in i)
            shown["salt"] = ("B" if shown["salt"][0] != "B" else "C") + shown["salt"][1:]

        for change in (header, item, salt):
            self.assertEqual(self.verify(changed(with_items, change))["first_bad_entry"], with_items)
        dropped = lines[:where[200]] + lines[where[200] + 1:]
        self.assertEqual(self.verify(dropped)["first_bad_entry"], 200)
        swapped = list(lines)
        swapped[where[300]], swapped[where[301]] = swapped[where[301]], swapped[where[300]]
        self.assertEqual(self.verify(swapped)["first_bad_entry"], 300)
        self.assertEqual(self.verify(lines[:where[400]])["first_bad_entry"], 400)

    def test_fsck_finds_nothing(self):
        report = json.loads(cli("--json", "fsck", "--data", str(self.data)).stdout)
        self.assertEqual(report["findings"], [])
        self.assertEqual(report["entries"], self.centre.get("/v1/ledger")["size"])

    # --- life cycle -------------------------------------------------------------------------

    def test_sigterm_ends_it_cleanly_and_a_start_finds_everything(self):
        copy = self.directory / "copy"
        shutil.copytree(self.data, copy)
        service = Service(copy)
        size = Client(service).get("/v1/ledger")["size"]
        self.assertEqual(service.stop(), 0)
        again = Service(copy)
        self.assertEqual(Client(again).get("/v1/ledger")["size"], size)
        self.assertEqual(again.stop(), 0)


class Places(unittest.TestCase):
    """Where a demonstration is made; of its first day, which is enough for that."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)

    def make(self, named):
        return subprocess.run([CLI, "demo", "--data", named, "--until", "2019-10-01T09:00:00+08:00"], cwd=self.root,
                              capture_output=True, text=True)

    def test_an_empty_directory_with_a_separator_at_its_end_is_taken(self):
        (self.root / "made").mkdir()
        done = self.make("made/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.root / "made/vkey").exists())
        self.assertEqual([one.name for one in self.root.iterdir()], ["made"])
        again = self.make("made/")
        self.assertEqual(again.returncode, 1)
        self.assertIn("exists already", again.stderr)

    def test_what_holds_something_is_left_alone(self):
        (self.root / "kept").write_text("mine")
        (self.root / "full").mkdir()
        (self.root / "full/kept").write_text("mine")
        for named in ("kept", "full", "full/"):
            done = self.make(named)
            self.assertEqual(done.returncode, 1)
            self.assertIn("exists already", done.stderr)
        self.assertEqual((self.root / "full/kept").read_text(), "mine")


if __name__ == "__main__":
    unittest.main(verbosity=2)
