"""Sheets as people send them: encodings, separators, spreadsheets' habits; all or nothing."""
import csv
import io
import pathlib
import shutil
import tempfile
import unittest

from harness import Client, Service, cli, password

COLUMNS = (("unit_no", "单位号", "text"), ("unit_name", "单位名称", "text"), ("founded", "成立年月", "month"),
           ("staff", "人数", "integer"), ("area", "面积", "decimal"))
SHEET = "/v1/campaigns/c/tables/units/sheet"
KEYS = "unit_no,unit_name,founded,staff,area"


def bilingual(zh, en):
    return {"zh": zh, "en": en}


DEFINITION = {
    "format": 1, "id": "c", "edition": "1", "name": bilingual("采集", "campaign"),
    "institution": bilingual("校", "school"), "notice": "1", "calendar": {"utc_offset": "+08:00"},
    "phases": [{"id": "p", "name": bilingual("填报", "entry"), "opens": "2020-01-01T00:00:00Z",
                "closes": "2090-01-01T00:00:00Z"}],
    "departments": [{"id": "D", "name": bilingual("办", "office"), "kind": "office"}],
    "persons": [{"id": "p-1", "name": "甲"}, {"id": "p-2", "name": "乙"}],
    "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                 {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "D"}]}],
    "submission_meaning": bilingual("提交", "submitted"),
    "approval_chain": [{"id": "r", "name": bilingual("审", "r"), "meaning": bilingual("审", "r"),
                        "state": bilingual("审", "r"), "verb": "pass", "role": "reviewer"}],
    "tables": [{"key": "units", "printed_no": "1", "name": bilingual("单位", "units"), "owner": "D", "phase": "p",
                "due": "2090-01-01T00:00:00Z", "key_columns": ["unit_no"],
                "columns": [{"key": key, "name": bilingual(zh, key), "type": kind, "required": key == "unit_no"}
                            for key, zh, kind in COLUMNS]}]}


