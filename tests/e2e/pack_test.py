"""Packs of evidence as ZIPs: made over the real service for a case, a department and a table; verified without it by our
verifier and by one we did not write; refused, by name, whatever is done to them; and given to whom they are due."""
import base64
import hashlib
import html.parser
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest
import zipfile

from harness import CLI, FOREIGN, MIDWAY, VERIFY, Client, Service, cli, demonstration, parse_checkpoint, password, quote
from witness_test import Witness

CAMPAIGN = "/v1/campaigns/2020"


def unzipped(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files):
    """`files` is a dictionary, or a list of pairs where a name is to stand there twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files.items() if isinstance(files, dict) else files):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


class Page(html.parser.HTMLParser):
    """What a page loads, runs and says."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.targets, self.words = set(), [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value)
            elif name == "id":
                self.targets.add(value)
            elif name not in ("lang", "charset", "class"):
                raise AssertionError(f"<{tag} {name}>")

    def handle_data(self, data):
        self.words.append(data)


class Packs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        demonstration(cls.directory / "demo", MIDWAY)
        cls.key = (cls.directory / "demo/vkey").read_text().strip()
        cls.witness = Witness(cls.directory / "witness", "witness.example/one", cls.key)
        cls.service = Service(cls.directory / "demo", "--witness", cls.witness.setting)
        cls.clients = {}
        cls.unit = "HR"
        _, cls.department = cls.fetched("hr.head", "/v1/departments/HR/pack.zip?campaign=2020&receiver=R&basis=B")
        facts = [f for f in cls.client("centre.1").get(f"{CAMPAIGN}/facts?limit=1000")["facts"]
                 if f["counts"] and not f["credit"] and f["state"] == "open" and f["department"] not in ("PO", "HR")]
        cls.of_case = facts[0]["department"]
        status, reply = cls.client("appraisal.1").request(
            "POST", CAMPAIGN + "/cases", {"department": cls.of_case, "facts": [facts[0]["id"]], "title": "逾期"})
        assert status == 201, reply
        cls.case = reply["first_index"]
        status, reply = cls.client("appraisal.1").request("POST", f"{CAMPAIGN}/cases/{cls.case}/pack", {})
        assert status == 201, reply

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        cls.witness.kill()
        shutil.rmtree(cls.directory)

    @classmethod
    def client(cls, account):
        if account not in cls.clients:
            cls.clients[account] = Client(cls.service, account)
        return cls.clients[account]

    @classmethod
    def fetched(cls, account, target):
        status, headers, body = cls.client(account).raw("GET", target)
        assert status == 200, body[:500]
        assert headers["Content-Type"] == "application/zip", headers
        return int(headers["Countersign-Recorded-As"]), body

    def file(self, body):
        path = self.directory / "pack.zip"
        path.write_bytes(body)
        return str(path)

    def verify(self, body, *options):
        """The verdict in a place with no service, no session and no ledger."""
        done = subprocess.run([CLI, "--json", "verify", self.file(body), *(options or ("--key", self.key))],
                              capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(self.directory / "nobody")})
        return done.returncode, json.loads(done.stdout) if done.stdout else {"problem": done.stderr}

    def refused(self, body, problem, foreign=True):
        code, report = self.verify(body)
        self.assertNotEqual(code, 0, problem)
        self.assertIn(problem, report["problem"])
        if foreign:
            self.assertNotEqual(self.foreign(body, 0).returncode, 0, problem)

    def foreign(self, body, flips):
        return subprocess.run([FOREIGN, "-pack", self.file(body), "-vkey", self.key, "-flips", str(flips)],
                              capture_output=True, text=True)

    def accepted(self, body, kind, flips=0):
        code, report = self.verify(body)
        self.assertEqual((code, report.get("verified"), report.get("kind")), (0, True, kind), report)
        done = self.foreign(body, flips)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rf"pack of {report['entries']} entries in {report['files'] + 2} files accepted")
        return report

    # --- the three kinds -----------------------------------------------------------------------

    def test_a_department_fetches_its_own(self):
        recorded, body = self.fetched("hr.head", f"/v1/departments/HR/pack.zip?campaign=2020&receiver={quote('评估院')}"
                                       f"&basis={quote('教督〔2020〕1号')}")
        report = self.accepted(body, "department", 400)
        self.assertEqual((report["department"], report["made_by"], report["export_entry"]), ("HR", "hr.head", recorded))
        self.assertGreater(report["sign_offs"], 0)
        shown = subprocess.run([VERIFY, self.file(body), self.key], capture_output=True, text=True)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("of the HTML pages only that the service wrote them", shown.stdout)
        # That it went out is an entry: what, to whom, on what ground.
        header = json.loads(self.client("centre.1").get(f"/v1/entries/{recorded}")["header"])
        files = unzipped(body)
        self.assertEqual((header["type"], header["data"]["what"]), ("data.exported", "pack"))
        self.assertEqual(header["data"]["content"], hashlib.sha256(files["evidence.json"]).hexdigest())
        manifest = json.loads(files["manifest.json"])
        self.assertEqual((manifest["receiver"], manifest["basis"]), ("评估院", "教督〔2020〕1号"))
        for page in ("what-happened.zh.html", "what-happened.en.html"):
            self.assertIn(f"#{recorded} · hr.head · ", files[page].decode())
            self.assertIn("评估院", files[page].decode())

    def test_a_case_is_the_sealed_bytes(self):
        _, body = self.fetched("appraisal.1", f"{CAMPAIGN}/cases/{self.case}/pack.zip")
        report = self.accepted(body, "case", 200)
        self.assertEqual((report["case"], report["department"]), (self.case, self.of_case))
        shown = self.client("appraisal.1").get(f"{CAMPAIGN}/cases/{self.case}")
        self.assertEqual(report["evidence_sha256"], shown["packs"][-1]["hash"])
        # The unit has it once it was served.
        head = self.of_case.lower() + ".head"
        self.assertEqual(self.client(head).raw("GET", f"{CAMPAIGN}/cases/{self.case}/pack.zip")[0], 404)
        status, reply = self.client("appraisal.1").request("POST", f"{CAMPAIGN}/cases/{self.case}/service", {})
        self.assertEqual(status, 201, reply)
        _, served = self.fetched(head, f"{CAMPAIGN}/cases/{self.case}/pack.zip")
        self.assertEqual(unzipped(served)["evidence.json"], unzipped(body)["evidence.json"])
        other = "hr.head"
        self.assertIn(self.client(other).raw("GET", f"{CAMPAIGN}/cases/{self.case}/pack.zip")[0], (403, 404))

    def test_a_table_with_everything_that_happened_to_it(self):
        _, body = self.fetched("hr.filler", f"{CAMPAIGN}/tables/staff_basic/pack.zip")
        report = self.accepted(body, "table", 200)
        self.assertEqual((report["table"], report["department"]), ("staff_basic", "HR"))
        files = unzipped(body)
        pack = json.loads(files["evidence.json"])
        acts = self.client("centre.1").get(f"{CAMPAIGN}/tables/staff_basic/entries?limit=1000")
        wanted = {e["index"] for e in acts["entries"] if e["type"] not in ("table.read", "data.exported", "evidence.shown")
                  and e["index"] < pack["as_of"]}
        self.assertTrue(wanted)
        self.assertLessEqual(wanted, {e["index"] for e in pack["entries"]})
        # From what to what, in both languages.
        for page, row in (("what-happened.zh.html", "100001, status: 在职 → 当年离职"),
                          ("what-happened.en.html", "100001, status: 在职 → 当年离职")):
            self.assertIn(row, " ".join(Page(files[page].decode()).words))

    def test_a_witness_may_be_asked_for(self):
        # A pack ends in the log's newest checkpoint; give the witness the moment it takes.
        client, end = self.client("centre.1"), time.monotonic() + 30
        size = client.get("/v1/ledger")["size"]
        while parse_checkpoint(client.raw("GET", "/log/cosigned-checkpoint")[2].decode())[0] < size:
            self.assertLess(time.monotonic(), end, "the witness does not cosign")
            time.sleep(0.05)
        _, body = self.fetched("hr.head", "/v1/departments/HR/pack.zip?campaign=2020")
        code, report = self.verify(body, "--key", self.key, "--witness", self.witness.vkey)
        self.assertEqual((code, report["verified"], report["cosigned"]),
                         (0, True, {"witnesses": ["witness.example/one"], "entries": size}), report)
        shown = subprocess.run([VERIFY, self.file(body), self.key, "--witness", self.witness.vkey], capture_output=True,
                               text=True)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(f"cosigned by witness.example/one: the first {size} entries\n", shown.stdout)
        # Not of this witness; and of a pack whose checkpoint nobody cosigned.
        golden = pathlib.Path(__file__).parents[1] / "golden"
        stranger = (golden / "witness.vkey").read_text().strip()
        files = unzipped(body)
        for name, vkey, key in ((self.file(body), stranger, self.key),
                                (str(golden / "pack.zip"), stranger, (golden / "vkey").read_text().strip())):
            done = subprocess.run([VERIFY, name, key, "--witness", vkey], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("of 0 witnesses, not of 1", done.stdout)
        # Its line cannot be lent to another pack: the manifest vouches for the file that bears it.
        self.refused(zipped({**files, "checkpoint.txt": files["checkpoint.txt"].split(b"\xe2\x80\x94 witness")[0]}),
                     "checkpoint.txt is not the file that the manifest names")

    # --- pages for people ----------------------------------------------------------------------

    def test_pages_are_whole_and_load_nothing(self):
        files = unzipped(self.department)
        pack = json.loads(files["evidence.json"])
        for name, words in (("what-happened.zh.html", ("名义逾期", "净逾期", "如何核验", "已签 v", "+08:00")),
                            ("what-happened.en.html", ("raw lateness", "net lateness", "How to verify", "signed v", "+08:00"))):
            text = files[name].decode()
            page = Page(text)
            self.assertLessEqual(page.tags, {"html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "table",
                                             "thead", "tbody", "tr", "th", "td", "br", "a", "pre", "code", "ol", "li", "span"})
            self.assertNotIn("url(", text)
            self.assertNotIn("@import", text)
            self.assertIn("@page", text)
            said = " ".join(page.words)
            for word in words:
                self.assertIn(word, said)
            # Every link leads to an entry on the page.
            for link in page.links:
                self.assertIn(link.removeprefix("#"), page.targets)
            for fact in pack["facts"]:
                self.assertIn(fact["id"], said)
            for task in pack["deadlines"]:
                for statement in task["statements"]:
                    self.assertIn(f"v{statement['version']}", said)

    def test_texts_of_people_stay_texts(self):
        hostile = "<script>alert(1)</script>&\"'\u202e"
        categories, filler = f"{CAMPAIGN}/tables/major_categories", self.client("aa.filler")
        rows = filler.get(f"{categories}/rows")["rows"]
        other = next(r for r in rows if r["cells"]["unit_no"] != rows[0]["cells"]["unit_no"])
        status, reply = filler.request("PATCH", f"{categories}/rows/{quote(rows[0]['key'])}",
                                       {"cells": {"unit_no": other["cells"]["unit_no"]}, "reason": hostile})
        self.assertEqual(status, 200, reply)
        _, body = self.fetched("aa.filler", f"{categories}/pack.zip")
        self.accepted(body, "table")
        for name in ("what-happened.zh.html", "what-happened.en.html"):
            text = unzipped(body)[name].decode()
            self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;", text)
            self.assertNotIn("<script", text)
            self.assertNotIn("\u202e", text)

    # --- what is done to them ------------------------------------------------------------------

    def test_every_file_is_covered(self):
        files = unzipped(self.department)
        self.assertEqual(self.verify(zipped(files))[0], 0)  # packed by others, the same
        for name, content in files.items():
            for place in {0, len(content) // 2, len(content) - 1}:
                broken = bytearray(content)
                broken[place] ^= 1
                code, report = self.verify(zipped({**files, name: bytes(broken)}))
                self.assertEqual(code, 1, (name, place, report))
                self.assertIn(name if not name.startswith("manifest") else "manifest.", report["problem"])

    def test_files_removed_added_doubled_and_renamed_are_named(self):
        files = unzipped(self.department)
        signature = next(name for name in files if name.startswith("signatures/"))
        for name in files:
            less = {n: c for n, c in files.items() if n != name}
            self.refused(zipped(less), "manifest" if name.startswith("manifest") else f"{name} is missing")
        self.refused(zipped({**files, "more.txt": b""}), "more.txt is there, and the manifest does not name it")
        self.refused(zipped([*files.items(), ("checkpoint.txt", b"")]), "names a file twice", foreign=True)
        renamed = {("signatures/0.txt" if n == signature else n): c for n, c in files.items()}
        self.refused(zipped(renamed), f"{signature} is missing")
        for name in ("../evil", "/etc/evil", "a\\b", "a//b", ".hidden", "a" * 200):
            self.refused(zipped({**files, name: b""}), "has a name")
        self.refused(self.department[:-1], "cut off")
        self.refused(self.department + b"x", "cut off, or something follows")

    def test_parts_of_another_pack_are_refused(self):
        files = unzipped(self.department)
        _, body = self.fetched("hr.head", "/v1/departments/HR/pack.zip?campaign=2020")
        other = unzipped(body)
        self.refused(zipped({**files, "manifest.json": other["manifest.json"]}), "not the one that manifest.note signs")
        self.refused(zipped({**files, "manifest.json": other["manifest.json"], "manifest.note": other["manifest.note"]}),
                     "not the file that the manifest names")
        # A checkpoint is no statement about a pack, and the other way round.
        self.refused(zipped({**files, "manifest.note": files["checkpoint.txt"]}), "manifest.note does not verify")

    def test_another_logs_pack_is_refused(self):
        files = unzipped(self.department)
        name = json.loads(files["manifest.json"])["origin"]
        material = b"\x01" + bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
        id = hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8]
        other = f"{name}+{id}+{base64.b64encode(material).decode()}"
        code, report = self.verify(self.department, "--key", other)
        self.assertEqual(code, 1)
        self.assertIn("manifest.note does not verify", report.get("problem", ""))

    def test_an_archive_that_grows_is_refused_before_it_does(self):
        files = unzipped(self.department)
        bomb = zipped({**files, "bomb": b"\0" * (129 << 20)})
        self.assertLess(len(bomb), 2 << 20)
        self.refused(bomb, "too large")

    # --- rights --------------------------------------------------------------------------------

    def test_who_may_have_it(self):
        def asked(account, target):
            status, _, body = (self.client(account) if account else Client(self.service)).raw("GET", target)
            return status
        unit, table = "/v1/departments/HR/pack.zip?campaign=2020", f"{CAMPAIGN}/tables/staff_basic/pack.zip"
        for target in (unit, table, f"{CAMPAIGN}/cases/{self.case}/pack.zip"):
            self.assertEqual(asked(None, target), 401)
        self.assertEqual([asked(a, unit) for a in ("hr.filler", "hr.head", "centre.1", "appraisal.1", "audit.1")], [200] * 5)
        self.assertEqual([asked(a, unit) for a in ("aa.filler", "aa.head", "lg.1")], [403] * 3)
        self.assertEqual([asked(a, table) for a in ("hr.filler", "centre.1")], [200] * 2)
        self.assertEqual([asked(a, table) for a in ("aa.filler", "c07.filler", "lg.1")], [403] * 3)
        self.assertEqual(asked("hr.head", f"{CAMPAIGN}/tables/none/pack.zip"), 404)
        self.assertEqual(asked("hr.head", "/v1/departments/XX/pack.zip?campaign=2020"), 404)
        self.assertIn(asked("hr.head", unit + "&channel=none"), (404, 409, 422))

    # --- the command line ----------------------------------------------------------------------

    def test_the_command_line_writes_it_and_never_over_another(self):
        environment = {"XDG_CONFIG_HOME": str(self.directory / "config")}
        cli("login", "hr.head", "--url", self.service.url, COUNTERSIGN_PASSWORD="jiangpan-hr.head-2020", **environment)
        out = self.directory / "hr.zip"
        cli("pack", "department", "HR", "--out", str(out), "--receiver", "评估院", **environment)
        self.assertEqual(oct(out.stat().st_mode & 0o777), "0o600")
        self.assertIn("verified: the log's key signed the manifest", cli("verify", str(out), "--key", self.key).stdout)
        first = out.read_bytes()
        size = self.client("centre.1").get("/v1/ledger")["size"]
        again = cli("pack", "table", "staff_basic", "--out", str(out), check=False, **environment)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is there already", again.stderr)
        self.assertEqual(out.read_bytes(), first)
        self.assertEqual(self.client("centre.1").get("/v1/ledger")["size"], size, "nothing was exported")
        cli("pack", "table", "staff_basic", "--out", str(out), "--force", **environment)
        self.assertEqual(json.loads(cli("--json", "verify", str(out), "--key", self.key).stdout)["kind"], "table")
        self.assertEqual([p.name for p in self.directory.glob("hr.zip*")], ["hr.zip"])
        refused = cli("pack", "department", "AA", "--out", str(self.directory / "aa.zip"), check=False, **environment)
        self.assertEqual(refused.returncode, 1)
        self.assertFalse((self.directory / "aa.zip").exists())


class AcrossAReplacedKey(unittest.TestCase):
    """A case that was sealed before the log replaced its key, taken out afterwards."""

    def test_packs_name_the_key_of_their_time(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        root = pathlib.Path(temporary.name)
        data = root / "data"
        demonstration(data, MIDWAY)
        first = (data / "vkey").read_text().strip()
        service = Service(data)
        self.addCleanup(service.kill)
        centre, appraisal = Client(service, "centre.1"), Client(service, "appraisal.1")
        fact = next(f for f in centre.get(f"{CAMPAIGN}/facts?limit=1000")["facts"]
                    if f["counts"] and not f["credit"] and f["state"] == "open" and f["department"] not in ("PO", "HR"))
        status, reply = appraisal.request("POST", CAMPAIGN + "/cases",
                                          {"department": fact["department"], "facts": [fact["id"]], "title": "逾期"})
        self.assertEqual(status, 201, reply)
        case = reply["first_index"]
        self.assertEqual(appraisal.request("POST", f"{CAMPAIGN}/cases/{case}/pack", {})[0], 201)
        self.assertEqual(service.stop(), 0)
        stolen = root / "stolen"
        shutil.copytree(data, stolen)
        cli("ledger-keys", "rotate", "--data", str(data), "--account", "admin", "--reason", "每年一次",
            COUNTERSIGN_PASSWORD=password("admin"))
        second = (data / "vkey").read_text().strip()
        service = Service(data)
        self.addCleanup(service.kill)
        for account, target in (("appraisal.1", f"{CAMPAIGN}/cases/{case}/pack.zip?receiver=R&basis=B"),
                                ("hr.head", "/v1/departments/HR/pack.zip?campaign=2020&receiver=R&basis=B")):
            status, _, body = Client(service, account).raw("GET", target)
            self.assertEqual(status, 200, body[:500])
            files = unzipped(body)
            self.assertEqual(json.loads(files["log-keys.json"])["keys"], [first, second])
            self.assertEqual(json.loads(files["manifest.json"])["verifier_key"], second)
            pack, keys = root / "pack.zip", root / "keys.json"
            pack.write_bytes(body)
            keys.write_bytes(files["log-keys.json"])
            cli("verify", str(pack), "--key", second)
            cli("verify", str(pack), "--key", first, "--log-keys", str(keys))
            self.assertNotEqual(cli("verify", str(pack), "--key", first, check=False).returncode, 0)
            done = subprocess.run([FOREIGN, "-pack", str(pack), "-vkey", second, "-flips", "200"],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(unzipped(Client(service, "appraisal.1").raw(
            "GET", f"{CAMPAIGN}/cases/{case}/pack.zip?receiver=R&basis=B")[2])["evidence.json"])["verifier_key"], first)

        # Who stole the first key goes on with it: each pack is an entry more.
        thief = Service(stolen)
        self.addCleanup(thief.kill)
        head = Client(thief, "hr.head")
        for _ in range(3):
            status, _, body = head.raw("GET", "/v1/departments/HR/pack.zip?campaign=2020&receiver=R&basis=B")
            self.assertEqual(status, 200, body[:500])
        pack.write_bytes(body)
        cli("verify", str(pack), "--key", first)  # who was told of no other key cannot know
        refused = cli("verify", str(pack), "--key", second, "--log-keys", str(keys), check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("had replaced", refused.stdout + refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
