"""Rules of a definition over the real service: two editions of a small campaign, rules within a table, across
tables and across years, one that loops and one that is broken; explanations, and a rule that was wrong."""
import json
import re
import unittest

from campaign_case import CAMPAIGN, CampaignCase, both
from harness import cli, password, schema_problem


def column(key, **more):
    return {"key": key, "name": both(key), "type": "text", "required": False, **more}


ACCOUNTS = {"po.filler": ("filler", "PO"), "hr.filler": ("filler", "HR"), "hr.reviewer": ("reviewer", "HR"),
            "hr.head": ("unit_head", "HR"), "centre.1": ("centre_office", None)}


def definition(year, grade):
    """`grade`: the key of the staff's grade in that year's edition."""
    def table(key, owner, columns):
        return {"key": key, "printed_no": key, "name": both(key), "owner": owner, "phase": "fill",
                "due": f"{year}-11-03T24:00:00+08:00", "columns": columns, "key_columns": [columns[0]["key"]]}

    def level(key, role, **more):
        return {"id": key, "name": both(key), "meaning": both(key), "state": both(key), "verb": "pass", "role": role,
                "may_return": True, **more}

    return {
        "format": 1, "id": str(year), "edition": str(year), "name": both("data"), "institution": both("school"),
        "notice": "n", "calendar": {"utc_offset": "+08:00"},
        "phases": [{"id": "fill", "name": both("fill"), "opens": f"{year}-10-01T08:00:00+08:00",
                    "closes": f"{year}-11-05T18:00:00+08:00"}],
        "departments": [{"id": d, "name": both(d), "kind": "office", "unit_no": d} for d in ("PO", "HR")],
        "persons": [{"id": "p-" + a, "name": "某" + a, **({"department": d} if d else {})} for a, (_, d) in ACCOUNTS.items()],
        "accounts": [{"id": a, "person": "p-" + a, "hats": [{"role": r, **({"department": d} if d else {})}]}
                     for a, (r, d) in ACCOUNTS.items()],
        "submission_meaning": both("true"),
        "approval_chain": [level("review", "reviewer", two_persons=True),
                           level("first_review", "centre_office", school_wide=True)],
        "tables": [table("units", "PO", [column("unit_no", required=True), column("unit_name")]),
                   table("staff", "HR", [column("staff_no", required=True), column("name", sensitivity="personal"),
                                         column("unit_no"), column(grade)])]}


def rule(key, severity, kind, sql, *, table="staff", reads=(), reads_previous=(), version=1, needs_evidence=False):
    return {"id": key, "version": version, "kind": kind, "severity": severity, "name": {"zh": "规则" + key, "en": "rule " + key},
            "author": "PO", "needs_evidence": needs_evidence,
            "checks": [{"table": table, "reads": list(reads), "reads_previous": list(reads_previous), "sql": sql}]}


RULES = [
    rule("S1", "blocking", "existence", "SELECT _key AS row, 'unit_no' AS \"column\", 'unit ' || unit_no AS note FROM staff"
         " WHERE unit_no NOT IN (SELECT unit_no FROM units)", reads=["units"]),
    rule("S2", "warning", "external", "SELECT s._key AS row, 'grade' AS \"column\" FROM staff s JOIN previous_staff p"
         " ON p._key = s._key WHERE s.grade <> p.grade", reads_previous=["staff"], needs_evidence=True),
    rule("S3", "blocking", "within_record", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
         " SELECT NULL AS row, NULL AS \"column\" FROM n WHERE i < 0"),
    rule("S4", "blocking", "uniqueness", "SELECT _key AS row, NULL AS \"column\" FROM units")]