class Sheets(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        data = self.directory / "ledger"
        cli("init", "--data", str(data), "--origin", "test.example/sheets", "--name", "管理员",
            COUNTERSIGN_PASSWORD=password("admin"))
        self.service = Service(data)
        admin = Client(self.service, "admin")
        self.assertEqual(admin.request("PUT", "/v1/campaigns/c", DEFINITION)[0], 201)
        for account in ("office", "filler"):
            admin.request("POST", f"/v1/accounts/{account}/password", {"password": password(account)})
        office = Client(self.service, "office")
        office.request("POST", "/v1/campaigns/c/assignments", {})
        office.request("POST", "/v1/campaigns/c/phases/p/open", {})
        self.filler = Client(self.service, "filler")

    def tearDown(self):
        self.service.kill()
        shutil.rmtree(self.directory)

    def put(self, body, charset=None, query=""):
        kind = "text/csv" + (f"; charset={charset}" if charset else "")
        return self.filler.request("PUT", SHEET + query, body, {"Content-Type": kind})

    def last(self):
        """The newest entry; reads that name it see all that was answered before."""
        return self.filler.get("/v1/ledger")["size"] - 1

    def rows(self):
        rows = self.filler.get(f"/v1/campaigns/c/tables/units/rows?min_index={self.last()}")["rows"]
        return {r["key"]: tuple(r["cells"][key] for key, _, _ in COLUMNS[1:]) for r in rows}

    WANTED = {"001": ("教务处", "2020-09", "1234", "10.5")}

    def test_one_table_in_every_encoding_and_separator_is_one_content(self):
        text = KEYS + "\r\n001,教务处,2020-09,1234,10.5\r\n"
        status, reply = self.put(text)
        self.assertEqual((status, reply["import"]["added"]), (200, 1), reply)
        self.assertEqual(self.rows(), self.WANTED)
        chinese = "人数;面积;单位名称(unit_name);单位号;成立年月;;\r\n\"1,234\";10.50;教务处;001;2020年9月;;\r\n;;;;;;\r\n"
        for body, charset in ((text.encode("utf-8-sig"), None), (text.encode("gb18030"), None),
                              (text.encode("gb18030"), "GB18030"), (text.encode("gbk"), "gbk"),
                              (text.replace(",", "\t").encode("utf-16"), None), (chinese.encode(), None),
                              (text.replace("\r\n", "\r").encode(), None),
                              (text.replace("2020-09", "44075").encode(), "utf-8")):
            status, reply = self.put(body, charset)
            self.assertEqual(status, 200, (body, reply))
            self.assertEqual(reply["import"]["identical"], 1, body)
        self.assertEqual(self.rows(), self.WANTED)

    def test_a_quoted_line_break_stays_in_its_cell(self):
        self.put(KEYS + '\n001,"教务处\n（东区）",2020-09,1,1\n')
        self.assertEqual(self.rows()["001"][0], "教务处\n（东区）")

    def test_every_wrong_place_is_named_and_nothing_is_changed(self):
        status, problem = self.put(KEYS + "\n001,a,2020-13,1,1\n002,b,2020-09\n2.02E+11,c,2020-09,1,1\n004,d,2020-09,x,1\n")
        self.assertEqual(status, 422)
        self.assertEqual([(r["line"], r["column"]) for r in problem["rows"]], [(3, ""), (4, "unit_no")])
        status, problem = self.put(KEYS + "\n001,a,2020-13,1,1\n004,d,2020-09,x,1\n005,e,2020-09,1,1\n")
        self.assertEqual([(r["line"], r["column"]) for r in problem["rows"]], [(2, "founded"), (3, "staff")])
        self.assertTrue(all(r["problem"]["zh"] and r["problem"]["en"] for r in problem["rows"]))
        status, problem = self.put("unit_no,nothing,unit_no\n1,2,3\n")
        self.assertEqual([(r["line"], r["column"]) for r in problem["rows"]], [(1, "#2"), (1, "#3")])
        many = KEYS + "".join(f"\n{i},a,2020-13,1,1" for i in range(300))
        status, problem = self.put(many)
        self.assertEqual(len(problem["rows"]), 100)
        self.assertEqual(self.rows(), {})
        self.assertEqual(self.filler.get("/v1/ledger")["size"], 6)

    def test_leading_zeros_that_a_spreadsheet_took_are_missed(self):
        self.put(KEYS + "\n001,a,2020-09,1,1\n002,b,2020-09,1,1\n010,c,2020-09,1,1\n")
        before = self.rows()
        for query in ("", "?missing=remove&reason=x", "?dry_run=true"):
            status, problem = self.put(KEYS + "\n1,a,2020-09,7,1\n03,d,2020-09,1,1\n10,c,2020-09,1,1\n", query=query)
            self.assertEqual((status, problem["code"]), (422, "rows_rejected"), problem)
            self.assertEqual([(r["line"], r["column"]) for r in problem["rows"]], [(2, "unit_no"), (4, "unit_no")])
        self.assertEqual(self.rows(), before)
        # Not lost: the sheet knows both, or the row is another one and comes by itself.
        self.assertEqual(self.put(KEYS + "\n001,a,2020-09,1,1\n1,x,2020-09,1,1\n")[1]["import"]["added"], 1)
        row = dict(zip(KEYS.split(","), ("10", "y", "2020-09", "1", "1")))
        self.assertEqual(self.filler.request("POST", "/v1/campaigns/c/tables/units/rows", {"rows": [{"cells": row}]})[0], 200)
        self.assertEqual(set(self.rows()), {"001", "002", "010", "1", "10"})

    def test_a_sheet_goes_out_as_a_spreadsheet_wants_it_and_comes_back_as_it_was(self):
        self.put(KEYS + "\n001,教务处,2020-09,1,1\n002,㐂𠮷,2020-09,1,1\n")
        for query in ("charset=gb18030&header=zh", "charset=utf-8&header=zh", "charset=gb18030", "header=en"):
            status, headers, text = self.filler.raw("GET", f"{SHEET}?{query}&min_index={self.last()}")
            charset = "gb18030" if "gb18030" in query else "utf-8"
            self.assertEqual((status, headers["Content-Type"]), (200, f"text/csv; charset={charset}"))
            self.assertIn("㐂𠮷", text.decode(charset))
            reply = self.put(text)[1]
            self.assertEqual(reply["import"]["identical"], 2, query)
        status, _, text = self.filler.raw("GET", f"{SHEET}?template=true&header=zh")
        self.assertEqual(text.decode("utf-8-sig"), ",".join(name for _, name, _ in COLUMNS) + "\r\n")
        self.assertEqual(self.put(text)[1]["import"]["rows"], 0)
        for query in ("charset=koi8-r", "template=perhaps", "header=fr"):
            self.assertEqual(self.filler.request("GET", f"{SHEET}?{query}")[0], 400, query)
        self.assertEqual(self.filler.request("GET", f"{SHEET}?charset=gb18030", headers={"Accept": "application/x-ndjson"})[0], 400)

    def test_an_encoding_that_cannot_be_is_refused_by_its_place(self):
        status, problem = self.put((KEYS + "\n001,").encode() + b"\xff\xff,2020-09,1,1\n")
        self.assertEqual((status, problem["code"]), (422, "malformed_encoding"))
        self.assertEqual(problem["facts"], {"byte": str(len(KEYS) + 5)})
        self.assertEqual([r["line"] for r in problem["rows"]], [2])
        self.assertEqual(self.put(KEYS, "koi8-r")[1]["code"], "malformed_encoding")

    def test_a_dry_run_shows_the_differences_and_records_nothing(self):
        self.put(KEYS + "\n001,a,2020-09,1,1\n002,b,2020-09,1,1\n003,c,2020-09,1,1\n")
        size = self.filler.get("/v1/ledger")["size"]
        sheet = KEYS + "\n001,a,2020-09,7,1\n002,b,2020-09,1,1\n004,d,2020-09,1,1\n"
        status, reply = self.put(sheet, query="?dry_run=true&missing=remove&reason=x")
        self.assertEqual(reply["import"], {"rows": 3, "identical": 1, "added": 1, "changed": 1, "removed": 1})
        changes = {c["key"]: c for c in reply["changes"]}
        self.assertEqual({key: c["kind"] for key, c in changes.items()},
                         {"001": "changed", "003": "removed", "004": "added"})
        self.assertEqual(changes["001"]["cells"], [{"column": "staff", "from": "1", "to": "7"}])
        self.assertEqual(changes["003"]["cells"][0], {"column": "unit_no", "from": "003", "to": None})
        self.assertEqual(self.filler.get("/v1/ledger")["size"], size)
        environment = {"XDG_CONFIG_HOME": str(self.directory)}
        cli("login", "filler", "--url", self.service.url, COUNTERSIGN_PASSWORD=password("filler"), **environment)
        file = self.directory / "units.csv"
        file.write_text(sheet)
        told = cli("-c", "c", "import", "units", str(file), "--dry-run", **environment).stdout
        self.assertRegex(told, r"~ +001 +staff +1 +7")
        self.assertEqual(self.filler.get("/v1/ledger")["size"], size)
        cli("-c", "c", "import", "units", str(file), **environment)  # no terminal: nothing is asked
        self.assertEqual(self.rows()["001"][2], "7")

    def test_an_export_comes_back_without_a_change(self):
        self.put(KEYS + '\n001,"=cmd,""x""",2020-09,12,1.5\n002,,,,\n')
        for header in ("keys", "zh", "en"):
            _, _, sheet = self.filler.raw("GET", f"{SHEET}?header={header}&min_index={self.last()}", headers={"Accept": "text/csv"})
            status, reply = self.put(sheet)
            self.assertEqual((status, reply["import"]["identical"]), (200, 2), reply)

    def test_what_would_be_a_formula_is_a_text_in_the_changes_for_spreadsheets(self):
        names = ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "-", "-5", "+3.25", "-1.5e-3", "a=b", "教务处"]
        rows = [{"cells": {"unit_no": f"={n}", "unit_name": name}} for n, name in enumerate(names)]
        status, reply = self.filler.request("POST", "/v1/campaigns/c/tables/units/rows", {"rows": rows, "reason": "@why"})
        self.assertEqual(status, 200, reply)
        changes = f"/v1/campaigns/c/changes?column=unit_name&lang=en&min_index={self.last()}"
        def told():
            text = self.filler.raw("GET", changes, headers={"Accept": "text/csv"})[2].decode("utf-8-sig")
            return list(csv.DictReader(io.StringIO(text, newline="")))
        texts = {r["row"]: r["to"] for r in told()}
        self.assertEqual(texts, {f"'={n}": ("" if n > 4 else "'") + name for n, name in enumerate(names)})
        self.assertEqual({r["why"] for r in told()}, {"'@why"})
        # Other forms are exact, and so is the sheet, which comes back as it was.
        exact = {f"={n}": name for n, name in enumerate(names)}
        self.assertEqual({c["what"]["row"]: c["to"] for c in self.filler.get(changes)["changes"]}, exact)
        sheet = self.filler.raw("GET", SHEET, headers={"Accept": "text/csv"})[2]
        self.assertEqual(self.put(sheet)[1]["import"]["identical"], len(names))


if __name__ == "__main__":
    unittest.main(verbosity=2)
