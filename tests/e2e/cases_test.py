"""Review for appraisal over the real service: a case from its facts to the correction after an appeal, and the
packs of evidence, judged by the verifier of harness.py and by our own offline one."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

from harness import (MIDWAY, VERIFY, Client, Service,
                     cli, demonstration, inclusion_holds, leaf_hash, node_hash, parse_checkpoint, parse_proof, schema_problem)

CAMPAIGN = "/v1/campaigns/2020"


def tree_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


def canonical(value):
    """RFC 8785, of what packs hold: no number but whole ones."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        demonstration(cls.directory / "demo", MIDWAY)
        cls.service = Service(cls.directory / "demo")
        cls.centre = Client(cls.service, "centre.1")
        cls.reviewer = Client(cls.service, "appraisal.1")
        cls.clients = {}
        cls.vkey = cls.centre.raw("GET", "/log/vkey")[2].decode().strip()
        cls.document = cls.centre.get("/openapi.json")
        # The unit with most facts that count, and nothing decided about them.
        counting = {}
        for fact in cls.centre.get(f"{CAMPAIGN}/facts?limit=1000")["facts"]:
            held = fact["counts"] and not fact["credit"] and fact["kind"] != "F13"
            if held and fact["state"] == "open":
                counting.setdefault(fact["department"], []).append(fact)
        counting.pop("PO", None)  # the reviewer belongs to it
        cls.unit, facts = max(counting.items(), key=lambda one: len(one[1]))
        cls.facts = [fact["id"] for fact in facts[:2]]
        cls.head = cls.unit.lower() + ".head"

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def act(self, account, target, body):
        """Returns the entry it became."""
        status, reply = self.client(account).request("POST", CAMPAIGN + target, body)
        self.assertEqual(status, 201, reply)
        return reply["first_index"]

    def refused(self, account, target, body, code):
        status, problem = self.client(account).request("POST", CAMPAIGN + target, body)
        self.assertGreaterEqual(status, 400, problem)
        self.assertEqual(problem["code"], code, problem)
        self.assertTrue(problem["guard"]["zh"] and problem["guard"]["en"] and problem["cure"]["zh"])
        return problem

    def documented(self, name, answer):
        self.assertIsNone(schema_problem(answer, {"$ref": "#/components/schemas/" + name}, self.document))
        return answer

    def case(self, id, account="appraisal.1"):
        latest = self.centre.get("/v1/ledger")["size"] - 1
        return self.documented("Case", self.client(account).get(f"{CAMPAIGN}/cases/{id}?min_index={latest}"))

    def header(self, index):
        return json.loads(self.centre.get(f"/v1/entries/{index}")["header"])

    def fetched(self, account, target):
        """The bytes of a pack, and the header of the entry that says that they went out."""
        status, headers, body = self.client(account).raw("GET", target)
        self.assertEqual(status, 200, body[:300])
        recorded = self.header(int(headers["Countersign-Recorded-As"]))
        self.assertEqual((recorded["type"], recorded["actor"]["account"]), ("data.exported", account))
        self.assertEqual(recorded["data"]["content"], hashlib.sha256(body).hexdigest())
        return body, recorded

    def verify_pack(self, pack):
        """By the standard's text alone: every entry stands under the one checkpoint, every item under its entry."""
        size, root = parse_checkpoint(pack["checkpoint"])
        self.assertLessEqual(pack["as_of"], size)
        for entry in pack["entries"]:
            index, path, (proof_size, proof_root) = parse_proof(entry["proof"])
            self.assertEqual((index, proof_size, proof_root), (entry["index"], size, root))
            self.assertTrue(inclusion_holds(leaf_hash(entry["header"].encode()), index, size, path, root), index)
            leaves = [bytes.fromhex(item["leaf"]) if "leaf" in item
                      else leaf_hash(base64.b64decode(item["salt"]) + item["item"].encode())
                      for item in entry["items"]]
            commitment = json.loads(entry["header"])["payload"]
            self.assertEqual((len(leaves), tree_root(leaves).hex()), (commitment["count"], commitment["root"]), index)
        held = {entry["index"] for entry in pack["entries"]}
        for fact in pack["facts"]:
            self.assertLessEqual(set(fact["entries"]) | {act["index"] for act in fact["acts"]}, held, fact["id"])
        self.assertLessEqual({one["index"] for one in pack["history"]}, held)

    def test_a_case_from_its_facts_to_the_correction_after_an_appeal(self):
        # It is opened by the accountability reviewer, on facts about one unit that stand.
        opening = {"department": self.unit, "facts": self.facts, "title": "本年度采集工作逾期"}
        for account in (self.head, "centre.1", "lg.1"):
            self.refused(account, "/cases", opening, "right_missing")
        self.refused("appraisal.1", "/cases", {**opening, "facts": []}, "bulletin_cites_nothing")
        self.refused("appraisal.1", "/cases", {**opening, "facts": ["F1-999999"]}, "malformed_body")
        another = "AA" if self.unit != "AA" else "HR"
        self.refused("appraisal.1", "/cases", {**opening, "department": another}, "malformed_body")
        voided, = self.centre.get(f"{CAMPAIGN}/facts?kind=F1&table=majors")["facts"]
        self.refused("appraisal.1", "/cases", {**opening, "department": "AA", "facts": [voided["id"]]},
                     "fact_not_standing")
        id = self.act("appraisal.1", "/cases", opening)
        self.assertEqual(self.case(id)["state"], "opened")
        # The unit hears of it when it is served.
        self.assertEqual(self.client(self.head).request("GET", f"{CAMPAIGN}/cases/{id}")[0], 404)
        self.assertEqual(self.client(self.head).get(f"{CAMPAIGN}/cases")["cases"], [])
        report = {"outcome": "reported", "text": "该单位两次逾期", "to": ["年度考核办公室", "校长办公室"]}
        self.refused("appraisal.1", f"/cases/{id}/conclusion", report, "pack_missing")
        self.refused("appraisal.1", f"/cases/{id}/service", {}, "pack_missing")

        # The sealed pack: its hash stands in the log, its bytes hash to it.
        self.refused("centre.1", f"/cases/{id}/pack", {}, "right_missing")
        sealed = self.act("appraisal.1", f"/cases/{id}/pack", {})
        data = self.header(sealed)["data"]
        file = self.directory / "demo" / "evidence" / data["hash"][:2] / data["hash"]
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(file.parent).st_mode), 0o700)
        self.assertEqual(hashlib.sha256(file.read_bytes()).hexdigest(), data["hash"])
        self.assertEqual(file.stat().st_size, data["bytes"])
        self.assertEqual(self.client(self.head).request("GET", f"{CAMPAIGN}/cases/{id}/pack")[0], 404)
        self.refused("appraisal.1", f"/cases/{id}/conclusion", report, "not_served")

        # Service begins the period to object; the head receives it and fetches the pack.
        self.refused(self.head, f"/cases/{id}/acknowledgement", {}, "not_served")
        self.act("appraisal.1", f"/cases/{id}/service", {"to": "填报人"})
        self.refused("appraisal.1", f"/cases/{id}/service", {}, "already_exists")
        self.refused("aa.head" if self.unit != "AA" else "hr.head", f"/cases/{id}/acknowledgement", {},
                     "right_missing")
        self.act(self.head, f"/cases/{id}/acknowledgement", {})
        served = self.case(id, self.head)
        self.assertEqual(served["state"], "received")
        self.assertEqual(served["services"][0]["objections_until"], "2020-11-13T16:00:00.000000Z")
        body, recorded = self.fetched(self.head, f"{CAMPAIGN}/cases/{id}/pack")
        self.assertEqual(recorded["data"]["content"], data["hash"])
        self.assertEqual(body, file.read_bytes())
        other = "hr.filler" if self.unit != "HR" else "aa.filler"
        self.assertEqual(self.client(other).request("GET", f"{CAMPAIGN}/cases/{id}")[0], 404)
        self.assertEqual(self.client(other).request("GET", f"{CAMPAIGN}/cases/{id}/pack")[0], 404)
        for account in ("appraisal.1", "centre.1", "audit.1"):
            self.assertEqual(self.fetched(account, f"{CAMPAIGN}/cases/{id}/pack")[0], body, account)

        # Whoever doubts it checks it without us.
        pack = json.loads(body)
        self.assertEqual(canonical(pack).encode(), body)
        self.documented("Pack", pack)
        self.assertEqual([fact["id"] for fact in pack["facts"]], self.facts)
        self.assertTrue(all(rule["text"]["zh"] for rule in pack["rules"]))
        self.assertEqual({task["table"] for task in pack["deadlines"]}, {fact["table"] for fact in pack["facts"]})
        self.verify_pack(pack)

        # Objection, decision, and the clock of what nobody objected to.
        first, second = self.facts
        self.act(self.head, f"/facts/{first}/objection", {"ground": "平台停机"})
        self.refused("appraisal.1", f"/cases/{id}/conclusion", report, "objection_open")
        self.act("appraisal.1", f"/facts/{first}/decision", {"verdict": "upheld", "reason": "停机不在此时段"})
        running = self.refused("appraisal.1", f"/cases/{id}/conclusion", report, "period_running")
        self.assertEqual(running["facts"]["until"], "2020-11-13T16:00:00.000000Z")
        status, moved = self.client("admin").request("POST", "/v1/simulation/clock",
                                                     {"to": "2020-11-14T09:00:00+08:00"})
        self.assertIn(status, (200, 201), moved)

        # The report names units only, and is not for the unit's own people to write.
        name = next(p["name"] for p in self.centre.get(CAMPAIGN)["persons"] if p.get("department") == self.unit)
        named = self.refused("appraisal.1", f"/cases/{id}/conclusion", {**report, "text": name + "逾期"},
                             "bulletin_names_person")
        self.assertNotIn(name, json.dumps(named, ensure_ascii=False))
        self.refused("appraisal.1", f"/cases/{id}/conclusion", {**report, "to": []}, "unknown_subject")
        self.refused("appraisal.1", f"/cases/{id}/conclusion", {**report, "outcome": "published", "bulletin": 1},
                     "unknown_subject")
        self.refused(self.head, f"/cases/{id}/conclusion", report, "right_missing")
        concluded = self.act("appraisal.1", f"/cases/{id}/conclusion", report)
        self.assertEqual(self.header(concluded)["data"]["facts"], self.facts)
        case = self.case(id)
        self.assertEqual((case["state"], case["overturned"]), ("reported", []))
        self.assertTrue(case["texts"][0]["appeal_until"].startswith("2020-12-14T01:0"), "thirty days")
        self.refused("appraisal.1", f"/cases/{id}/pack", {}, "already_exists")
        self.refused("appraisal.1", f"/cases/{id}/conclusion", report, "already_exists")

        # The appeal voids a fact: the case has to be corrected, for everybody it reached.
        self.act(self.head, f"/facts/{first}/objection", {"ground": "附停机证明"})
        self.act("appraisal.1", f"/facts/{first}/decision", {"verdict": "voided", "reason": "停机属实"})
        case = self.case(id)
        self.assertEqual((case["state"], case["overturned"]), ("to_be_corrected", [first]))
        corrected = self.act("appraisal.1", f"/cases/{id}/correction",
                             {"text": "该单位一次逾期", "reason": "一项事实经申诉撤销"})
        self.assertEqual(self.header(corrected)["data"]["facts"], [second])
        case = self.case(id, self.head)
        self.assertEqual((case["state"], case["overturned"]), ("reported", []))
        self.assertEqual([text["to"] for text in case["texts"]], [sorted(report["to"])] * 2)
        self.assertEqual([text["text"] for text in case["texts"]], ["该单位两次逾期", "该单位一次逾期"])
        # What was said stays out of the headers.
        log = self.centre.raw("GET", "/v1/log/export")[2].decode()
        for line in log.splitlines():
            self.assertNotIn("该单位", json.loads(line).get("header", ""))

        environment = self.login("appraisal.1")
        self.assertIn("reported", cli("case", "list", **environment).stdout)
        shown = cli("case", "show", str(id), **environment).stdout
        for word in ("pack sealed", "received", "corrected", "reached", data["hash"]):
            self.assertIn(word, shown)

    def login(self, account):
        environment = {"XDG_CONFIG_HOME": str(self.directory / account)}
        cli("login", account, "--url", self.service.url, COUNTERSIGN_PASSWORD=f"jiangpan-{account}-2020", **environment)
        return environment

    def test_a_unit_fetches_everything_about_itself_at_any_time(self):
        target = f"/v1/departments/{self.unit}/pack?campaign=2020"
        body, recorded = self.fetched(self.head, target)
        pack = self.documented("Pack", json.loads(body))
        self.assertEqual(recorded["data"]["what"], "pack")
        self.assertIsNone(pack["case"])
        facts = self.centre.get(f"{CAMPAIGN}/facts?limit=1000&department={self.unit}")["facts"]
        self.assertEqual([f["id"] for f in pack["facts"]],
                         [f["id"] for f in facts if max(f["entries"]) < pack["as_of"]])
        self.verify_pack(pack)
        # Persons of other units stand in it as leaves, their names nowhere.
        own_tables = {t["key"] for t in self.centre.get(f"{CAMPAIGN}/tables")["tables"] if t["owner"] == self.unit}
        for entry in pack["entries"]:
            header = json.loads(entry["header"])
            for item in entry["items"]:
                if "item" not in item:
                    continue
                kind = json.loads(item["item"])["kind"]
                if kind not in ("text", "document", "sign_off"):
                    item["item"] = ""  # the unit's own data, of whoever they are
                self.assertTrue(header.get("table") in own_tables or kind in ("text", "document"), entry["index"])
                if kind == "sign_off":
                    self.assertEqual(header["actor"]["department"], self.unit)
        text = json.dumps(pack, ensure_ascii=False)
        for person in self.centre.get(CAMPAIGN)["persons"]:
            if person.get("department") != self.unit:
                self.assertNotIn(f'"{person["name"]}"', text)
                self.assertNotIn(f'\\"{person["name"]}\\"', text)

        other = "hr.filler" if self.unit != "HR" else "aa.filler"
        self.assertEqual(self.client(other).request("GET", target)[0], 403)
        self.assertEqual(self.client("lg.1").request("GET", target)[0], 403)
        self.assertEqual(self.client(self.head).request("GET", "/v1/departments/XX/pack?campaign=2020")[0], 404)
        self.assertEqual(self.client(self.head).request("GET", f"/v1/departments/{self.unit}/pack")[0], 404)

    def test_a_pack_is_checked_offline_and_the_first_bad_entry_is_named(self):
        environment = self.login(self.head)
        file = self.directory / "pack.json"
        cli("pack", "unit", self.unit, str(file), **environment)
        checked = json.loads(cli("--json", "pack", "check", str(file), "--key", self.vkey).stdout)
        self.assertTrue(checked["verified"])
        self.assertEqual(checked["sha256"], hashlib.sha256(file.read_bytes()).hexdigest())
        self.assertEqual(subprocess.run([VERIFY, str(file), self.vkey], capture_output=True).returncode, 0)
        pack = json.loads(file.read_text())

        def first_bad(change, key=self.vkey):
            changed = json.loads(file.read_text())
            change(changed)
            bad = self.directory / "bad.json"
            bad.write_text(canonical(changed))
            done = cli("--json", "pack", "check", str(bad), "--key", key, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(subprocess.run([VERIFY, str(bad), key], capture_output=True).returncode, 1)
            return json.loads(done.stdout)["first_bad_entry"]

        middle = len(pack["entries"]) // 2
        index = pack["entries"][middle]["index"]

        def edit_header(p):
            entry = p["entries"][middle]
            header = json.loads(entry["header"])
            header["received_at"] = "2020-10-01T00:00:00.000000Z"
            entry["header"] = canonical(header)
        self.assertEqual(first_bad(edit_header), index)

        shown = next(i for i, entry in enumerate(pack["entries"]) if any("item" in item for item in entry["items"]))

        def edit_item(p):
            item = next(item for item in p["entries"][shown]["items"] if "item" in item)
            item["item"] = item["item"].replace("}", " }", 1)
        self.assertEqual(first_bad(edit_item), pack["entries"][shown]["index"])

        named = pack["facts"][0]["entries"][0]
        self.assertEqual(first_bad(lambda p: p.update(
            entries=[e for e in p["entries"] if e["index"] != named])), named)

        def swap_proofs(p):
            a, b = p["entries"][0], p["entries"][1]
            a["proof"], b["proof"] = b["proof"], a["proof"]
        self.assertEqual(first_bad(swap_proofs), pack["entries"][0]["index"])
        # A pack of another log, or one that was reformatted, is none.
        other = self.directory / "loose.json"
        other.write_text(json.dumps(pack))
        self.assertIn("canonical", cli("pack", "check", str(other), "--key", self.vkey, check=False).stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
