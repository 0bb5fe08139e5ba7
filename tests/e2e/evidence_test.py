"""Evidence behind figures (佐证材料): files sent, registered, shown, withdrawn, missed; what a submission rests
on and what a signature without it is; damage found by whoever reads. On the yearly safety inspection."""
import hashlib
import json
import os
import pathlib
import shutil
import tempfile
import unittest
import zipfile

from harness import Client, Service, cli, password, schema_problem

DEFINITION = pathlib.Path(__file__).parents[2] / "tools/demo/safety-2021.json"
CAMPAIGN = "/v1/campaigns/safety-2021"
TABLE = f"{CAMPAIGN}/tables/buildings"
NAME = {"zh": "材料", "en": "file"}
REQUIREMENTS = [
    {"id": "plan", "name": NAME, "table": "buildings", "kinds": ["floor_plan"]},
    {"id": "certificate", "name": NAME, "table": "buildings", "columns": ["use"], "per_row": True},
    {"id": "drill_photo", "name": NAME, "table": "drills", "required_at": "signature"}]
PDF = b"%PDF-1.7\n" + "楼宇平面图".encode()


def resident_kib(pid, field="VmHWM"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    raise AssertionError(field)


class Evidence(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.data = self.directory / "ledger"
        cli("init", "--data", str(self.data), "--origin", "safety.example/log", "--name", "管理员",
            "--simulated", "2021-02-25T09:00:00+08:00", COUNTERSIGN_PASSWORD=password("admin"))
        self.serve()
        definition = {**json.loads(DEFINITION.read_text()), "evidence": REQUIREMENTS}
        self.act("admin", CAMPAIGN, definition, "PUT")
        for account in definition["accounts"]:
            self.act("admin", f"/v1/accounts/{account['id']}/password", {"password": password(account["id"])})
        self.act("safety.1", f"{CAMPAIGN}/assignments")
        self.act("admin", "/v1/simulation/clock", {"to": "2021-03-01T08:00:00+08:00"})
        self.act("safety.1", f"{CAMPAIGN}/phases/self_check/open")

    def serve(self, *options):
        self.service = Service(self.data, *options)
        self.addCleanup(self.service.kill)
        self.clients = {}

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def act(self, account, target, body=None, method="POST"):
        status, reply = self.client(account).request(method, target, body if body is not None else {})
        self.assertLess(status, 300, (target, reply))
        return reply

    def refused(self, account, target, body, code, method="POST"):
        status, reply = self.client(account).request(method, target, body)
        self.assertGreaterEqual(status, 400, reply)
        self.assertEqual(reply["code"], code, reply)
        self.assertTrue(reply["guard"]["zh"] and reply["cure"]["en"])
        return reply

    def send(self, account, content):
        status, _, reply = self.client(account).raw("POST", f"{CAMPAIGN}/evidence/files", content)
        return status, json.loads(reply)

    def register(self, account, content, covers, kind="floor_plan", table="buildings"):
        status, sent = self.send(account, content)
        self.assertEqual(status, 201, sent)
        reply = self.act(account, f"{CAMPAIGN}/tables/{table}/evidence",
                         {"title": "一号楼", "file_name": "楼.pdf", "kind": kind, "upload": sent["upload"], "covers": covers})
        return reply["first_index"]

    def listed(self, account="inf.filler", table="buildings"):
        size = self.client(account).get("/v1/ledger")["size"]
        return self.client(account).get(f"{CAMPAIGN}/tables/{table}/evidence?min_index={size - 1}")

    def fill(self, account, table, sheet):
        status, _, reply = self.client(account).raw("PUT", f"{CAMPAIGN}/tables/{table}/sheet", sheet, {"Content-Type": "text/csv"})
        self.assertEqual(status, 200, reply)

    def statement(self, account, table, level=None):
        version = self.client(account).get(f"{CAMPAIGN}/tables/{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": password(account)}
        return {**body, "level": level} if level else body

    def sign(self, account, table, level=None):
        target = f"{CAMPAIGN}/tables/{table}/" + ("approvals" if level else "submit")
        return self.act(account, target, self.statement(account, table, level))

    def place(self, content):
        name = hashlib.sha256(content).hexdigest()
        return self.data / "evidence" / name[:2] / name

    def headers_of_log(self):
        export = self.client("safety.1").raw("GET", "/v1/log/export")[2].decode().splitlines()
        return [json.loads(json.loads(line)["header"]) for line in export if '"header"' in line]

    def test_files_are_taken_by_their_bytes_and_kept_once(self):
        status, sent = self.send("inf.filler", PDF)
        self.assertEqual((status, sent["media_type"], sent["bytes"]), (201, "application/pdf", len(PDF)))
        self.assertEqual(sent["hash"], hashlib.sha256(PDF).hexdigest())
        self.assertEqual(self.place(PDF).read_bytes(), PDF)
        self.assertEqual(os.stat(self.place(PDF)).st_mode & 0o777, 0o600)
        self.assertEqual(self.send("sec.filler", PDF)[0], 201)
        # What was sent the second time goes from incoming/ with its request, which may outlive the answer.
        kept = [f for f in (self.data / "evidence").rglob("*") if f.is_file() and f.parent.name != "incoming"]
        self.assertEqual(kept, [self.place(PDF)])
        book = self.directory / "book.xlsx"
        with zipfile.ZipFile(book, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("xl/workbook.xml", "<workbook/>")
        for content, kind in ((b"\x89PNG\r\n\x1a\n\0", "image/png"), ("楼号,用途\nJ1,教学\n".encode(), "text/csv"),
                              (book.read_bytes(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                              (b"\x00\x01", "application/octet-stream")):
            self.assertEqual(self.send("inf.filler", content)[1]["media_type"], kind)
        for content, code in ((b"MZ\x90\x00\x03", "file_kind_refused"), (b"#!/bin/sh\n", "file_kind_refused"),
                              (b" <!DOCTYPE html><script>", "file_kind_refused"), (b"", "empty_file")):
            status, problem = self.send("inf.filler", content)
            self.assertEqual((status, problem["code"]), (422, code))
        self.refused("safety.1", f"{CAMPAIGN}/evidence/files", "x", "forbidden")
        # What somebody else sent cannot be registered as one's own by its hash alone.
        body = {"title": "t", "kind": "floor_plan", "covers": [{}], "upload": sent["upload"]}
        self.refused("sec.filler", f"{CAMPAIGN}/tables/drills/evidence", body, "malformed_body")
        for bad in ({"upload": sent["upload"], "hash": sent["hash"]}, {}, {"upload": "x.y"}):
            self.refused("inf.filler", f"{TABLE}/evidence", {"title": "t", "kind": "k", "covers": [{}], **bad}, "malformed_body")

    def test_a_large_file_streams_in_and_out_and_memory_stays_flat(self):
        self.fill("inf.filler", "buildings", "building_no,building_name,floors,use\nJ1,教学楼,6,教学\n")
        self.register("inf.filler", PDF, [{}])
        before = resident_kib(self.service.process.pid)
        content = b"%PDF-1.7\n" + os.urandom(1 << 20) * 90
        piece = self.register("inf.filler", content, [{"column": "use"}])
        status, headers, back = self.client("inf.head").raw("GET", f"{CAMPAIGN}/evidence/{piece}/file")
        self.assertEqual((status, hashlib.sha256(back).digest()), (200, hashlib.sha256(content).digest()))
        grown = resident_kib(self.service.process.pid) - before
        self.assertLess(grown, 45 << 10, "KiB for a file of 90 MiB, in and out")
        self.service.kill()
        self.serve("--evidence_mib_max", "1")
        self.assertEqual(self.send("inf.filler", content[:1 << 20])[0], 201)
        status, problem = self.send("inf.filler", content[:(1 << 20) + 1])
        self.assertEqual((status, problem["code"]), (413, "body_too_large"))

    def test_showing_is_an_entry_before_it_is_an_answer(self):
        piece = self.register("inf.filler", PDF, [{}])
        status, headers, content = self.client("inf.head").raw("GET", f"{CAMPAIGN}/evidence/{piece}/file")
        headers = {name.lower(): value for name, value in headers.items()}
        self.assertEqual((status, content), (200, PDF))
        self.assertEqual(headers["content-type"], "application/pdf")
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["content-disposition"], f'attachment; filename="evidence-{piece}.pdf"')
        shown = self.headers_of_log()[int(headers["countersign-recorded-as"])]
        self.assertEqual((shown["type"], shown["actor"]["account"], shown["data"]["evidence"]),
                         ("evidence.shown", "inf.head", piece))
        self.act("inf.filler", f"{CAMPAIGN}/evidence/{piece}/showing", {"to": "专家组"})
        record, = self.listed()["evidence"]
        self.assertEqual([(s["person"], s.get("to")) for s in record["shown"]],
                         [(shown["actor"]["person"], None), (record["person"], "专家组")])
        size = self.client("safety.1").get("/v1/ledger")["size"]
        for other in ("sec.head", "discipline.1", "audit.1"):
            self.refused(other, f"{CAMPAIGN}/evidence/{piece}/file", None, "forbidden", "GET")
        self.assertEqual(self.client("safety.1").get("/v1/ledger")["size"], size)
        # They are told of it all the same, but for a stranger to the table.
        for reader in ("discipline.1", "audit.1"):
            self.assertEqual(self.listed(reader)["evidence"][0]["title"], "一号楼")
        self.refused("c01.filler", f"{TABLE}/evidence", None, "forbidden", "GET")
        text = json.dumps(self.headers_of_log(), ensure_ascii=False)
        for secret in ("一号楼", "楼.pdf", "专家组"):
            self.assertNotIn(secret, text)

    def test_a_hash_alone_is_registered_and_the_file_stays(self):
        digest = hashlib.sha256(b"in the safe").hexdigest()
        body = {"title": "产权证", "kind": "floor_plan", "hash": digest, "bytes": 11, "covers": [{}]}
        piece = self.act("inf.filler", f"{TABLE}/evidence", body)["first_index"]
        again = self.refused("inf.filler", f"{TABLE}/evidence", body, "already_exists")
        self.assertEqual(again["facts"]["evidence"], str(piece))
        kept = self.refused("inf.head", f"{CAMPAIGN}/evidence/{piece}/file", None, "kept_by_custodian", "GET")
        self.assertEqual(kept["facts"]["custodian"], "INF")
        self.assertFalse(self.listed()["evidence"][0]["stored"])

    def test_a_submission_rests_on_evidence_and_a_signature_without_is_a_fact(self):
        self.fill("inf.filler", "buildings", "building_no,building_name,floors,use\nJ1,教学楼,6,教学\nH2,化学楼,5,实验\n")
        submit = lambda: self.refused("inf.filler", f"{TABLE}/submit", self.statement("inf.filler", "buildings"),
                                      "evidence_missing")["facts"]["requirements"]
        self.assertEqual(submit(), "plan, certificate")
        self.refused("inf.filler", f"{TABLE}/evidence", {"title": "t", "kind": "photo", "hash": "0" * 64,
                                                         "covers": [{"requirement": "plan"}]}, "evidence_kind")
        self.refused("inf.filler", f"{TABLE}/evidence", {"title": "t", "kind": "photo", "hash": "0" * 64,
                                                         "covers": [{"row": "X9"}]}, "malformed_body")
        self.register("inf.filler", PDF, [{}])
        self.register("inf.filler", PDF + b"1", [{"row": "J1", "column": "use"}], "certificate")
        self.assertEqual(submit(), "certificate")
        coverage = {c["requirement"]: c for c in self.listed()["coverage"]}
        self.assertTrue(coverage["plan"]["met"])
        self.assertEqual((coverage["certificate"]["covered"], coverage["certificate"]["rows"]), (1, 2))
        self.assertEqual(coverage["certificate"]["lacking"], ["H2"])
        second = self.register("inf.filler", PDF + b"2", [{"row": "H2", "requirement": "certificate"}], "certificate")
        self.sign("inf.filler", "buildings")
        self.sign("inf.head", "buildings", "unit_signature")
        self.act("inf.filler", f"{CAMPAIGN}/evidence/{second}/withdrawal", {"reason": "错传"})
        late = self.register("inf.filler", PDF + b"3", [{"row": "H2"}], "certificate")
        states = {r["id"]: (r["state"], r["after_signing"]) for r in self.listed()["evidence"]}
        self.assertEqual((states[second], states[late]), (("withdrawn", True), ("standing", True)))
        self.assertEqual([s for s in states.values() if not s[1]], [("standing", False)] * 2)

        self.fill("sec.filler", "drills", "drills_held,participants\n4,5200\n")
        self.sign("sec.filler", "drills")
        self.sign("sec.head", "drills", "unit_signature")
        size = self.client("safety.1").get("/v1/ledger")["size"]
        facts = self.client("discipline.1").get(f"{CAMPAIGN}/facts?kind=F7&min_index={size - 1}")["facts"]
        self.assertEqual([(f["department"], f["table"], f["counts"]) for f in facts], [("SEC", "drills", True)])
        self.assertTrue(facts[0]["id"].endswith("-drill_photo"))
        whole = self.client("safety.1").get(f"{CAMPAIGN}/evidence/coverage")["coverage"]
        self.assertEqual([(c["requirement"], c["met"]) for c in whole],
                         [("plan", True), ("certificate", True), ("drill_photo", False)])
        self.assertNotIn("lacking", json.dumps(whole))
        document = self.client("safety.1").get("/openapi.json")
        for target, path in ((f"{CAMPAIGN}/evidence/coverage", "/v1/campaigns/{campaign}/evidence/coverage"),
                             (f"{TABLE}/evidence", "/v1/campaigns/{campaign}/tables/{table}/evidence"),
                             (f"{CAMPAIGN}/evidence", "/v1/campaigns/{campaign}/evidence")):
            schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            self.assertIsNone(schema_problem(self.client("safety.1").get(target), schema, document), target)

    def test_what_is_damaged_or_gone_is_found_said_and_recorded(self):
        damaged = self.register("inf.filler", PDF, [{}])
        gone = self.register("inf.filler", PDF + b"1", [{"column": "use"}])
        reported = self.register("inf.filler", PDF + b"2", [{"column": "floors"}])
        cli("evidence", "check", "--data", str(self.stopped()))
        self.place(PDF).write_bytes(PDF[:-1] + b"X")
        self.place(PDF + b"1").unlink()
        checked = cli("--json", "evidence", "check", "--data", str(self.data), check=False)
        self.assertEqual(checked.returncode, 1)
        found = json.loads(checked.stdout)
        self.assertEqual((found["files"], len(found["damaged"]), len(found["missing"])), (1, 1, 2))
        self.serve()
        for piece in (damaged, gone):
            self.refused("inf.head", f"{CAMPAIGN}/evidence/{piece}/file", None, "evidence_file_missing", "GET")
            header = [h for h in self.headers_of_log() if h["type"] == "evidence.missing"][-1]
            self.assertEqual((header["actor"]["person"], header["data"]["evidence"]), ("system", piece))
            self.refused("inf.head", f"{CAMPAIGN}/evidence/{piece}/file", None, "evidence_file_missing", "GET")
        self.refused("inf.filler", f"{CAMPAIGN}/evidence/{reported}/missing", {"reason": "x"}, "right_missing")
        self.act("discipline.1", f"{CAMPAIGN}/evidence/{reported}/missing", {"reason": "调阅时未能提供"})
        self.refused("safety.1", f"{CAMPAIGN}/evidence/{reported}/missing", {"reason": "x"}, "already_exists")
        self.assertEqual([r["state"] for r in self.listed()["evidence"]], ["missing"] * 3)
        self.assertEqual(sum(h["type"] == "evidence.missing" for h in self.headers_of_log()), 3)
        # Sent once more it stands again, under another entry.
        again = self.register("inf.filler", PDF, [{}])
        self.assertEqual(self.client("inf.head").raw("GET", f"{CAMPAIGN}/evidence/{again}/file")[2], PDF)

    def stopped(self):
        self.assertEqual(self.service.stop(), 0)
        return self.data

    def test_a_killed_upload_leaves_nothing_and_a_backup_holds_the_files(self):
        piece = self.register("inf.filler", PDF, [{}])
        (self.data / "evidence/incoming/0123").write_bytes(b"half")
        self.service.kill()
        backups = self.directory / "backups"
        self.serve("--backup_dir", str(backups), "--backup_hours", "0")
        self.assertEqual(list((self.data / "evidence/incoming").iterdir()), [])
        self.act("admin", "/v1/backups")
        while not self.client("admin").get("/v1/backups")["status"]["last_made"]:
            pass
        restored = self.directory / "restored"
        reply = json.loads(cli("--json", "restore", "--from", str(backups), "--to", str(restored),
                               "--payload-key", str(self.data / "keys/payload.key")).stdout)
        self.assertEqual((reply["evidence_files"], reply["damaged_evidence"]), (1, []))
        name = hashlib.sha256(PDF).hexdigest()
        self.assertEqual((restored / "evidence" / name[:2] / name).read_bytes(), PDF)
        cli("evidence", "check", "--data", str(restored))
        self.assertGreater(piece, 0)
        # One that is damaged in the backup is left out, and that is no success.
        kept, = (file for file in backups.rglob(name) if file.is_file())
        kept.chmod(0o600)
        kept.write_bytes(PDF[:-1])
        done = cli("restore", "--from", str(backups), "--to", str(self.directory / "lacking"),
                   "--payload-key", str(self.data / "keys/payload.key"), check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"evidence damaged in the backup, left out: {name[:2]}/{name}", done.stdout)
        self.assertIn("evidence was damaged", done.stderr)

    def test_the_command_line_does_it_all(self):
        home = str(self.directory / "home")
        def run(account, *arguments, check=True):
            environment = {"HOME": home, "XDG_CONFIG_HOME": home, "COUNTERSIGN_PASSWORD": password(account)}
            cli("login", "--url", self.service.url, account, **environment)
            return cli("--campaign", "safety-2021", *arguments, check=check, **environment)
        file = self.directory / "平面图.pdf"
        file.write_bytes(PDF)
        self.fill("inf.filler", "buildings", "building_no,building_name,floors,use\nJ1,教学楼,6,教学\n")
        run("inf.filler", "evidence", "add", str(file), "--table", "buildings", "--kind", "floor_plan", "--covers", "table",
            "--covers", "row=J1,column=use")
        run("inf.filler", "evidence", "add", str(file), "--table", "buildings", "--kind", "photo", "--covers", "column=use",
            "--hash-only", "--title", "照片")
        listed = json.loads(run("inf.filler", "--json", "evidence", "list", "buildings").stdout)["evidence"]
        self.assertEqual([(r["title"], r["stored"]) for r in listed], [("平面图.pdf", True), ("照片", False)])
        copy = self.directory / "copy.pdf"
        run("inf.head", "evidence", "get", str(listed[0]["id"]), str(copy))
        self.assertEqual(copy.read_bytes(), PDF)
        run("inf.filler", "evidence", "show", str(listed[1]["id"]), "--to", "专家组")
        run("inf.filler", "evidence", "withdraw", str(listed[1]["id"]), "--reason", "错传")
        run("safety.1", "evidence", "missing", str(listed[0]["id"]), "--reason", "未见原件")
        text = run("safety.1", "--lang", "zh", "evidence", "list", "buildings").stdout
        self.assertIn("已撤回", text)
        self.assertIn("缺失", text)
        self.assertIn("certificate", run("safety.1", "evidence", "coverage").stdout)


if __name__ == "__main__":
    unittest.main()
