"""A lawful order erases what somebody wrote, or the name of a person who has left: from answers at once, then from views
and storage, over a restart, while every receipt holds and exports verify by ours and by a foreign verifier."""
import json
import pathlib
import subprocess
import tempfile
import time
import unittest
import zipfile

from harness import (FOREIGN, MIDWAY, Client, Service, cli, demonstration, inclusion_holds, leaf_hash, parse_proof,
                     password, schema_problem)

ERASED = "〔已依法删除 erased by order〕"
BODY = {"order": {"title": "法院决定", "hash": "ab" * 32}, "basis": "个人信息保护法第四十七条"}
CAMPAIGN = "/v1/campaigns/2020"
# Which members of an item are words, told apart from the code that erases them.
WORDS = {"text": ["text"], "return_reason": ["text"], "opinion": ["text"], "item_reason": ["text"], "document": ["title"],
         "finding": ["note"], "plan_item": ["cause", "measure", "owner"]}


def words_of(item):
    if item["kind"] == "text" and item["role"] in ("row", "label"):
        return []
    return [name for name in WORDS.get(item["kind"], []) if name in item]


class Erasing(unittest.TestCase):
    until = MIDWAY

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.root = pathlib.Path(cls.temporary.name)
        cls.data = cls.root / "data"
        demonstration(cls.data, cls.until)
        cls.environment = {"HOME": str(cls.root), "XDG_CONFIG_HOME": str(cls.root)}

    def start(self, *options):
        service = Service(self.data, *options)
        self.addCleanup(service.kill)
        return service

    def login(self, service):
        cli("login", "--url", service.url, "admin", COUNTERSIGN_PASSWORD=password("admin"), **self.environment)

    def finished(self, admin):
        while True:
            listed = admin.get("/v1/erasures")
            self.assertIsNone(listed["last_failure"])
            if not listed["pending"]:
                return listed
            time.sleep(0.1)

    def erased(self, admin, target, body=BODY):
        status, reply = admin.request("POST", target + "/erasure", body)
        self.assertEqual(status, 201, reply)
        return reply["first_index"]

    def refused(self, client, target, code, body=BODY):
        status, problem = client.request("POST", target + "/erasure", body)
        self.assertEqual(problem.get("code"), code, problem)
        self.assertEqual(status, {"right_missing": 403, "not_a_text": 422, "reason_missing": 422}.get(code, 409))

    def exported(self, name):
        """The whole log as a file, with what both verifiers say of it."""
        file = self.root / name
        cli("log-export", str(file), **self.environment)
        key = (self.data / "vkey").read_text().strip()
        report = json.loads(cli("--json", "verify", str(file), "--key", key).stdout)
        self.assertTrue(report["verified"], report)
        done = subprocess.run([FOREIGN, "-export", str(file), "-vkey", key, "-flips", "5"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f", {report.get('erased', 0)} items erased;", done.stdout)
        return [json.loads(line) for line in file.read_text().splitlines()], report

    def nowhere(self, *secrets):
        """In no file of the stopped service."""
        for file in sorted(self.data.rglob("*")):
            if file.is_file():
                content = file.read_bytes()
                for secret in secrets:
                    self.assertNotIn(secret.encode(), content, file)

    def audited(self):
        report = json.loads(cli("--json", "fsck", "--views", "--data", str(self.data)).stdout)
        self.assertEqual((report["findings"], report["views"]["differences"]), ([], []))
        return report


class ErasedTexts(Erasing):
    def test_what_somebody_wrote_is_gone_and_everything_still_proves(self):
        service = self.start()
        filler = Client(service, "aa.filler")
        admin = Client(service, "admin")
        secret, dismissed, kept = "李四因病住院", "王五被开除的原因", "保留的说明"
        table = CAMPAIGN + "/tables/curricula"
        row = filler.get(table + "/rows?limit=1")["rows"][0]
        path = table + "/rows/" + row["key"]
        changed = []
        for name, reason in (("甲", secret), ("乙", kept)):
            status, reply = filler.request("PATCH", path, {"cells": {"leader_name": name}, "reason": reason})
            self.assertEqual(status, 200, reply)
            changed.append(reply["receipts"][0])
        status, reply = admin.request("POST", "/v1/accounts/c08.filler/close", {"reason": dismissed})
        self.assertEqual(status, 200, reply)
        closed = reply["first_index"]
        status, problem = filler.request("PATCH", path, {"cells": {"leader_name": "丙"}, "reason": "说明" + ERASED})
        self.assertEqual((status, problem["code"]), (400, "malformed_body"), "nobody writes it who erases nothing")
        entry = f"/v1/entries/{changed[0]['index']}"
        seen = f"{table}/history?row={row['key']}&min_index={changed[0]['index']}"
        self.assertIn(secret, filler.raw("GET", seen)[2].decode())

        self.refused(filler, entry, "right_missing")
        self.refused(admin, entry, "not_a_text", {**BODY, "items": [1]})
        self.refused(admin, "/v1/entries/99999999", "nothing_to_erase")
        order = self.erased(admin, entry, {**BODY, "items": [0]})
        # At once, from everything that answers.
        for target in (f"{table}/history?row={row['key']}&min_index={order}", entry,
                       f"{table}/entries?min_index={order}", f"{CAMPAIGN}/acts?min_index={order}"):
            self.assertNotIn(secret, admin.raw("GET", target)[2].decode(), target)
        history = filler.raw("GET", f"{table}/history?row={row['key']}&min_index={order}")[2].decode()
        self.assertIn(ERASED, history)
        self.assertIn(kept, history)
        shown = filler.get(entry)["items"]
        self.assertEqual(shown[0]["erased"], {"erased": ["text"], "kind": "text", "role": "reason"})
        self.assertEqual(set(shown[0]), {"leaf", "erased"})
        self.assertEqual(json.loads(shown[1]["item"])["key"], row["key"])
        self.refused(admin, entry, "nothing_to_erase")

        # The command line, of an entry that no campaign is about.
        self.login(service)
        file = self.root / "order.pdf"
        file.write_bytes(b"%PDF-1.4 order")
        told = cli("erase-texts", str(closed), "--order", str(file), "--basis", "法律", **self.environment).stdout
        self.assertIn(f"words of entry {closed}", told)
        self.assertIn("order.pdf", told)
        listed = self.finished(admin)
        self.assertEqual([(one["kind"], one["campaign"], one["entries"]) for one in listed["erasures"][:2]],
                         [("texts", None, [closed]), ("texts", "2020", [changed[0]["index"]])])
        self.assertEqual([one["index"] for one in admin.get(CAMPAIGN + "/erasures")["erasures"]], [order])
        document = admin.get("/openapi.json")
        for target in ("/v1/erasures", CAMPAIGN + "/erasures"):
            schema = document["paths"][target.replace("2020", "{campaign}")]["get"]["responses"]["200"]["content"]
            self.assertIsNone(schema_problem(admin.get(target), schema["application/json"]["schema"], document), target)
        self.assertEqual(service.stop(), 0)
        self.nowhere(secret, dismissed)
        self.audited()

        again = self.start()
        filler, admin = Client(again, "aa.filler"), Client(again, "admin")
        self.login(again)
        history = filler.raw("GET", f"{table}/history?row={row['key']}&min_index={order}")[2].decode()
        self.assertIn(ERASED, history)
        self.assertNotIn(secret, history)
        # Who holds the receipt of the change proves it as before, and the log proves it anew.
        receipt = changed[0]
        leaf = leaf_hash(receipt["header"].encode())
        for proof in (receipt["proof"], admin.raw("GET", f"/log/proof/{receipt['index']}")[2].decode()):
            index, hashes, (size, root) = parse_proof(proof)
            self.assertTrue(inclusion_holds(leaf, index, size, hashes, root))
        # The row's proof needs no reason.
        proof = self.root / "row.json"
        proof.write_bytes(filler.raw("GET", path + "/proof")[2])
        key = (self.data / "vkey").read_text().strip()
        cli("verify", str(proof), "--key", key)
        done = subprocess.run([FOREIGN, "-rowproof", str(proof), "-vkey", key, "-flips", "5"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines, report = self.exported("texts.ndjson")
        self.assertEqual(report["erased"], sum(one["items"] for one in admin.get("/v1/erasures")["erasures"]))
        self.assertEqual(report["statements"]["not_compared"], 0, "a reason is no row")
        text = json.dumps(lines, ensure_ascii=False)
        self.assertNotIn(secret, text)
        self.assertNotIn(dismissed, text)
        self.assertIn(kept, text)
        erasure = json.loads(next(one["header"] for one in lines if one.get("index") == order))
        self.assertEqual((erasure["type"], erasure["data"]["entry"]), ("texts.erased", changed[0]["index"]))
        self.assertEqual(again.stop(), 0)

    def test_a_name_goes_with_the_person_and_the_id_stays(self):
        backups = self.root / "backups"
        service = self.start("--backup_dir", str(backups), "--backup_hours", "0")
        self.login(service)
        admin = Client(service, "admin")
        definition = admin.get(CAMPAIGN)
        lines, _ = self.exported("before.ndjson")
        items = [item["item"] for line in lines for item in line.get("items", []) if "item" in item]
        # Somebody who signed nothing and is named nowhere but among the persons.
        person, name, account = next(
            (one["id"], one["name"], accounts[0]) for one in definition["persons"]
            for accounts in [[a["id"] for a in definition["accounts"] if a["person"] == one["id"]]]
            if len(accounts) == 1 and all(one["name"] not in item for item in items if f'"id":"{one["id"]}"' not in item))
        target = f"/v1/persons/{person}"
        self.refused(Client(service, "centre.1"), target, "right_missing")
        self.refused(admin, target, "person_in_use")
        status, reply = admin.request("POST", f"/v1/accounts/{account}/close", {"reason": "离职"})
        self.assertEqual(status, 200, reply)
        cli("backup", **self.environment)
        file = self.root / "request.pdf"
        file.write_bytes(b"%PDF-1.4 request")
        told = cli("erase-person", person, "--order", str(file), "--basis", "法律", **self.environment).stdout
        self.assertIn(f"name of {person}", told)
        self.finished(admin)
        self.assertIn("Backup 1 was made before the last erasure", cli("erasures", **self.environment).stdout)
        self.refused(admin, target, "nothing_to_erase")
        persons = {one["id"]: one["name"] for one in admin.get(CAMPAIGN)["persons"]}
        self.assertEqual(persons[person], ERASED)
        self.assertNotIn(name, persons.values())
        lines, report = self.exported("person.ndjson")
        self.assertGreaterEqual(report["erased"], 1)
        self.assertNotIn(name, json.dumps(lines, ensure_ascii=False))
        self.assertEqual(service.stop(), 0)
        self.nowhere(name)
        self.audited()

    def test_who_signed_stays_named_in_what_was_signed(self):
        service = self.start()
        self.login(service)
        admin = Client(service, "admin")
        # Who filled for the international college left, and the account is closed.
        person = next(one["person"] for one in admin.get(CAMPAIGN)["accounts"] if one["id"] == "int.filler")
        before, _ = self.exported("signed-before.ndjson")
        signs = [line for line in before if f'"person":"{person}"' in line.get("header", "")
                 and any('"kind":"sign_off"' in item.get("item", "") for item in line["items"])]
        self.erased(admin, f"/v1/persons/{person}")
        self.finished(admin)
        after, report = self.exported("signed-after.ndjson")
        self.assertEqual(report["signed"]["withheld"], 0)
        for line in signs:
            self.assertIn(line, after)
        acts = admin.get(f"{CAMPAIGN}/acts?person={person}&limit=1")
        self.assertEqual(acts["acts"][0]["person_name"], ERASED)
        self.assertEqual(service.stop(), 0)
        self.audited()


class ErasedTextsOfEveryKind(Erasing):
    until = None

    def packed(self, service, admin, table):
        """A pack made since says that it was erased, and verifies."""
        campaign = admin.get(CAMPAIGN)
        owner = next(one["owner"] for one in campaign["tables"] if one["key"] == table)
        head = next(one["id"] for one in campaign["accounts"] for hat in one["hats"]
                    if hat == {"department": owner, "role": "unit_head"})
        status, _, body = Client(service, head).raw("GET", f"{CAMPAIGN}/tables/{table}/pack.zip")
        self.assertEqual(status, 200, body[:500])
        file = self.root / "pack.zip"
        file.write_bytes(body)
        with zipfile.ZipFile(file) as archive:
            for language in ("zh", "en"):
                self.assertIn(ERASED, archive.read(f"what-happened.{language}.html").decode())
        key = (self.data / "vkey").read_text().strip()
        cli("verify", str(file), "--key", key)
        done = subprocess.run([FOREIGN, "-pack", str(file), "-vkey", key, "-flips", "5"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_words_of_every_kind_of_entry_are_erased(self):
        service = self.start()
        self.login(service)
        admin = Client(service, "admin")
        lines, _ = self.exported("before.ndjson")
        chosen = {}
        for line in lines:
            if "header" not in line:
                continue
            items = [json.loads(one["item"]) for one in line["items"] if "item" in one]
            if any(words_of(item) for item in items):
                chosen.setdefault(json.loads(line["header"])["type"], line)
        self.assertGreater(len(chosen), 20, sorted(chosen))
        count = 0
        for kind, line in chosen.items():
            index = self.erased(admin, f"/v1/entries/{line['index']}")
            self.assertEqual(admin.get(f"/v1/entries/{index}")["index"], index, kind)
            count += sum(1 for one in line["items"] if "item" in one and words_of(json.loads(one["item"])))
        service.kill()

        again = self.start()
        self.login(again)
        admin = Client(again, "admin")
        self.finished(admin)
        after, report = self.exported("after.ndjson")
        self.assertEqual(report["erased"], count)
        for kind, line in chosen.items():
            left = next(one for one in after if one.get("index") == line["index"])
            self.assertEqual(left["header"], line["header"], kind)
            for one, was in zip(left["items"], line["items"]):
                gone = "item" in was and words_of(json.loads(was["item"]))
                self.assertEqual("leaf" in one, bool(gone) or "leaf" in was, kind)
        self.packed(again, admin, json.loads(chosen["table.returned"]["header"])["table"])
        self.assertEqual(again.stop(), 0)
        report = self.audited()
        self.assertEqual(report["statements"]["not_compared"], 0)
        # And they go on.
        last = self.start()
        self.assertEqual(Client(last, "admin").get("/v1/views")["parked_at"], None)
        self.assertEqual(last.stop(), 0)


if __name__ == "__main__":
    unittest.main()
