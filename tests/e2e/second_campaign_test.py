"""Another kind of collection with the same programs: the yearly safety inspection of
tools/demo/safety-2021.json, six tables, two levels of approval, no deciding body."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import VERIFY, Client, Service, cli, password

DEFINITION = pathlib.Path(__file__).parents[2] / "tools/demo/safety-2021.json"
CAMPAIGN = "/v1/campaigns/safety-2021"
SHEETS = {
    "buildings": "building_no,building_name,floors,use\nJ1,第一教学楼,6,教学\nH2,化学楼,5,实验\n",
    "fire_equipment": "item_no,building_no,kind,works\nF001,J1,灭火器,是\nF002,H2,喷淋,否\n",
    "hazardous_chemicals": "lot_no,unit_no,chemical,kilograms,building_no\nL1,102,乙醇,20.5,H2\n",
    "inspections": "inspection_no,building_no,inspector,month,defects\nI1,H2,某,2021-02,1\n",
    "defects": "defect_no,inspection_no,what,repaired\nD1,I1,喷淋失效,否\n",
    "drills": "drills_held,participants\n4,5200\n",
}


class SafetyInspection(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        data = cls.directory / "ledger"
        cli("init", "--data", str(data), "--origin", "safety.example/log", "--name", "管理员",
            "--simulated", "2021-02-25T09:00:00+08:00", COUNTERSIGN_PASSWORD=password("admin"))
        cls.key = (data / "vkey").read_text().strip()
        cls.service = Service(data)
        cls.clients = {}
        cls.definition = json.loads(DEFINITION.read_text())

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def act(self, account, target, body=None, method="POST", expect=(200, 201)):
        status, reply = self.client(account).request(method, CAMPAIGN + target, body if body is not None else {})
        self.assertIn(status, expect, (target, reply))
        return reply

    def refused(self, account, target, body, code, method="POST"):
        reply = self.act(account, target, body, method, (401, 403, 404, 409, 412, 422))
        self.assertEqual(reply["code"], code, reply)

    def clock(self, instant):
        status, reply = self.client("admin").request("POST", "/v1/simulation/clock", {"to": f"2021-{instant}:00+08:00"})
        self.assertIn(status, (200, 201), reply)

    def newest(self):
        return f"min_index={self.client('safety.1').get('/v1/ledger')['size'] - 1}"

    def fill(self, account, table, sheet=None):
        status, reply = self.client(account).request("PUT", f"{CAMPAIGN}/tables/{table}/sheet", sheet or SHEETS[table],
                                                     {"Content-Type": "text/csv"})
        self.assertEqual(status, 200, reply)

    def sign(self, account, table, level=None):
        version = self.client(account).get(f"{CAMPAIGN}/tables/{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": password(account)}
        if level is None:
            return self.act(account, f"/tables/{table}/submit", body)
        return self.act(account, f"/tables/{table}/approvals", {**body, "level": level})

    def give_back(self, account, table, level, reasons, **more):
        version = self.client(account).get(f"{CAMPAIGN}/tables/{table}/version")
        return {"level": level, "version": {"number": version["number"], "hash": version["hash"]}, "reasons": reasons, **more}

    def test_from_the_definition_to_the_receiver(self):
        self.act("admin", "", self.definition, "PUT")
        for account in self.definition["accounts"]:
            status, reply = self.client("admin").request("POST", f"/v1/accounts/{account['id']}/password",
                                                        {"password": password(account["id"])})
            self.assertLess(status, 300, reply)
        self.act("safety.1", "/assignments")
        self.clock("03-01T08:00")
        self.act("safety.1", "/phases/self_check/open")

        # What waits for buildings waits; the unit's signature, not a reviewer's pass, releases it.
        row = {"inspection_no": "I1", "building_no": "H2", "inspector": "某", "month": "2021-02", "defects": "1"}
        self.refused("sec.filler", "/tables/inspections/rows/I1", {"cells": row}, "task_blocked", "PUT")
        self.clock("03-12T10:00")  # due on the 10th
        self.fill("inf.filler", "buildings")
        self.sign("inf.filler", "buildings")
        version = self.client("safety.1").get(f"{CAMPAIGN}/tables/buildings/version")
        self.refused("safety.1", "/tables/buildings/approvals",
                     {"level": "safety_check", "version": {k: version[k] for k in ("number", "hash")},
                      "password": password("safety.1")}, "level_out_of_order")
        self.sign("inf.head", "buildings", "unit_signature")
        self.sign("safety.1", "buildings", "safety_check")

        # Waited for, and so not late net.
        self.clock("03-19T09:00")
        self.fill("sec.filler", "fire_equipment")
        self.act("sec.filler", "/tables/fire_equipment/assists",
                 {"part": "maintenance", "department": "INF", "due": "2021-03-19T12:00:00+08:00", "text": "维保月份"})
        self.fill("inf.filler", "fire_equipment", "item_no,maintained_on\nF001,2021-01\nF002,2020-06\n")
        self.act("inf.filler", "/tables/fire_equipment/assists/maintenance/deliver")
        self.fill("c01.filler", "hazardous_chemicals", "lot_no,unit_no,chemical,kilograms,building_no\nL9,201,硫酸,3,H2\n")
        for table, office in (("hazardous_chemicals", "lab"), ("inspections", "sec")):
            self.fill(f"{office}.filler", table)
        for table, office in (("fire_equipment", "sec"), ("hazardous_chemicals", "lab"), ("inspections", "sec")):
            self.sign(f"{office}.filler", table)
            self.sign(f"{office}.head", table, "unit_signature")
            self.sign("safety.1", table, "safety_check")
        self.fill("sec.filler", "defects")
        self.fill("sec.filler", "drills")

        # Returned once on the spot; the reasons stay, and the new due instant binds.
        for table in ("defects", "drills"):
            self.sign("sec.filler", table)
            self.sign("sec.head", table, "unit_signature")
        self.sign("safety.1", "drills", "safety_check")
        self.refused("safety.1", "/tables/defects/returns",
                     self.give_back("safety.1", "defects", "safety_check", []), "reason_missing")
        self.act("safety.1", "/tables/defects/returns",
                 self.give_back("safety.1", "defects", "safety_check",
                                [{"row": "D1", "column": "repaired", "text": "现场已整改，与所报不符"}],
                                due="2021-03-22T12:00:00+08:00"))
        self.refused("registrar", "/freeze", {}, "tables_unsettled")
        self.clock("03-22T15:30")
        self.act("sec.filler", "/tables/defects/rows/D1", {"cells": {"repaired": "是"}, "reason": "现场核对"}, "PATCH")
        self.sign("sec.filler", "defects")
        self.sign("sec.head", "defects", "unit_signature")
        self.sign("safety.1", "defects", "safety_check")

        # No body decides here: all passed, it is frozen and handed over.
        self.clock("03-31T18:00")
        self.act("safety.1", "/phases/self_check/close")
        self.act("registrar", "/freeze")
        document = {"title": "受理回执", "hash": "0" * 64}
        self.act("registrar", "/submission", {"receipt": document})
        self.act("registrar", "/acceptance", {"notice": document})

        centre = self.client("safety.1")
        told = centre.get(f"{CAMPAIGN}/proceedings?{self.newest()}")
        self.assertEqual((told["states"], told["bodies"], len(told["frozen"])), (["accepted"], [], 6))
        facts = {f["id"].split("-")[0] + " " + f["table"]: f for f in centre.get(f"{CAMPAIGN}/facts?limit=100")["facts"]}
        self.assertEqual(sorted(facts), ["F1 buildings", "F1 defects", "F1 fire_equipment", "F1 hazardous_chemicals",
                                         "F15 inspections", "F4 defects"])
        credit = facts["F15 inspections"]  # passed five days before it was due; defects no longer waited
        self.assertEqual((credit["credit"], credit["count"], credit["early_seconds"] // 86400), (True, 1, 5))
        self.assertTrue(facts["F1 buildings"]["counts"])
        self.assertEqual(facts["F1 buildings"]["raw_seconds"], 34 * 3600)
        waited = facts["F1 fire_equipment"]
        self.assertEqual([c["department"] for c in waited["charges"]], ["INF"])
        self.assertLess(waited["net_seconds"], waited["raw_seconds"])
        self.assertEqual(facts["F1 defects"]["net_seconds"], 12600)  # by receipt, against the new instant
        self.assertEqual(facts["F4 defects"]["count"], 1)
        task = centre.get(f"{CAMPAIGN}/tables/defects/status")
        self.assertEqual(task["returns"][0]["reasons"][0]["text"], "现场已整改，与所报不符")
        self.assertEqual([s["level"] for s in task["statements"] if s["stands"]],
                         ["submission", "unit_signature", "safety_check"])
        deadlines = centre.get(f"{CAMPAIGN}/deadlines")
        self.assertEqual((deadlines["tasks"], deadlines["approved"]), (6, 6))

        # Its own period to object: three working days, Monday 5 April being a holiday.
        self.clock("04-01T09:00")
        drafted = self.act("safety.1", "/bulletins", {"departments": ["INF"], "facts": [facts["F1 buildings"]["id"]],
                                                      "text": "后勤处未按期报送建筑物台账。"})
        bulletin, = centre.get(f"{CAMPAIGN}/bulletins?min_index={drafted['first_index']}")["bulletins"]
        self.assertEqual(bulletin["texts"][0]["objections_until"], "2021-04-07T16:00:00.000000Z")
        self.refused("discipline.1", f"/bulletins/{bulletin['id']}/publication", {"to": ["全校"]}, "period_running")

        log = self.directory / "log.ndjson"
        log.write_bytes(self.client("audit.1").raw("GET", "/v1/log/export")[2])
        done = subprocess.run([VERIFY, str(log), self.key], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