class Rules(CampaignCase):
    origin, begins = "rules.example/log", "2019-09-20T09:00:00+08:00"

    def size(self):
        return self.client("centre.1").get("/v1/ledger")["size"]

    def get(self, target, account="centre.1", path=None):
        """The answer, held against its description."""
        joint = "&" if "?" in target else "?"
        answer = self.client(account).get(f"{CAMPAIGN}{target}{joint}min_index={self.size() - 1}")
        if path:
            document = self.client(account).get("/openapi.json")
            schema = document["paths"]["/v1/campaigns/{campaign}" + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    def findings(self, query="", account="hr.filler"):
        return self.get("/tables/staff/findings" + query, account, "/tables/{table}/findings")

    def states(self, query=""):
        return sorted((f["rule"], f["row"], f["state"]) for f in self.findings(query)["findings"])

    def outcomes(self, query=""):
        return {o["rule"]: (o["state"], o["count"], o["open"]) for o in self.findings(query)["run"]["outcomes"]}

    def clock(self, instant):
        status, reply = self.client("admin").request("POST", "/v1/simulation/clock", {"to": instant + ":00+08:00"})
        self.assertIn(status, (200, 201), reply)

    def sheet(self, account, table, text, campaign=CAMPAIGN):
        status, reply = self.client(account).request("PUT", f"{campaign}/tables/{table}/sheet", text, {"Content-Type": "text/csv"})
        self.assertEqual(status, 200, reply)

    def statement(self, account, table, level=None, campaign=CAMPAIGN):
        version = self.client(account).get(f"{campaign}/tables/{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": password(account)}
        return {**body, "level": level} if level else body

    def fact(self, kind):
        found, = [f for f in self.get("/facts?limit=100")["facts"] if f["kind"] == kind]
        return found

    def test_from_last_years_edition_to_a_rule_that_was_wrong(self):
        self.last_year()
        self.this_year()
        self.submitting_runs_the_rules()
        self.findings_are_for_those_who_may_read_the_table()
        self.findings_are_explained_and_answered()
        self.a_wrong_rule_is_withdrawn()
        self.the_command_line()

    def last_year(self):
        before = "/v1/campaigns/2019"
        self.act("admin", "", definition(2019, "rank"), "PUT", before)
        for account in ACCOUNTS:
            status, reply = self.client("admin").request("POST", f"/v1/accounts/{account}/password",
                                                        {"password": password(account)})
            self.assertLess(status, 300, reply)
        self.act("centre.1", "/assignments", campaign=before)
        self.clock("2019-10-08T09:00")
        self.act("centre.1", "/phases/fill/open", campaign=before)
        self.sheet("hr.filler", "staff", "staff_no,name,unit_no,rank\n1,甲,10,A\n2,乙,10,A\n3,丙,10,B\n", before)
        self.act("hr.filler", "/tables/staff/submit", self.statement("hr.filler", "staff", campaign=before), campaign=before)
        # After the submission the working copy goes on; it is not what this year is compared with.
        self.act("hr.filler", "/tables/staff/rows/2", {"cells": {"rank": "B"}, "reason": "更正"}, "PATCH", before)

    def this_year(self):
        self.clock("2020-09-25T09:00")
        wrong = definition(2020, "grade")
        wrong["previous"] = {"campaign": "2019", "tables": [
            {"table": "staff", "from": "staff", "columns": [{"column": "grade", "from": "rank"}]}]}
        wrong["rules"] = RULES
        self.act("admin", "", wrong, "PUT")
        type(self).definition = wrong
        self.act("centre.1", "/assignments")
        self.clock("2020-10-08T09:00")
        self.act("centre.1", "/phases/fill/open")
        self.sheet("po.filler", "units", "unit_no,unit_name\n10,十系\n")
        # No rule looks at it: it is submitted as ever, and nothing runs.
        before = self.size()
        self.act("po.filler", "/tables/units/submit", self.statement("po.filler", "units"))
        self.assertEqual(self.size(), before + 1)
        self.sheet("hr.filler", "staff", "staff_no,name,unit_no,grade\n1,甲,10,A\n2,乙,99,B\n3,丙,,B\n")

    def submitting_runs_the_rules(self):
        before = self.size()
        # Who may not submit leaves no run behind.
        self.refused("hr.reviewer", "/tables/staff/submit", self.statement("hr.reviewer", "staff"), "right_missing")
        self.assertEqual(self.size(), before)
        problem = self.refused("hr.filler", "/tables/staff/submit", self.statement("hr.filler", "staff"), "findings_open")
        self.assertIn("S1 (1)", problem["guard"]["en"])
        found = self.findings()
        run = found["run"]
        self.assertEqual((run["index"], run["version"]["number"], run["version"]["rows"]), (before, 1, 3))
        self.assertEqual(self.outcomes(), {"S1": ("findings", 1, 1), "S2": ("findings", 1, 1),
                                           "S3": ("broken", 0, 0), "S4": ("broken", 0, 0)})
        why = {o["rule"]: o["why"] for o in run["outcomes"]}
        self.assertIn("steps", why["S3"])
        self.assertEqual(why["S4"], "reads a table that it does not declare: units")
        self.assertEqual(self.states(), [("S1", "2", "open"), ("S2", "2", "open")])
        note, = [f["note"] for f in found["findings"] if f["rule"] == "S1"]
        self.assertEqual(note, "unit 99")
        metrics = self.client("admin").raw("GET", "/metrics")[2].decode()
        self.assertEqual(re.findall(r"^countersign_rules_broken (\S+)", metrics, re.MULTILINE), ["2"])

        # A run of its own, once however often it is asked for under one key.
        key = {"Idempotency-Key": "validate-1"}
        first = self.act("hr.filler", "/tables/staff/validation", **key)
        self.assertEqual(self.act("hr.filler", "/tables/staff/validation", **key), first)
        self.assertEqual(self.findings(f"?run={before}")["run"]["index"], before)
        self.assertEqual(self.findings()["run"]["index"], first)
        self.refused("po.filler", "/tables/staff/validation", {}, "forbidden")

    def findings_are_for_those_who_may_read_the_table(self):
        status, problem = self.client("po.filler").request("GET", CAMPAIGN + "/tables/staff/findings")
        self.assertEqual((status, problem["code"]), (403, "forbidden"))
        rules = self.get("/rules", "po.filler", "/rules")["rules"]
        self.assertEqual([(r["id"], r["version"], r["withdrawn"]) for r in rules], [(k, 1, []) for k in ("S1", "S2", "S3", "S4")])

    def findings_are_explained_and_answered(self):
        target = "/tables/staff/explanations"
        self.refused("po.filler", target, {"rule": "S1", "reason": "x"}, "right_missing")
        self.refused("hr.filler", target, {"rule": "S1", "row": "1", "reason": "x"}, "unknown_subject")
        self.refused("hr.filler", target, {"rule": "S2", "reason": "x"}, "evidence_missing")
        index = self.act("hr.filler", target, {"rule": "S1", "row": "2", "column": "unit_no", "reason": "新设单位，尚未列入"})
        self.assertEqual(self.states(), [("S1", "2", "explained"), ("S2", "2", "open")])
        self.assertEqual(self.outcomes()["S1"], ("findings", 1, 0))
        said, = self.findings()["explanations"]
        self.assertEqual((said["id"], said["reason"], said["covers"], said["state"]), (index, "新设单位，尚未列入", 1, "proposed"))
        before = self.size()
        self.act("hr.filler", "/tables/staff/submit", self.statement("hr.filler", "staff"))
        self.assertEqual(self.size(), before + 1, "the run of this version stands")
        self.refused("hr.reviewer", "/tables/staff/approvals", self.statement("hr.reviewer", "staff", "review"),
                     "explanations_pending")
        decision = f"{target}/{index}/decision"
        self.refused("hr.filler", decision, {"accepted": True}, "right_missing")
        self.refused("hr.reviewer", decision, {"accepted": False}, "reason_missing")
        self.act("hr.reviewer", decision, {"accepted": True})
        self.refused("hr.reviewer", decision, {"accepted": True}, "already_exists")
        self.assertEqual(self.states(), [("S1", "2", "accepted"), ("S2", "2", "open")])
        passed = self.act("hr.reviewer", "/tables/staff/approvals", self.statement("hr.reviewer", "staff", "review"))
        fact = self.fact("F8")
        self.assertEqual((fact["rule"], fact["count"], fact["counts"], fact["state"]), ("S2@1", 1, True, "open"))
        self.assertIn(passed, fact["entries"])

    def a_wrong_rule_is_withdrawn(self):
        self.act("centre.1", "/tables/staff/returns",
                 {**{k: v for k, v in self.statement("centre.1", "staff", "first_review").items() if k != "password"},
                  "reasons": [{"rule": "S2", "text": "与上年不一致"}]})
        self.assertEqual(self.fact("F4")["state"], "open")
        body = {"version": 1, "reason": "上年为旧口径"}
        self.refused("hr.filler", "/rules/S2/withdrawal", body, "right_missing")
        self.refused("centre.1", "/rules/S2/withdrawal", {**body, "version": 2}, "unknown_subject")
        index = self.act("centre.1", "/rules/S2/withdrawal", body)
        self.refused("centre.1", "/rules/S2/withdrawal", body, "already_exists")
        self.assertEqual(self.states(), [("S1", "2", "accepted"), ("S2", "2", "void")])
        for kind in ("F8", "F4"):
            fact = self.fact(kind)
            self.assertEqual((fact["state"], fact["counts"]), ("voided", False), kind)
            act, = fact["acts"]
            self.assertEqual((act["kind"], act["index"], act["text"], act["person"]),
                             ("withdrawal", index, "上年为旧口径", "p-centre.1"))
            self.refused("hr.head", f"/facts/{fact['id']}/objection", {"ground": "x"}, "rule_withdrawn")
        rules = self.get("/rules", path="/rules")["rules"]
        last = {r["id"]: (r["checks"][0]["last"]["state"], r["checks"][0]["last"]["count"]) for r in rules}
        self.assertEqual(last, {"S1": ("findings", 1), "S2": ("void", 1), "S3": ("broken", 0), "S4": ("broken", 0)})
        withdrawn = {r["id"]: r["withdrawn"] for r in rules}
        self.assertEqual([(w["version"], w["index"]) for w in withdrawn["S2"]], [(1, index)])

        # Later runs skip it; what was accepted goes on, and a new version is a new rule.
        self.act("hr.filler", "/tables/staff/rows/1", {"cells": {"unit_no": "98"}, "reason": "调动"}, "PATCH")
        self.act("hr.filler", "/tables/staff/validation")
        self.assertEqual(self.states(), [("S1", "1", "open"), ("S1", "2", "accepted")])
        self.assertEqual(set(self.outcomes()), {"S1", "S3", "S4"})
        self.act("hr.filler", "/tables/staff/rows/1", {"cells": {"unit_no": "10"}, "reason": "更正"}, "PATCH")
        again = json.loads(json.dumps(self.definition))
        again["rules"] = [RULES[0], {**RULES[1], "version": 2},
                          rule("S3", "blocking", "within_record", "SELECT _key AS row, NULL AS \"column\" FROM staff WHERE name IS NULL",
                               version=2),
                          rule("S4", "blocking", "uniqueness", "SELECT unit_no AS row, NULL AS \"column\" FROM staff"
                               " WHERE unit_no <> '' GROUP BY unit_no HAVING count(*) > 5", version=2)]
        etag = self.client("admin").raw("GET", CAMPAIGN)[1]["ETag"]
        self.act("admin", "", again, "PUT", **{"If-Match": etag})
        self.act("hr.filler", "/tables/staff/submit", self.statement("hr.filler", "staff"))
        self.assertEqual(self.outcomes(), {"S1": ("findings", 1, 0), "S2": ("findings", 1, 1),
                                           "S3": ("clean", 0, 0), "S4": ("clean", 0, 0)})
        metrics = self.client("admin").raw("GET", "/metrics")[2].decode()
        self.assertEqual(re.findall(r"^countersign_rules_broken (\S+)", metrics, re.MULTILINE), ["0"])

    def the_command_line(self):
        environment = {"XDG_CONFIG_HOME": str(self.directory), "HOME": str(self.directory)}
        cli("login", "hr.filler", "--url", self.service.url, COUNTERSIGN_PASSWORD=password("hr.filler"), **environment)
        told = cli("validate", "staff", **environment).stdout
        self.assertIn("S1@1", told)
        self.assertIn("accepted", told)
        self.assertIn("2 rules found nothing", told)
        listed = cli("--lang", "zh", "rule", "list", **environment).stdout
        self.assertIn("规则S2", listed)
        self.assertIn("S2@2", listed)
        self.assertEqual(len(json.loads(cli("--json", "findings", "staff", "--rule", "S1", **environment).stdout)["findings"]), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
