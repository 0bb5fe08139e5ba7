"""Do not ask again: last year's rows brought over as they were submitted, confirmed, changed, counted; who asks for
what is held; what a person sees of the own rows; statistics that tell of nobody. Two editions of one small table."""
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import Client, Service, cli, password

CAMPAIGN = "/v1/campaigns/2020"
STAFF = f"{CAMPAIGN}/tables/staff"


def both(text):
    return {"zh": text, "en": text}


def column(key, sensitivity="none", allowed=(), required=False):
    made = {"key": key, "name": both(key), "type": "text", "required": required, "sensitivity": sensitivity}
    return {**made, "allowed": list(allowed)} if allowed else made


def person(account, department, staff_no=""):
    made = {"id": f"p-{account}", "name": f"某{account}", "department": department}
    return {**made, "staff_no": staff_no} if staff_no else made


def account(name, *hats):
    return {"id": name, "person": f"p-{name}", "hats": [{"role": r, **({"department": d} if d else {})} for r, d in hats]}


def level(name, role, **more):
    return {"id": name, "name": both(name), "meaning": both(name), "state": both(name), "verb": "pass", "role": role, **more}


def edition(year, columns, **more):
    """Staff of HR, of which COL assists with its own rows and AA with titles."""
    people = [("hr.filler", "HR", "filler"), ("hr.reviewer", "HR", "reviewer"), ("hr.head", "HR", "unit_head"),
              ("col.filler", "COL", "filler"), ("teacher", "COL", "member"), ("lg", "", "leading_group"),
              ("centre.1", "", "centre_office")]
    numbers = {"teacher": "100002", "hr.filler": "100003"}
    return {
        "format": 1, "id": str(year), "edition": str(year), "name": both("采集"), "institution": both("学校"),
        "notice": "通知", "calendar": {"utc_offset": "+08:00"}, "count_floor": 5,
        "phases": [{"id": "base", "name": both("基础"), "opens": "2020-09-30T08:00:00+08:00",
                    "closes": "2020-12-20T18:00:00+08:00"}],
        "departments": [{"id": d, "name": both(d), "kind": "office", "unit_no": n}
                        for d, n in (("HR", "101"), ("COL", "201"))],
        "persons": [person(a, d or "HR", numbers.get(a, "")) for a, d, _ in people],
        "accounts": [account(a, (r, d if r not in ("leading_group", "centre_office") else "")) for a, d, r in people],
        "submission_meaning": both("属实"),
        "approval_chain": [level("review", "reviewer", two_persons=True, may_return=True, releases_dependents=True),
                           level("head", "unit_head")],
        "tables": [{"key": "staff", "printed_no": "1", "name": both("教职工"), "owner": "HR", "phase": "base",
                    "due": "2020-12-14T23:59:00+08:00", "columns": columns, "key_columns": ["staff_no"],
                    "subject_column": "staff_no",
                    "assisting": [{"id": "rows", "name": both("本院"), "departments": ["COL"], "row_column": "unit_no"}]}],
        **more}


BEFORE = edition(2019, [column("staff_no", "personal", required=True), column("name", "personal"),
                        column("rank", allowed=["教授", "副教授", "讲师"]), column("unit_no")])
NOW = edition(2020, [column("staff_no", "personal", required=True), column("name", "personal"),
                     column("title", allowed=["教授", "副教授", "助教"]), column("unit_no"),
                     column("office_phone", required=True)],
              previous={"campaign": "2019", "tables": [
                  {"table": "staff", "columns": [{"column": "title", "from": "rank"}]}]})
# 20 persons: two lecturers, whose rank is no title of this year; six of the college.
ROWS = [(f"{100001 + i}", f"某{i}", "讲师" if i < 2 else "教授" if i < 9 else "副教授", "201" if i < 6 else "101")
        for i in range(20)]


