"""Indicators over the real service, from the cells to the plan and its follow-up a year later; and two edits
on the eve of the deliberation that move a failing indicator to its mark exactly (campaign-2020.md, 7.4)."""
import copy
import json
import unittest

from campaign_case import CAMPAIGN, CampaignCase, both
from harness import cli, password, schema_problem


def level(key, name, role, **more):
    return {"id": key, "name": {"zh": name[0], "en": name[1]}, "meaning": both(key), "state": both(key), "verb": "pass",
            "role": role, "may_return": True, **more}


def column(key, kind="integer", **more):
    return {"key": key, "name": both(key), "type": kind, **more}


def table(key, columns, keys, **more):
    return {"key": key, "printed_no": key, "name": both(key), "owner": "HR", "phase": "fill",
            "due": "2020-11-03T24:00:00+08:00", "columns": columns, "key_columns": keys, **more}


def cited(table, *parts):
    return " UNION ALL ".join(f"SELECT {value} AS value, '{table}' AS \"table\", _key AS row, '{name}' AS \"column\" FROM {table}"
                              for value, name in parts)


def quantity(key, table, *parts):
    return {"id": key, "version": 1, "name": both(key), "unit": both("n"), "reads": [table], "sql": cited(table, *parts)}


ACCOUNTS = {"hr.filler": ("filler", "HR"), "hr.reviewer": ("reviewer", "HR"), "hr.head": ("unit_head", "HR"),
            "lib.filler": ("filler", "LIB"), "centre.1": ("centre_office", None), "group.1": ("leading_group", None),
            "party.1": ("party_committee", None)}
DEFINITION = {
    "format": 1, "id": "2020", "edition": "2020", "name": both("data"), "institution": both("school"), "notice": "n",
    "calendar": {"utc_offset": "+08:00"}, "school_type": "normal",
    "phases": [{"id": "fill", "name": both("fill"), "opens": "2020-09-30T08:00:00+08:00",
                "closes": "2020-11-05T18:00:00+08:00"}],
    "departments": [{"id": d, "name": both(d), "kind": "office", "unit_no": d} for d in ("HR", "LIB")],
    "persons": [{"id": "p-" + a, "name": "某" + a, **({"department": d} if d else {})} for a, (_, d) in ACCOUNTS.items()],
    "accounts": [{"id": a, "person": "p-" + a, "hats": [{"role": r, **({"department": d} if d else {})}]}
                 for a, (r, d) in ACCOUNTS.items()],
    "submission_meaning": both("true"),
    "approval_chain": [level("review", ("部门审核", "department review"), "reviewer", two_persons=True),
                       level("first_review", ("初审", "first review"), "centre_office", school_wide=True)],
    "bodies": [{"id": "group", "name": {"zh": "领导小组", "en": "leading group"}, "role": "leading_group", "quorum": 3,
                "decides_plans": True, "again_through": "first_review"},
               {"id": "party", "name": {"zh": "党委", "en": "Party committee"}, "role": "party_committee",
                "again_through": "review"}],
    "tables": [
        table("headcount", [column(k) for k in ("undergrad", "master_ft", "overseas", "preparatory", "evening", "correspondence")],
              [], single_row=True),
        table("staff", [column("unit_no", "text"), column("teachers")], ["unit_no"]),
        table("external_teachers", [column("no", "text"), column("name", "text", sensitivity="personal"),
                                    column("months")], ["no"]),
        table("library", [column("paper_books"), column("new_books")], [], single_row=True)],
    "quantities": [
        quantity("weighted_students", "headcount", ("undergrad", "undergrad"), ("1.5*master_ft", "master_ft"),
                 ("3*overseas", "overseas"), ("preparatory", "preparatory"), ("0.3*evening", "evening"),
                 ("0.1*correspondence", "correspondence")),
        quantity("fulltime", "staff", ("teachers", "teachers")),
        {**quantity("external", "external_teachers"), "sql": cited("external_teachers", ("months >= 6", "months"))},
        quantity("books", "library", ("paper_books", "paper_books")),
        quantity("new_books", "library", ("new_books", "new_books"))],
    "indicators": [
        {"id": "ratio", "version": 1, "name": {"zh": "生师比", "en": "Student-teacher ratio"}, "unit": both(""), "decimals": 3,
         "quantities": ["weighted_students", "fulltime", "external"],
         "formula": "weighted_students / (fulltime + 0.5 * external)", "better": "lower",
         "marks": [{"school_type": "normal", "pass": 18, "restricted": 22}], "department": "HR"},
        {"id": "books", "version": 1, "name": both("books"), "unit": both("册"), "decimals": 1,
         "quantities": ["weighted_students", "books", "new_books"], "formula": "books / weighted_students",
         "better": "higher", "marks": [{"school_type": "normal", "pass": 100, "restricted": 50}],
         "alternative": {"name": both("many new"), "condition": "weighted_students > 20000 AND new_books > 90000"},
         "department": "LIB"}],
}
SHEETS = {
    "headcount": "undergrad,master_ft,overseas,preparatory,evening,correspondence\n19200,180,90,60,1200,4500\n",
    "staff": "unit_no,teachers\nU1,640\nU2,400\n",
    "external_teachers": "no,name,months\n" + "".join(f"E{i},某{i},12\n" for i in range(208)) + "E900,某短,3\n",
    "library": "paper_books,new_books\n1985000,95000\n",
}
PLAN = [{"cause": "三人退休", "measure": "增聘两名外聘教师", "owner": "人事处", "until": "2020-12-31T00:00:00+08:00"},
        {"cause": "扩招", "measure": "控制招生", "owner": "教务处", "until": "2021-09-01T00:00:00+08:00"}]


