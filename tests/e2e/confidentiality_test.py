"""What is about persons: reading it and taking it out are entries; what rows said before is not for every
reader. Incidents 13 and 16, told by the views and by the log alike."""
import csv
import hashlib
import io
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import Client, Service, demonstration, quote

CAMPAIGN = "/v1/campaigns/2020"
STAFF = f"{CAMPAIGN}/tables/staff_basic"
TEACHERS = f"{CAMPAIGN}/tables/external_teachers"


class Confidentiality(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        demonstration(cls.directory / "demo")
        cls.service = Service(cls.directory / "demo")
        cls.clients = {}

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def log(self):
        _, _, export = self.client("centre.1").raw("GET", "/v1/log/export")
        lines = [json.loads(line) for line in export.decode().splitlines()]
        entries = [line for line in lines if "header" in line]
        return [(json.loads(e["header"]), [json.loads(i["item"]) for i in e["items"] if "item" in i]) for e in entries]

    def newest(self, kind, account):
        return [(h, items) for h, items in self.log() if h["type"] == kind and h["actor"]["account"] == account][-1]

    def facts(self):
        size = self.client("centre.1").get("/v1/ledger")["size"]
        return self.client("centre.1").get(f"{CAMPAIGN}/facts?limit=1000&kind=F13&min_index={size - 1}")["facts"]

    def test_incident_13_an_export_by_a_reader_is_an_entry_and_a_fact(self):
        out = [(h, items) for h, items in self.log() if h["type"] == "data.exported" and h.get("table") == "undergraduates"]
        header, items = out[0]
        self.assertEqual((header["actor"]["account"], header["actor"]["role"]), ("lg.6", "leading_group"))
        self.assertEqual((header["data"]["what"], header["data"]["rows"], header["data"]["personal"]), ("sheet", 19260, True))
        self.assertEqual(items, [])
        fact, = [f for f in self.facts() if f["table"] == "undergraduates"]
        self.assertEqual((fact["count"], fact["counts"], fact["entries"]), (19260, True, [header["index"]]))
        # By the channel that the definition sanctions it is the same entry and does not count.
        sanctioned, = [f for f in self.facts() if f["table"] == "staff_basic" and not f["counts"]]
        header = next(h for h, _ in self.log() if h["index"] == sanctioned["entries"][0])
        self.assertEqual((header["data"]["channel"], header["actor"]["account"]), ("national_platform", "admin2"))

    def test_a_sheet_about_persons_carries_its_mark_and_comes_back_in(self):
        query = f"header=zh&receiver={quote('档案馆')}&basis={quote('年度归档')}"
        status, headers, sheet = self.client("hr.filler").raw("GET", f"{STAFF}/sheet?{query}", headers={"Accept": "text/csv"})
        self.assertEqual(status, 200)
        index = int({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"])
        text = sheet.decode("utf-8-sig")
        mark, rest = text.split("\n", 1)
        for part in ("江畔师范学院", f"#{index}", "hr.filler", "档案馆", "不得外传"):
            self.assertIn(part, mark)
        header, items = self.newest("data.exported", "hr.filler")
        self.assertEqual(header["index"], index)
        self.assertEqual(header["data"]["content"], hashlib.sha256(rest.encode()).hexdigest())
        self.assertEqual({i["role"]: i["text"] for i in items}, {"receiver": "档案馆", "basis": "年度归档"})
        self.assertEqual(len(list(csv.reader(io.StringIO(rest)))), 1681)
        for secret in ("档案馆", "年度归档"):
            self.assertNotIn(secret, json.dumps(header, ensure_ascii=False))
        # Identical, mark or not: a dry run would change nothing.
        for accept, body in (("text/csv", sheet), ("application/x-ndjson", None)):
            if body is None:
                body = self.client("hr.filler").raw("GET", f"{STAFF}/sheet", headers={"Accept": accept})[2]
                self.assertIn("#countersign", json.loads(body.splitlines()[0]))
            status, _, reply = self.client("hr.filler").raw("PUT", f"{STAFF}/sheet?dry_run=true", body,
                                                           {"Content-Type": accept})
            self.assertEqual((status, json.loads(reply)["import"]["identical"]), (200, 1680), reply)
        refused = self.client("hr.filler").request("GET", f"{STAFF}/sheet?channel=none")
        self.assertEqual((refused[0], refused[1]["code"]), (404, "unknown_subject"))

    def test_a_sheet_without_persons_has_no_mark_and_a_template_is_no_export(self):
        labs = f"{CAMPAIGN}/tables/labs/sheet"
        sheet = self.client("am.filler").raw("GET", labs, headers={"Accept": "text/csv"})[2].decode()
        self.assertTrue(sheet.startswith("lab_code,") or not sheet.startswith("#"), sheet[:60])
        header, _ = self.newest("data.exported", "am.filler")
        self.assertEqual((header["table"], header["data"]["personal"]), ("labs", False))
        self.assertNotIn(header["index"], [f["entries"][0] for f in self.facts()])
        before = len(self.log())
        self.client("am.filler").raw("GET", labs + "?template=true", headers={"Accept": "text/csv"})
        self.assertEqual(len(self.log()), before + 1, "the look at the log alone")

    def test_reading_about_persons_is_an_entry_before_it_is_an_answer(self):
        for target, what, rows, row in ((f"{STAFF}/rows?limit=50", "rows", 50, None),
                                        (f"{STAFF}/rows/100001", "row", 1, "100001"),
                                        (f"{STAFF}/history?row=100001", "history", 15, "100001"),
                                        (f"{STAFF}/blame?limit=5", "blame", 5, None),
                                        (f"{STAFF}/diff?from=v1&to=v2", "diff", 8, None)):
            status, headers, answer = self.client("hr.reviewer").raw("GET", target)
            self.assertEqual(status, 200, answer)
            header, items = self.newest("table.read", "hr.reviewer")
            self.assertEqual({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"], str(header["index"]))
            self.assertEqual((header["table"], header["data"]["what"]), ("staff_basic", what))
            if what != "history":
                self.assertEqual(header["data"]["rows"], rows)
            self.assertEqual([i["text"] for i in items], [row] if row else [])
            self.assertNotIn("100001", json.dumps(header["data"]))
        before = len(self.log())
        self.client("am.filler").get(f"{CAMPAIGN}/tables/labs/rows?limit=5")
        self.client("c07.filler").request("GET", f"{CAMPAIGN}/tables/leaders/rows")
        self.assertEqual(len(self.log()), before + 1, "neither a table about things nor a refusal is recorded")
        acts = self.client("centre.1").get(f"{CAMPAIGN}/acts?type=table.read&limit=5")["acts"]
        self.assertTrue(acts and all(a["type"] == "table.read" for a in acts))

    def test_a_dry_run_that_shows_rows_about_persons_is_a_read_of_them(self):
        filler, kept = self.client("hr.filler"), f"{STAFF}/sheet?dry_run=true&missing=remove&reason=x"
        one = filler.raw("GET", f"{STAFF}/sheet", headers={"Accept": "text/csv"})[2].decode().splitlines()[:3]
        status, headers, reply = filler.raw("PUT", kept, "\n".join(one), {"Content-Type": "text/csv", "Idempotency-Key": "dry"})
        told = json.loads(reply)
        self.assertEqual((status, told["import"]["identical"], told["import"]["removed"]), (200, 1, 1679), reply)
        self.assertTrue(all(cell["from"] for change in told["changes"][:1] for cell in change["cells"]))
        header, items = self.newest("table.read", "hr.filler")
        self.assertEqual({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"], str(header["index"]))
        self.assertEqual((header["table"], header["data"]["what"], header["data"]["rows"]), ("staff_basic", "dry_run", 200))
        self.assertEqual((header["data"]["as_of"], items), (header["index"], []))
        # Nothing else was recorded, and the key is free for the import itself.
        self.assertEqual([h["type"] for h, _ in self.log() if h["index"] > header["index"]], ["data.exported"])
        refused = filler.request("PUT", f"{STAFF}/sheet", "\n".join(one), {"Content-Type": "text/csv", "Idempotency-Key": "dry"})
        self.assertNotEqual(refused[1].get("code"), "idempotency_key_reused")

    def test_statistics_give_no_row_to_who_does_not_read_the_whole_table(self):
        sites, things = f"{CAMPAIGN}/tables/practice_sites/statistics?by=", "is_startup_site"
        self.assertEqual(self.client("aa.filler").get(sites + "site_no,capacity")["floor"], 0)
        self.assertEqual(self.client("aa.filler").get(sites + things)["floor"], 0)
        # A college reads its own rows; the accountability reviewer none.
        for account in ("c07.filler", "appraisal.1"):
            for by in ("site_no,capacity", "unit_no", f"{things},capacity"):
                status, problem = self.client(account).request("GET", sites + by)
                self.assertEqual((status, problem["code"]), (400, "malformed_query"), (account, by))
            told = self.client(account).get(sites + things)
            self.assertEqual(told["floor"], 5)
            self.assertTrue(all(g["count"] is None or g["count"] >= 5 for g in told["margins"][0]["groups"]), told)
            self.assertEqual(self.client(account).request("GET", f"{STAFF}/statistics?by=unit_no")[0], 400)

    def test_the_items_of_every_kind_of_entry_about_persons_are_a_read(self):
        tables = self.client("centre.1").get(CAMPAIGN)["tables"]
        personal = {t["key"] for t in tables if any(c.get("sensitivity", "none") != "none" for c in t["columns"])}
        found = {}  # the newest of each type, of a table about persons or of one about things
        for header, items in self.log():
            if header.get("campaign") == "2020" and "table" in header and items:
                found[header["type"], header["table"] in personal] = header
        shown = {}
        for (kind, about_persons), header in found.items():
            status, headers, answer = self.client("centre.1").raw("GET", f"/v1/entries/{header['index']}")
            self.assertEqual(status, 200, answer)
            kinds = {json.loads(i["item"])["kind"] for i in json.loads(answer)["items"] if "item" in i}
            recorded = {k.lower(): v for k, v in headers.items()}.get("countersign-recorded-as")
            self.assertEqual(recorded is not None, about_persons and kinds != {"sign_off"}, (kind, kinds))
            shown.setdefault(about_persons, set()).add(kind)
        self.assertLessEqual({"rows.changed", "validation.run", "table.returned", "evidence.registered", "table.submitted"},
                             shown[True])
        self.assertIn("rows.changed", shown[False])
        index = found["validation.run", True]["index"]
        count = len([i for i in self.client("centre.1").get(f"/v1/entries/{index}")["items"] if "item" in i])
        header, _ = self.newest("table.read", "centre.1")
        self.assertEqual((header["table"], header["data"]["what"], header["data"]["rows"]),
                         (found["validation.run", True]["table"], "entry", count))

    def test_a_key_on_reads_does_not_make_them_one(self):
        key = {"Idempotency-Key": "the same"}
        for account, target in (("hr.filler", f"{STAFF}/rows/100001"), ("hr.filler", f"{STAFF}/history?row=100001"),
                                ("hr.filler", f"{STAFF}/sheet"), ("centre.1", "/v1/log/export?to=5")):
            recorded = []
            for _ in range(2):
                status, headers, answer = self.client(account).raw("GET", target, headers=key)
                self.assertEqual(status, 200, answer)
                recorded.append(int({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"]))
            self.assertLess(recorded[0], recorded[1], target)

    def test_incident_16_old_and_new_are_for_the_owner_and_the_centre(self):
        changes = self.client("hr.filler").get(f"{TEACHERS}/history?column=degree&limit=1000")["changes"]
        correction = next(c for c in changes if c["reason"] and "更正权" in c["reason"])
        self.assertNotEqual(correction["from"], correction["to"])
        key = quote(correction["row"])
        told = self.client("centre.1").get(f"{TEACHERS}/history?row={key}&column=degree")["changes"][0]
        self.assertEqual((told["from"], told["to"], told["withheld"]), (correction["from"], correction["to"], False))
        # A reader sees what is, and that something was changed by whom and when.
        reader = self.client("lg.1")
        self.assertEqual(reader.get(f"{TEACHERS}/rows/{key}")["cells"]["degree"], correction["to"])
        told = reader.get(f"{TEACHERS}/history?row={key}&column=degree")["changes"][0]
        self.assertEqual((told["from"], told["to"], told["withheld"], told["index"]), (None, None, True, correction["index"]))
        for target in (f"{TEACHERS}/diff?from=0", f"{TEACHERS}/blame?as_of=300",
                       f"{TEACHERS}/sheet?as_of=300"):
            status, problem = reader.request("GET", target)
            self.assertEqual((status, problem["code"]), (403, "past_withheld"), target)
        entry = reader.get(f"/v1/entries/{correction['index']}")
        self.assertEqual([i for i in entry["items"] if "item" in i], [])
        _, _, sheet = reader.raw("GET", f"{CAMPAIGN}/changes?table=external_teachers&column=degree&lang=en", headers={"Accept": "text/csv"})
        rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
        self.assertEqual({(r["from"], r["to"]) for r in rows}, {("(withheld)", "(withheld)")})
        # The log holds both, and they are proved.
        items = dict((h["index"], i) for h, i in self.log())[correction["index"]]
        row = next(i for i in items if i["kind"] == "row")
        self.assertEqual(row["cells"]["degree"], correction["to"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