class CarryForward(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        data = cls.directory / "ledger"
        cli("init", "--data", str(data), "--origin", "carry.example/log", "--name", "管理员",
            "--simulated", "2020-10-01T09:00:00+08:00", COUNTERSIGN_PASSWORD=password("admin"))
        cls.service = Service(data)
        cls.clients = {}
        cls.define(BEFORE)
        for one in BEFORE["accounts"]:
            cls.done("admin", f"/v1/accounts/{one['id']}/password", {"password": password(one["id"])})
        cls.open("2019")
        sheet = "staff_no,name,rank,unit_no\n" + "".join(",".join(row) + "\n" for row in ROWS)
        status, reply = cls.client("hr.filler").request("PUT", "/v1/campaigns/2019/tables/staff/sheet", sheet,
                                                        {"Content-Type": "text/csv"})
        assert status == 200, reply
        cls.define(NOW)
        cls.open("2020")

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    @classmethod
    def client(cls, name):
        if name not in cls.clients:
            cls.clients[name] = Client(cls.service, name)
        return cls.clients[name]

    @classmethod
    def done(cls, name, target, body=None, method="POST"):
        status, reply = cls.client(name).request(method, target, body if body is not None else {})
        assert status in (200, 201), (target, status, reply)
        return reply

    @classmethod
    def define(cls, definition):
        cls.done("admin", f"/v1/campaigns/{definition['id']}", definition, "PUT")

    @classmethod
    def open(cls, campaign):
        cls.done("centre.1", f"/v1/campaigns/{campaign}/assignments")
        cls.done("centre.1", f"/v1/campaigns/{campaign}/phases/base/open")

    def refused(self, name, target, body, code, method="POST"):
        status, reply = self.client(name).request(method, target, body)
        self.assertGreaterEqual(status, 400, reply)
        self.assertEqual(reply["code"], code, reply)

    def newest(self, target):
        size = self.client("centre.1").get("/v1/ledger")["size"]
        return f"{target}{'&' if '?' in target else '?'}min_index={size - 1}"

    def provenance(self, state=""):
        return self.client("hr.filler").get(self.newest(f"{STAFF}/provenance" + (f"?state={state}" if state else "")))

    def facts(self):
        return self.client("centre.1").get(self.newest(f"{CAMPAIGN}/facts?kind=F12"))["facts"]

    def test_1_only_what_was_submitted_is_carried(self):
        self.assertFalse(self.client("hr.filler").get(self.newest(f"{STAFF}/status"))["can_carry"])
        self.refused("hr.filler", f"{STAFF}/carry-forward", {}, "nothing_to_carry")
        version = self.client("hr.filler").get("/v1/campaigns/2019/tables/staff/version")
        named = {k: version[k] for k in ("number", "hash")}
        self.done("hr.filler", "/v1/campaigns/2019/tables/staff/submit", {"version": named, "password": password("hr.filler")})
        # What is changed there after the submission is not what was submitted.
        self.done("hr.filler", "/v1/campaigns/2019/tables/staff/rows/100020",
                  {"cells": {"name": "改名"}}, "PATCH")
        status = self.client("hr.filler").get(self.newest(f"{STAFF}/status"))
        self.assertEqual((status["can_carry"], status["carried"]), (True, None))
        for other in ("hr.reviewer", "col.filler", "teacher"):
            self.refused(other, f"{STAFF}/carry-forward", {}, "right_missing")

        receipt = self.done("centre.1", f"{STAFF}/carry-forward")
        self.assertEqual(receipt["count"], 1)
        told = self.provenance()
        self.assertEqual(told["from"]["version"], named)
        self.assertEqual((told["from"]["campaign"], told["from"]["new_items"], told["from"]["left_out"]),
                         ("2019", ["office_phone"], 0))
        self.assertEqual(told["from"]["unfit"], [{"column": "title", "cells": 2}])
        self.assertEqual((told["carried"]["untouched"], told["carried"]["incomplete"]), (20, 20))
        row = self.client("hr.filler").get(f"{STAFF}/rows/100020")
        self.assertEqual((row["cells"]["name"], row["cells"]["title"]), ("某19", "副教授"))
        self.assertEqual(self.client("hr.filler").get(f"{STAFF}/rows/100001")["cells"]["title"], None)
        header = json.loads(receipt["receipts"][0]["header"])
        self.assertEqual(header["data"]["carried_from"]["version"]["hash"], named["hash"])
        self.assertNotIn("某", receipt["receipts"][0]["header"])
        self.refused("hr.filler", f"{STAFF}/carry-forward", {}, "already_carried")

    def test_2_rows_are_confirmed_changed_removed_and_counted(self):
        self.done("hr.filler", f"{STAFF}/confirmations", {"rows": ["100003", "100004"]})
        self.refused("hr.filler", f"{STAFF}/confirmations", {"rows": ["100003", "100005"]}, "nothing_to_confirm")
        self.refused("hr.filler", f"{STAFF}/confirmations", {"rows": ["100005"], "bulk": True}, "malformed_body")
        self.refused("col.filler", f"{STAFF}/confirmations", {"bulk": True}, "right_missing")
        self.done("hr.filler", f"{STAFF}/rows/100001",
                  {"cells": {"title": "助教", "office_phone": "1"}}, "PATCH")
        self.done("hr.filler", f"{STAFF}/rows", {"rows": [{"key": "100006", "remove": True}], "reason": "退休"})
        self.done("hr.filler", f"{STAFF}/rows", {"rows": [{"cells": {
            "staff_no": "100900", "name": "新", "title": "教授", "unit_no": "101", "office_phone": "2"}}]})
        carried = self.provenance()["carried"]
        self.assertEqual({k: carried[k] for k in ("untouched", "confirmed_singly", "changed", "removed", "new")},
                         {"untouched": 16, "confirmed_singly": 2, "changed": 1, "removed": 1, "new": 1})
        removed, = self.provenance("removed")["rows"]
        self.assertEqual((removed["key"], removed["reason"]), ("100006", "退休"))
        self.assertEqual([r["key"] for r in self.provenance("new")["rows"]], ["100900"])
        # The college sees its own rows, of whatever state.
        rows = self.client("col.filler").get(f"{STAFF}/provenance?state=untouched")["rows"]
        self.assertEqual([r["key"] for r in rows], ["100002", "100005"])
        self.done("hr.filler", f"{STAFF}/confirmations", {"bulk": True})
        told = self.provenance("confirmed")
        self.assertEqual((told["carried"]["untouched"], told["carried"]["confirmed_in_bulk"]), (0, 16))
        self.assertEqual(sorted(r["key"] for r in told["rows"] if not r["bulk"]), ["100003", "100004"])
        self.refused("hr.filler", f"{STAFF}/confirmations", {"bulk": True}, "nothing_to_confirm")
        task = self.client("hr.filler").get(self.newest(f"{STAFF}/status"))
        self.assertEqual((task["can_carry"], task["carried"]["incomplete"]), (False, 18))

        burden = self.client("centre.1").get(self.newest(f"{CAMPAIGN}/burden"))
        table, = burden["tables"]
        # 20 rows of five columns are asked; 20 rows of four cells were held, two ranks less.
        self.assertEqual((table["cells_asked"], table["cells_held"], table["prefilled_permille"]), (100, 78, 780))
        self.assertEqual((table["cells_changed"], table["rows_confirmed_singly"], table["rows_confirmed_in_bulk"]), (2, 2, 16))
        self.assertEqual((table["new_items"], burden["departments"][0]["new_items"]), (["office_phone"], 1))
        self.assertEqual(self.client("teacher").request("GET", f"{CAMPAIGN}/burden")[0], 403)

    def test_3_who_asks_for_what_is_held_has_a_fact(self):
        ask = {"part": "rows", "department": "COL", "due": "2020-12-01T00:00:00+08:00", "text": "请重新填报"}
        self.done("hr.filler", f"{STAFF}/assists", {**ask, "new_items": ["office_phone"]})
        self.assertEqual(self.facts(), [])
        self.refused("hr.filler", f"{STAFF}/assists", {**ask, "changed_items": ["none"]}, "unknown_subject")
        asked = self.done("hr.filler", f"{STAFF}/assists", ask)
        fact, = self.facts()
        self.assertEqual((fact["department"], fact["counts"], fact["entries"]), ("HR", True, [asked["first_index"]]))
        self.assertGreater(fact["count"], 15)
        # The college changes a row of its own and delivers: there was something to ask for.
        changed = self.done("col.filler", f"{STAFF}/rows/100002",
                            {"cells": {"title": "助教", "office_phone": "3"}}, "PATCH")
        delivered = self.done("col.filler", f"{STAFF}/assists/rows/deliver")
        fact, = self.facts()
        self.assertEqual((fact["counts"], fact["entries"]),
                         (False, [asked["first_index"], changed["first_index"], delivered["first_index"]]))

    def test_4_a_person_sees_the_own_rows_and_asks_for_corrections(self):
        status, headers, answer = self.client("teacher").raw("GET", self.newest("/v1/me/data?campaign=2020"))
        self.assertEqual(status, 200, answer)
        table, = json.loads(answer)["tables"]
        row, = table["rows"]
        self.assertEqual((row["key"], row["cells"]["name"], row["changed_by"]), ("100002", "某1", "COL"))
        recorded = int({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"])
        header = self.client("centre.1").get(f"/v1/entries/{recorded}")["header"]
        header = json.loads(header) if isinstance(header, str) else header
        self.assertEqual((header["type"], header["data"]["what"], header["data"]["rows"]), ("table.read", "own", 1))
        self.assertNotIn("table", header)
        # Nothing else of the table, and nothing for who has no number.
        self.assertEqual(self.client("teacher").request("GET", f"{STAFF}/rows")[0], 403)
        self.assertEqual(self.client("teacher").request("GET", f"{STAFF}/history?row=100002")[0], 403)
        self.refused("lg", "/v1/me/data?campaign=2020", None, "right_missing", "GET")

        wish = {"campaign": "2020", "table": "staff", "row": "100002", "column": "title", "text": "应为副教授"}
        asked = self.done("teacher", "/v1/me/corrections", wish)["first_index"]
        self.refused("teacher", "/v1/me/corrections", {**wish, "row": "100003"}, "not_found")
        self.refused("teacher", "/v1/me/corrections", {**wish, "column": "none"}, "unknown_subject")
        listed = self.client("hr.head").get(self.newest(f"{STAFF}/corrections"))["corrections"]
        self.assertEqual([(c["id"], c["row"], c["text"], c["answer"]) for c in listed],
                         [(asked, "100002", "应为副教授", None)])
        for other in ("col.filler", "teacher", "lg"):
            self.assertEqual(self.client(other).request("GET", f"{STAFF}/corrections")[0], 403)
        # The entries themselves name the rows as well: looking at them is recorded like looking at the list.
        head = self.client("hr.head")
        confirmed = [e["index"] for e in head.get(f"{STAFF}/entries?limit=1000")["entries"] if e["type"] == "rows.confirmed"]
        for index, kinds in ((asked, ["text", "text"]), (confirmed[-1], ["confirmed", "confirmed"])):
            _, headers, entry = head.raw("GET", f"/v1/entries/{index}")
            self.assertEqual([json.loads(i["item"])["kind"] for i in json.loads(entry)["items"]], kinds)
            recorded = int({k.lower(): v for k, v in headers.items()}["countersign-recorded-as"])
            header = json.loads(self.client("centre.1").get(f"/v1/entries/{recorded}")["header"])
            self.assertEqual((header["type"], header["data"]["what"], header["data"]["rows"]), ("table.read", "entry", 2))
        answer = f"{STAFF}/corrections/{asked}/answer"
        self.refused("hr.filler", answer, {"granted": False}, "reason_missing")
        self.refused("centre.1", answer, {"granted": True}, "right_missing")
        self.refused("hr.filler", answer, {"granted": True, "change": asked - 1}, "malformed_body")
        fixed = self.done("hr.filler", f"{STAFF}/rows/100002", {"cells": {"title": "副教授"}}, "PATCH")["first_index"]
        self.done("hr.head", answer, {"granted": True, "change": fixed})
        self.refused("hr.head", answer, {"granted": True}, "unknown_subject")
        own = json.loads(self.client("teacher").raw("GET", self.newest("/v1/me/data?campaign=2020"))[2])
        told, = own["corrections"]
        self.assertEqual((told["answer"]["granted"], told["answer"]["change"], told["answer"]["department"]), (True, fixed, "HR"))
        self.assertEqual(own["tables"][0]["rows"][0]["cells"]["title"], "副教授")
        header = json.loads(json.dumps(self.client("centre.1").get(f"/v1/entries/{asked}")["header"]))
        self.assertNotIn("100002", json.dumps(header))

    def test_5_statistics_tell_of_nobody(self):
        told = self.client("lg").get(self.newest(f"{STAFF}/statistics?by=title"))
        self.assertEqual((told["total"], told["floor"]), (20, 5))
        groups = {g["values"][0]: (g["count"], g["shown"]) for g in told["margins"][0]["groups"]}
        self.assertEqual(groups["助教"], (None, "<5"))
        self.assertEqual(sorted(shown for _, shown in groups.values()), ["*", "12", "<5"])
        both_ways = self.client("lg").get(f"{STAFF}/statistics?by=title,unit_no")
        small = [c for c in both_ways["cells"] if c["count"] is not None and c["count"] < 5]
        self.assertEqual(small, [])
        before = self.client("centre.1").get("/v1/ledger")["size"]
        self.client("hr.head").get(f"{STAFF}/statistics?by=unit_no")
        self.assertEqual(self.client("centre.1").get("/v1/ledger")["size"], before, "no person is told of, so it is no entry")
        self.assertEqual(self.client("teacher").request("GET", f"{STAFF}/statistics?by=title")[0], 403)
        for by in ("name", "none", "title,title", "title,unit_no,name", ""):
            self.refused("lg", f"{STAFF}/statistics?by={by}", None, "malformed_query", "GET")

    def test_6_the_command_line_tells_the_same(self):
        home = {"HOME": str(self.directory), "XDG_CONFIG_HOME": str(self.directory)}
        cli("login", "hr.filler", "--url", self.service.url, COUNTERSIGN_PASSWORD=password("hr.filler"), **home)
        told = cli("provenance", "staff", "--rows", "all", **home).stdout
        for part in ("carried at", "office_phone", "2 cells of title", "100900"):
            self.assertIn(part, told)
        self.assertIn("78.0 %", cli("burden", **home).stdout)
        self.assertIn("<5", cli("statistics", "staff", "--by", "title", **home).stdout)
        self.assertIn("100003", cli("my", "data", **home).stdout)
        self.assertIn("granted", cli("correction", "list", "staff", **home).stdout)
        self.assertIn("untouched and unconfirmed", cli("status", "staff", **home).stdout)
        self.assertEqual(json.loads(cli("--json", "provenance", "staff", **home).stdout)["carried"]["removed"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
