"""A row's changes as a file that verifies without the service: from a cell to the signed checkpoint, through
HTTP and the command line, by our verifier and by one we did not write; who may have it, and what it does not tell."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import (CLI, FOREIGN, MIDWAY, VERIFY, Client, Service, cli, demonstration, inclusion_holds, leaf_hash,
                     parse_proof, quote, schema_problem)

CAMPAIGN = "/v1/campaigns/2020"
STAFF = f"{CAMPAIGN}/tables/staff_basic"
ROUTE = "/v1/campaigns/{campaign}/tables/{table}/rows/{key}/proof"


class RowProof(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        demonstration(cls.directory / "demo", MIDWAY)
        cls.service = Service(cls.directory / "demo")
        cls.key = (cls.directory / "demo/vkey").read_text().strip()
        cls.centre = Client(cls.service, "centre.1")
        cls.environment = {"XDG_CONFIG_HOME": str(cls.directory / "config")}
        cli("login", "centre.1", "--url", cls.service.url, COUNTERSIGN_PASSWORD="jiangpan-centre.1-2020",
            **cls.environment)

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def proof(self, target=f"{STAFF}/rows/100001/proof?column=status", client=None):
        status, _, body = (client or self.centre).raw("GET", target)
        self.assertEqual(status, 200, body)
        return body

    def file(self, body):
        path = self.directory / "proof.json"
        path.write_bytes(body)
        return str(path)

    @staticmethod
    def canonical(proof):
        return json.dumps(proof, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    def verify(self, body, *options):
        """The verdict in a place with no service, no session and no ledger."""
        done = subprocess.run([CLI, "--json", "verify", self.file(body), *(options or ("--key", self.key))],
                              capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(self.directory / "nobody")})
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    # --- what it proves ------------------------------------------------------------------------

    def test_every_change_of_a_row_verifies_offline(self):
        body = self.proof()
        answer = json.loads(body)
        document = self.centre.get("/openapi.json")
        schema = document["paths"][ROUTE]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document))
        code, report = self.verify(body)
        self.assertEqual((code, report["verified"], report["claim"]), (0, True, "all_changes"), report)
        self.assertEqual([c["value"] for c in report["changes"]], ["在职", "当年离职"])
        history = self.centre.get(f"{STAFF}/history?row=100001&column=status")["changes"]
        self.assertEqual([c["entry"] for c in report["changes"]], [c["index"] for c in reversed(history)])
        self.assertEqual(report["changes"][1]["account"], "hr.filler")
        # The last change is what was submitted as version 2, and the table still stands so.
        self.assertEqual(report["version"]["number"], 2)
        alone = self.canonical({**answer, "attested": None})
        shown = subprocess.run([VERIFY, self.file(alone), self.key], capture_output=True, text=True)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("each following the one before without a gap", shown.stdout)
        self.assertIn("not proved: that no other entry changes the row", shown.stdout)

    def test_each_step_holds_by_other_code(self):
        answer = json.loads(self.proof())
        for change in answer["row_changes"]:
            leaf = hashlib.sha256(b"\0" + base64.b64decode(change["salt"]) + change["item"].encode()).digest()
            header = json.loads(change["header"])
            self.assertTrue(inclusion_holds(leaf, change["item_index"], change["item_count"],
                                            [bytes.fromhex(h) for h in change["item_path"]],
                                            bytes.fromhex(header["payload"]["root"])))
            index, path, (size, root) = parse_proof(change["proof"])
            self.assertTrue(inclusion_holds(leaf_hash(change["header"].encode()), index, size, path, root))
        done = subprocess.run([FOREIGN, "-rowproof", self.file(self.proof()), "-vkey", self.key, "-flips", "3000"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"row proof of 2 changes accepted; rejected after one flipped bit: (3000) of \1")

    def test_it_tells_nothing_of_the_rows_imported_with_it(self):
        text = self.proof().decode()
        imported = json.loads(text)["row_changes"][0]
        self.assertGreater(imported["item_count"], 100)
        others = self.centre.get(f"{STAFF}/rows?limit=200")["rows"]
        for row in others:
            if row["key"] != "100001":
                self.assertNotIn(f'"{row["key"]}"', text.replace("\\", ""))
        items = self.centre.get(f"/v1/entries/{imported['index']}")["items"]
        for place, item in enumerate(items):
            if place != imported["item_index"]:
                self.assertNotIn(item["salt"], text)
        self.assertNotIn("九月离职人员核对后更正", text)  # the reason is an item of its own

    def test_one_change_alone(self):
        all_changes = json.loads(self.proof())["row_changes"]
        for change in all_changes:
            body = self.proof(f"{STAFF}/rows/100001/proof?index={change['index']}")
            code, report = self.verify(body)
            self.assertEqual((code, report["claim"]), (0, "one_change"), report)
            self.assertEqual([c["entry"] for c in report["changes"]], [change["index"]])

    def test_the_first_thing_that_does_not_hold_is_named(self):
        body = self.proof()

        def altered(change):
            proof = json.loads(body)
            change(proof)
            return self.canonical(proof)

        changes = json.loads(body)["row_changes"]
        self.assertEqual(altered(lambda proof: None), body)
        for change, entry, problem in (
                (lambda p: p["row_changes"][1].update(item=p["row_changes"][1]["item"].replace("当年离职", "在职")),
                 changes[1]["index"], "its item, salt or path differs"),
                (lambda p: p["row_changes"].pop(0), changes[1]["index"], "not the row's first change"),
                (lambda p: p.update(row="100002"), changes[0]["index"], "not a change of this row"),
                (lambda p: p.update(checkpoint=p["checkpoint"].replace("\n", "\n1", 1)), None, "checkpoint")):
            code, report = self.verify(altered(change))
            self.assertEqual((code, report["verified"], report["first_bad_entry"]), (1, False, entry), report)
            self.assertIn(problem, report["problem"])
        other_key = (json.loads(body)["origin"] + "+d3bceafa+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
        self.assertEqual(self.verify(body, "--key", other_key)[0], 1)
        code, told = self.verify(body[:-500])
        self.assertEqual(code, 1)
        self.assertIn("canonical", told)

    # --- that nothing was left out ---------------------------------------------------------------

    CATEGORIES = f"{CAMPAIGN}/tables/major_categories"

    def attest(self, table=STAFF, client=None):
        """The index of the attestation, which the views have."""
        status, answer = (client or self.centre).request("POST", f"{table}/attestations", {})
        self.assertEqual((status, answer["count"]), (201, 1), answer)
        return answer["first_index"]

    def foreign(self, body, flips=0):
        return subprocess.run([FOREIGN, "-rowproof", self.file(body), "-vkey", self.key, "-flips", str(flips)],
                              capture_output=True, text=True)

    def edited(self, client, method, target, **body):
        status, answer = client.request(method, target, {"reason": "核证前后", **body})
        self.assertEqual(status, 200, answer)
        return answer["first_index"]

    def test_an_attestation_closes_the_end_of_the_chain(self):
        self.assertIsNone(json.loads(self.proof(f"{STAFF}/rows/100003/proof"))["attested"])
        index = self.attest()
        header = json.loads(self.centre.get(f"/v1/entries/{index}")["header"])
        self.assertEqual((header["type"], header["table"], header["payload"]["count"]),
                         ("table.attested", "staff_basic", 0))
        rows = self.centre.get(f"{STAFF}/version")["rows"]
        self.assertGreaterEqual(header["data"]["heads"]["rows"], rows)
        body = self.proof(f"{STAFF}/rows/100001/proof?column=status&min_index={index}")
        code, report = self.verify(body)
        self.assertEqual((code, report["attested"]), (0, {"entry": index, "at": header["sequenced_at"]}), report)
        shown = subprocess.run([VERIFY, self.file(body), self.key], capture_output=True, text=True)
        self.assertIn(f"these are all changes of the row up to entry {index}", shown.stdout)
        self.assertNotIn("not proved: that no other entry changes the row", shown.stdout)
        done = self.foreign(body, 2000)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"all changes of the row up to entry {index}", done.stdout)
        self.assertRegex(done.stdout, r"rejected after one flipped bit: (2000) of \1")
        # Its words in Chinese and English, where acts are listed.
        acts = self.centre.get(f"{CAMPAIGN}/acts?type=table.attested&limit=1")["acts"]
        self.assertEqual(acts[0]["index"], index)

    def test_no_end_can_be_cut_off_under_an_attestation(self):
        index = self.attest()
        proof = json.loads(self.proof(f"{STAFF}/rows/100001/proof?min_index={index}"))
        other = json.loads(self.proof(f"{STAFF}/rows/100002/proof?min_index={index}"))
        cut = {**proof, "row_changes": proof["row_changes"][:1], "version": None}
        place = {name: proof["attested"][name] for name in ("row_index", "row_path")}
        moved = {**other, "attested": {**other["attested"], **place}}
        shifted = {**proof, "attested": {**proof["attested"], "row_index": proof["attested"]["row_index"] + 1}}
        for wrong in (cut, moved, shifted):
            code, report = self.verify(self.canonical(wrong))
            self.assertEqual((code, report["first_bad_entry"]), (1, index), report)
            self.assertIn("not the row's last when the table was attested", report["problem"])
            self.assertEqual(self.foreign(self.canonical(wrong)).returncode, 1)
        # Without the attestation the chain that was cut off claims less, and verifies.
        code, report = self.verify(self.canonical({**cut, "attested": None}))
        self.assertEqual((code, report["attested"], len(report["changes"])), (0, None, 1))
        unnamed = {name: value for name, value in cut.items() if name != "attested"}
        self.assertEqual(self.verify(self.canonical(unnamed))[0], 0)
        self.assertEqual(self.foreign(self.canonical(unnamed)).returncode, 0)

    def test_what_changed_since_does_not_undo_an_attestation_of_the_others(self):
        filler = Client(self.service, "aa.filler")
        rows = self.centre.get(f"{self.CATEGORIES}/rows")["rows"]
        kept, changed, removed = (f"{self.CATEGORIES}/rows/{quote(row['key'])}" for row in rows[-3:])
        index = self.attest(self.CATEGORIES)
        self.edited(filler, "PATCH", changed, cells={"unit_no": rows[0]["cells"]["unit_no"]})
        self.edited(filler, "DELETE", removed)
        last = self.edited(filler, "PUT", removed, cells=rows[-1]["cells"])
        body = self.proof(f"{kept}/proof?min_index={last}")
        self.assertEqual(self.verify(body)[1]["attested"]["entry"], index)
        self.assertEqual(self.foreign(body).returncode, 0)
        # Of rows that did change, what was said up to then is not the whole any more.
        self.assertIsNone(json.loads(self.proof(f"{changed}/proof?min_index={last}"))["attested"])

    def test_a_removed_row_is_proved_to_be_gone(self):
        filler = Client(self.service, "aa.filler")
        row = self.centre.get(f"{self.CATEGORIES}/rows")["rows"][-4]
        target = f"{self.CATEGORIES}/rows/{quote(row['key'])}"
        removed = self.edited(filler, "DELETE", target)
        index = self.attest(self.CATEGORIES, filler)
        body = self.proof(f"{target}/proof?min_index={index}")
        code, report = self.verify(body)
        self.assertEqual((code, report["attested"]["entry"], report["version"]), (0, index, None), report)
        self.assertEqual((report["changes"][-1]["entry"], report["changes"][-1]["removed"]), (removed, True))
        self.assertEqual(self.foreign(body).returncode, 0)
        self.edited(filler, "PUT", target, cells=row["cells"])

    def test_who_may_have_a_table_attested(self):
        self.assertEqual(Client(self.service).request("POST", f"{STAFF}/attestations", {})[0], 401)
        outsider = Client(self.service, "c07.filler")
        status, problem = outsider.request("POST", f"{CAMPAIGN}/tables/funding_detail/attestations", {})
        self.assertEqual((status, problem["code"]), (403, "forbidden"))
        self.assertEqual(self.centre.request("POST", f"{CAMPAIGN}/tables/none/attestations", {})[0], 404)
        self.assertEqual(self.centre.request("POST", f"{STAFF}/attestations", {"heads": "x"})[0], 400)
        # Who reads a part of the table, or not its past, may ask as well; nothing of it is told.
        for reader in ("c07.filler", "lg.6"):
            self.attest(client=Client(self.service, reader))

    def test_the_whole_log_holds_what_it_states_of_tables(self):
        self.attest()
        path = self.directory / "log.ndjson"
        cli("log-export", str(path), **self.environment)
        done = cli("--json", "verify", str(path), "--key", self.key)
        told = json.loads(done.stdout)["statements"]
        kinds = [json.loads(json.loads(line)["header"])["type"] for line in path.read_text().splitlines()
                 if line.startswith('{"index"') or '"header"' in line[:200]]
        self.assertEqual(told, {"compared": kinds.count("table.attested") + kinds.count("table.submitted"),
                                "not_compared": 0})
        self.assertGreater(told["compared"], 50)

    # --- the command line ----------------------------------------------------------------------

    def test_the_command_line_writes_it(self):
        out = self.directory / "row.json"
        cli("proof", "row", "staff_basic", "100001", "--column", "status", "--out", str(out), **self.environment)
        told = cli("verify", str(out), "--key", self.key)
        self.assertIn('"status" = "当年离职"', told.stdout)
        cli("proof", "row", "staff_basic", "100001", "--attest", "--out", str(out), **self.environment)
        self.assertIn("these are all changes of the row up to entry", cli("verify", str(out), "--key", self.key).stdout)
        both = cli("proof", "row", "staff_basic", "100001", "--attest", "--index", "5", check=False, **self.environment)
        self.assertNotEqual(both.returncode, 0)
        printed = cli("proof", "row", "staff_basic", "100001", "--index",
                      str(json.loads(out.read_bytes())["row_changes"][0]["index"]), **self.environment).stdout
        self.assertEqual(self.verify(printed.encode())[1]["claim"], "one_change")
        refused = cli("proof", "row", "staff_basic", "none", check=False, **self.environment)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no such row", refused.stderr)

    def test_the_same_command_checks_exports_and_packs(self):
        reviewer = Client(self.service, "centre.1")
        _, _, pack = reviewer.raw("GET", "/v1/departments/HR/pack?campaign=2020")
        self.assertEqual(self.verify(pack)[1]["verified"], True)

    # --- rights --------------------------------------------------------------------------------

    def test_who_may_have_it(self):
        def asked(account, target):
            client = Client(self.service, account) if account else Client(self.service)
            status, answer = client.request("GET", target)
            return status, answer.get("code")

        changed = f"{STAFF}/rows/100001/proof"
        history = json.loads(self.proof())["row_changes"]
        self.assertEqual(asked(None, changed), (401, "unauthenticated"))
        self.assertEqual(asked("hr.filler", changed), (200, None))
        self.assertEqual(asked("c07.filler", f"{CAMPAIGN}/tables/funding_detail/rows/1/proof"), (403, "forbidden"))
        # Who reads a table about persons and not its past may prove what it says now.
        self.assertEqual(asked("lg.6", changed), (403, "past_withheld"))
        self.assertEqual(asked("lg.6", f"{changed}?index={history[0]['index']}"), (403, "past_withheld"))
        self.assertEqual(asked("lg.6", f"{changed}?index={history[1]['index']}"), (200, None))
        # Of others' rows an assisting department hears what it hears of rows that are not.
        college = Client(self.service, "c07.filler")
        rows = self.centre.get(f"{STAFF}/rows?limit=1000")["rows"]
        own = {row["key"]: row["etag"] for row in college.get(f"{STAFF}/rows?limit=1000")["rows"]}
        others = [row["key"] for row in rows if row["key"] not in own]
        imported = history[0]["index"]
        unchanged = [key for key, etag in own.items() if etag <= imported]  # in one of its parts
        self.assertTrue(unchanged and others)
        self.assertEqual(asked("c07.filler", f"{STAFF}/rows/{others[0]}/proof"), (404, "not_found"))
        self.assertEqual(asked("c07.filler", f"{STAFF}/rows/{others[0]}/proof?index={imported}"), (404, "not_found"))
        self.assertEqual(asked("c07.filler", f"{STAFF}/rows/{unchanged[0]}/proof"), (200, None))

    def test_a_row_that_moved_between_units_was_removed_and_came_back(self):
        categories = f"{CAMPAIGN}/tables/major_categories"
        college, filler = Client(self.service, "c07.filler"), Client(self.service, "aa.filler")
        unit = college.get(f"{categories}/rows")["rows"][0]["cells"]["unit_no"]
        row = next(r for r in self.centre.get(f"{categories}/rows")["rows"] if r["cells"]["unit_no"] != unit)
        target = f"{categories}/rows/{quote(row['key'])}"

        def edit(method, **body):
            status, answer = filler.request(method, target, {"reason": "调整归属", **body})
            self.assertEqual(status, 200, answer)
            self.centre.get(f"{categories}/rows?limit=1&min_index={answer['first_index']}")
            return answer["first_index"]

        self.assertEqual(college.request("GET", f"{target}/proof")[0], 404)
        moved = edit("PATCH", cells={"unit_no": unit})
        # What it was under another unit is not this one's to prove, and it goes out whole or not at all.
        status, problem = college.request("GET", f"{target}/proof")
        self.assertEqual((status, problem["code"]), (403, "row_in_part"))
        self.assertEqual(self.verify(self.proof(f"{target}/proof?index={moved}", college))[0], 0)
        # The table is no longer what was submitted.
        self.assertIsNone(json.loads(self.proof(f"{target}/proof"))["version"])
        removed = edit("DELETE")
        back = edit("PUT", cells={**row["cells"]})
        code, report = self.verify(self.proof(f"{target}/proof?column=unit_no"))
        self.assertEqual((code, report["version"]), (0, None), report)
        self.assertEqual([(c["entry"], c["removed"], c["value"]) for c in report["changes"]][1:],
                         [(moved, False, unit), (removed, True, None), (back, False, row["cells"]["unit_no"])])

    def test_reading_it_of_a_table_about_persons_is_an_entry(self):
        _, headers, _ = self.centre.raw("GET", f"{STAFF}/rows/100001/proof")
        index = {name.lower(): value for name, value in headers.items()}["countersign-recorded-as"]
        header = json.loads(self.centre.get(f"/v1/entries/{index}")["header"])
        self.assertEqual((header["type"], header["data"]["what"]), ("table.read", "proof"))
        self.assertNotIn("100001", json.dumps(header))

    def test_what_cannot_be_proved_is_said_with_its_cure(self):
        elsewhere = self.centre.get("/v1/ledger")["size"]
        for target, status, code in ((f"{STAFF}/rows/none/proof", 404, "not_found"),
                                     (f"{CAMPAIGN}/tables/none/rows/100001/proof", 404, "not_found"),
                                     (f"{STAFF}/rows/100001/proof?index=0", 404, "not_found"),
                                     (f"{STAFF}/rows/100001/proof?index={elsewhere + 99}", 404, "not_found"),
                                     (f"{STAFF}/rows/100001/proof?index=first", 400, "malformed_query"),
                                     (f"{STAFF}/rows/100001/proof?index=-1", 400, "malformed_query"),
                                     (f"{STAFF}/rows/100001/proof?column=salary", 400, "unknown_column")):
            answered, problem = self.centre.request("GET", target)
            self.assertEqual((answered, problem["code"]), (status, code), target)
            self.assertTrue(problem["guard"]["zh"] and problem["cure"]["en"], target)


if __name__ == "__main__":
    unittest.main(verbosity=2)