class Indicators(CampaignCase):
    origin, begins = "indicators.example/log", "2020-09-25T09:00:00+08:00"

    def newest(self):
        return f"min_index={self.client('centre.1').get('/v1/ledger')['size'] - 1}"

    def get(self, target, account="centre.1", path=None, campaign=CAMPAIGN):
        """The answer, held against its description."""
        answer = self.client(account).get(campaign + target + ("&" if "?" in target else "?") + self.newest())
        if path:
            document = self.client(account).get("/openapi.json")
            schema = document["paths"]["/v1/campaigns/{campaign}" + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    def clock(self, instant):
        status, reply = self.client("admin").request("POST", "/v1/simulation/clock", {"to": f"2020-{instant}:00+08:00"})
        self.assertIn(status, (200, 201), reply)

    def sign(self, account, table, level=None):
        version = self.client(account).get(f"{CAMPAIGN}/tables/{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": password(account)}
        if level is None:
            return self.act(account, f"/tables/{table}/submit", body)
        return self.act(account, f"/tables/{table}/approvals", {**body, "level": level})

    def pass_table(self, table):
        self.sign("hr.filler", table)
        self.sign("hr.reviewer", table, "review")
        self.sign("centre.1", table, "first_review")

    def indicator(self, key, account="centre.1"):
        answer = self.get("/indicators", account, "/indicators")
        found, = [i for i in answer["indicators"] if i["id"] == key]
        return found

    def add_teacher(self, key):
        return self.act("hr.filler", f"/tables/external_teachers/rows/{key}",
                        {"cells": {"no": key, "name": "某" + key, "months": 6}, "reason": "新聘"}, "PUT")

    def table_before(self, body):
        return "/bodies/" + body + "/report", {"report": {"title": "report", "hash": "1" * 64}}

    def decide(self, account, body):
        self.act(account, f"/bodies/{body}/decision",
                 {"report": "1" * 64, "outcome": "approved", "attended": 5, "minutes": {"title": "minutes", "hash": "2" * 64}})

    def define(self, definition):
        self.act("admin", "", definition, "PUT", "/v1/campaigns/" + definition["id"])

    def test_from_the_cells_to_next_years_follow_up(self):
        self.fill()
        self.figures_fail()
        self.plan_is_sent_back()
        self.two_edits_cross_the_mark()
        self.later_bodies_need_plans_settled()
        self.next_year_follows_up()

    def fill(self):
        self.define(DEFINITION)
        for account in ACCOUNTS:
            status, reply = self.client("admin").request("POST", f"/v1/accounts/{account}/password",
                                                        {"password": password(account)})
            self.assertLess(status, 300, reply)
        self.act("centre.1", "/assignments")
        self.clock("09-30T08:00")
        self.act("centre.1", "/phases/fill/open")
        for name, sheet in SHEETS.items():
            status, reply = self.client("hr.filler").request("PUT", f"{CAMPAIGN}/tables/{name}/sheet", sheet,
                                                            {"Content-Type": "text/csv"})
            self.assertEqual(status, 200, reply)
        for name in SHEETS:
            if name != "library":
                self.pass_table(name)

    def figures_fail(self):
        self.assertIsNone(self.get("/indicators")["computation"])
        self.refused("hr.head", "/indicators", {}, "right_missing")
        problem = self.refused("centre.1", "/indicators", {}, "inputs_unsettled")
        self.assertIn("library", problem["guard"]["en"])
        self.pass_table("library")
        self.computed = self.act("centre.1", "/indicators")
        ratio = self.indicator("ratio")
        self.assertEqual((ratio["figure"]["value"], ratio["figure"]["result"]), ("18.016", "fails"))
        self.assertTrue(ratio["figure"]["unrounded"].startswith("18.0157342657"))
        self.assertEqual((ratio["mark"], ratio["restricted"], ratio["figure"]["version"]), ("18", "22", 1))
        self.assertEqual({q["id"]: (q["value"], q["cells"]) for q in ratio["quantities"]},
                         {"weighted_students": ("20610", 6), "fulltime": ("1040", 2), "external": ("208", 209)})
        books = self.indicator("books")["figure"]
        self.assertEqual((books["value"], books["result"]), ("96.3", "passes_by_alternative"))
        # The service's act, with what was asked for as its consequence.
        entry = self.client("centre.1").get(f"/v1/entries/{self.computed}")
        self.assertEqual(json.loads(entry["header"])["actor"]["person"], "system")
        plan, = self.get("/plans", path="/plans")["plans"]
        self.assertEqual((plan["indicator"], plan["status"], plan["department"], plan["required_by"]),
                         ("ratio", "due", "HR", self.computed + 1))
        # A department sees its own.
        self.assertEqual([i["id"] for i in self.get("/indicators", "lib.filler")["indicators"]], ["books"])
        self.assertEqual(self.get("/plans", "lib.filler")["plans"], [])
        self.assertEqual(self.client("lib.filler").request("GET", CAMPAIGN + "/indicators/ratio")[0], 403)

    def plan_is_sent_back(self):
        self.refused("lib.filler", "/plans/ratio/draft", {"items": PLAN}, "right_missing")
        self.refused("hr.filler", "/plans/ratio/draft", {"items": [{**PLAN[0], "cause": ""}]}, "plan_incomplete")
        self.refused("hr.filler", "/plans/ratio/draft", {"items": [{"cause": "三人退休", "measure": "增聘"}]}, "plan_incomplete")
        self.act("hr.filler", "/plans/ratio/draft", {"items": PLAN})
        one = {"item": "1", "accepted": True}
        self.refused("group.1", "/plans/ratio/decision", {"attended": 2, "items": [one]}, "quorum_missing")
        self.refused("group.1", "/plans/ratio/decision", {"attended": 5, "items": [one, {"item": "2"}]}, "items_undecided")
        self.refused("group.1", "/plans/ratio/decision",
                     {"attended": 5, "items": [one, {"item": "2", "accepted": False}]}, "items_undecided")
        self.act("group.1", "/plans/ratio/decision",
                 {"attended": 5, "items": [one, {"item": "2", "accepted": False, "reason": "措施不具体"}]})
        self.act("hr.head", "/plans/ratio/draft", {"items": PLAN})
        plan, = self.get("/plans", "group.1", "/plans")["plans"]
        self.assertEqual(plan["status"], "drafted")
        first, second = plan["drafts"]
        self.assertEqual([(i["accepted"], i["reason"]) for i in first["decision"]["items"]], [(True, None), (False, "措施不具体")])
        self.assertEqual((second["number"], second["items"][0]["measure"], second["decision"]), (2, "增聘两名外聘教师", None))

    def two_edits_cross_the_mark(self):
        self.clock("11-04T17:40")
        edits = [self.add_teacher("E208"), self.add_teacher("E209")]
        contract = self.act("hr.filler", "/tables/external_teachers/evidence",
                            {"title": "聘用合同", "kind": "contract", "hash": "3" * 64, "bytes": 11, "covers": [{"row": "E208"}]})
        shown = self.get("/indicators/ratio", path="/indicators/{indicator}")
        crossing, = shown["crossings"]
        self.assertEqual([e["index"] for e in crossing["contributing"]], edits)
        self.assertEqual([e["crossed"] for e in crossing["contributing"]], [False, True])
        self.assertEqual([[e["id"] for e in edit["evidence"]] for edit in crossing["contributing"]], [[contract], []])
        self.assertEqual(crossing["edit"]["index"], edits[1])
        self.assertEqual(crossing["edit"]["person"], "p-hr.filler")
        self.assertTrue(crossing["edit"]["received_at"].startswith("2020-11-04T09:4"))
        self.assertEqual(crossing["contributing"][0]["before"]["value"], "18.016")
        self.assertEqual((crossing["without_this_edit"]["result"], crossing["edit"]["after"]["value"]), ("fails", "18.000"))
        self.assertEqual((crossing["edit"]["after"]["unrounded"], crossing["edit"]["after"]["result"]), ("18", "passes"))
        self.assertEqual(crossing["review"]["words"], {"zh": "初审之后，领导小组之前", "en": "after first review, before leading group"})
        self.assertEqual((crossing["edit"]["cells"], crossing["edit"]["changes"]), (3, None))  # about persons
        self.assertIn("after first review, before leading group",
                      cli("--lang", "en", "indicator", "show", "ratio", COUNTERSIGN_URL=self.service.url,
                          COUNTERSIGN_TOKEN=self.client("centre.1").token).stdout)

        fact = self.client("centre.1").get(f"/v1/facts/{crossing['fact']}")
        self.assertEqual((fact["kind"], fact["counts"], fact["department"], fact["after"]), ("F10", False, "HR", "level:first_review"))
        self.assertEqual(fact["entries"], [self.computed, *edits])

        # What it was computed on is no longer what the table says.
        computation = self.get("/indicators")["computation"]
        inputs = {i["table"]: (i["version"], i["current_version"], i["current"]) for i in computation["inputs"]}
        self.assertEqual(inputs["external_teachers"], (1, 2, False))
        self.assertEqual(inputs["staff"], (1, 1, True))
        self.refused("centre.1", "/indicators", {}, "inputs_unsettled")

        # Down to the cells, then and now; the table is about persons, so each look is an entry.
        def cells(account, more):
            status, headers, text = self.client(account).raw(
                "GET", f"{CAMPAIGN}/indicators/ratio/cells?quantity=external&{more}&{self.newest()}")
            self.assertEqual(status, 200, text)
            return json.loads(text), headers.get("Countersign-Recorded-As")
        then, recorded = cells("centre.1", "limit=1000")
        self.assertEqual((then["total"], then["table"], len(then["cells"])), (209, "external_teachers", 209))
        self.assertEqual(sum(float(c["adds"]) for c in then["cells"]), 208)
        header = json.loads(self.client("centre.1").get(f"/v1/entries/{recorded}")["header"])
        self.assertEqual((header["type"], header["data"]["what"]), ("table.read", "cells"))
        now, _ = cells("centre.1", "at=now&limit=1000")
        self.assertEqual({c["row"]: c["index"] for c in now["cells"] if c["row"] in ("E208", "E209")},
                         dict(zip(("E208", "E209"), edits)))
        status, problem = self.client("centre.1").request("GET", f"{CAMPAIGN}/indicators/ratio/cells?quantity=books")
        self.assertEqual((status, problem["code"]), (400, "malformed_query"))

        self.pass_table("external_teachers")
        self.act("centre.1", "/indicators")
        self.assertEqual(self.indicator("ratio")["figure"]["result"], "passes")
        self.assertEqual(len(self.get("/indicators/ratio")["computations"]), 2)
        self.assertEqual(len(self.get("/indicators/ratio")["crossings"]), 1)

    def later_bodies_need_plans_settled(self):
        self.act("centre.1", *self.table_before("group"))
        self.decide("group.1", "group")
        problem = self.refused("centre.1", *self.table_before("party"), "plans_unsettled")
        self.assertIn("ratio", problem["guard"]["zh"])
        self.act("group.1", "/plans/ratio/decision",
                 {"attended": 5, "items": [{"item": i, "accepted": True} for i in ("1", "2")]})
        plan, = self.get("/plans")["plans"]
        self.assertEqual((plan["status"], plan["settled"]), ("accepted", True))
        self.act("centre.1", *self.table_before("party"))
        self.decide("party.1", "party")

    def next_year_follows_up(self):
        definition = copy.deepcopy(DEFINITION)
        definition.update({"id": "2021", "edition": "2021", "previous": {"campaign": "2020", "tables": []}})
        self.define(definition)
        following = "/v1/campaigns/2021"
        plan, = self.get("/plans?of=previous", "hr.filler", "/plans", campaign=following)["plans"]
        self.assertEqual((plan["campaign"], plan["status"], plan["follow_ups"]), ("2020", "accepted", []))
        self.assertEqual(self.get("/plans", campaign=following)["plans"], [])
        found = {"indicator": "ratio", "item": "1", "outcome": "under_way", "text": "已聘一名"}
        self.refused("lib.filler", "/plans/followups", found, "right_missing", campaign=following)
        self.refused("hr.filler", "/plans/followups", {**found, "item": "3"}, "unknown_subject", campaign=following)
        self.refused("hr.filler", "/plans/followups", {**found, "text": ""}, "reason_missing", campaign=following)
        self.act("hr.filler", "/plans/followups", found, campaign=following)
        self.act("centre.1", "/plans/followups", {**found, "outcome": "done", "text": "两名均已到岗"}, campaign=following)
        plan, = self.get("/plans?of=previous", path="/plans", campaign=following)["plans"]
        self.assertEqual([(f["item"], f["outcome"], f["campaign"]) for f in plan["follow_ups"]],
                         [("1", "under_way", "2021"), ("1", "done", "2021")])
        # A plan's words stay out of the headers.
        _, _, export = self.client("admin").raw("GET", "/v1/log/export")
        headers = [json.loads(line)["header"] for line in export.decode().splitlines() if '"header"' in line]
        for said in ("增聘两名外聘教师", "措施不具体", "已聘一名"):
            self.assertFalse([h for h in headers if said in h], said)


if __name__ == "__main__":
    unittest.main()
