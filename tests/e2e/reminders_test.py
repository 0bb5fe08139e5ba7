"""Reminders over the real service: chases are entries first and messages second, whether an Alertmanager is there or
not; what excuses lateness; credits; a department's record; where tables stand."""
import http.server
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from harness import SERVICE, Client, Service, cli, password, schema_problem

DEFINITION = pathlib.Path(__file__).parents[2] / "tools/demo/safety-2021.json"
CAMPAIGN = "/v1/campaigns/safety-2021"
BUILDINGS = "building_no,building_name,floors,use\nJ1,第一教学楼,6,教学\nH2,化学楼,5,实验\n"


class Alertmanager:
    """Takes alerts on a port, and answers as it is told to."""

    def __init__(self, port=0, tls=None):
        self.taken, self.answers, self.changed = [], [], threading.Condition()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with fake.changed:
                    status = fake.answers.pop(0) if fake.answers else 200
                    if status == 200:
                        fake.taken.append((self.path, self.headers["Content-Type"], json.loads(body)))
                    fake.changed.notify_all()
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def await_alerts(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.alerts()) >= count, timeout=60), self.taken
            return self.alerts()

    def alerts(self):
        return [alert for _, _, alerts in self.taken for alert in alerts]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Reminders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        cls.data = cls.directory / "ledger"
        cli("init", "--data", str(cls.data), "--origin", "reminders.example/log", "--name", "管理员",
            "--simulated", "2021-02-25T09:00:00+08:00", COUNTERSIGN_PASSWORD=password("admin"))
        cls.definition = json.loads(DEFINITION.read_text())
        cls.definition["readiness"] = ["accounts", "training"]
        cls.service = None
        cls.serve()
        cls.act("admin", "", cls.definition, "PUT")
        for account in cls.definition["accounts"]:
            status, reply = cls.client("admin").request("POST", f"/v1/accounts/{account['id']}/password",
                                                        {"password": password(account["id"])})
            assert status < 300, reply
        for what in ("accounts", "training"):
            cls.act("safety.1", "/readiness", {"departments": ["INF", "SEC"], "what": what, "text": "培训签到表"})
        cls.act("safety.1", "/assignments")
        cls.clock("03-01T08:00")
        cls.act("safety.1", "/phases/self_check/open")

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    @classmethod
    def serve(cls, *options):
        if cls.service:
            cls.service.stop()
        cls.clients = {}
        cls.service = Service(cls.data, *options)

    @classmethod
    def client(cls, account):
        if account not in cls.clients:
            cls.clients[account] = Client(cls.service, account)
        return cls.clients[account]

    @classmethod
    def act(cls, account, target, body=None, method="POST", expect=(200, 201), headers=None):
        status, reply = cls.client(account).request(method, CAMPAIGN + target, body if body is not None else {}, headers)
        assert status in expect, (target, status, reply)
        return reply

    def refused(self, account, target, body, code):
        reply = self.act(account, target, body, expect=(400, 403, 404, 409, 412, 422))
        self.assertEqual(reply["code"], code, reply)
        self.assertTrue(reply["guard"]["zh"] and reply["cure"]["en"])

    @classmethod
    def clock(cls, instant):
        status, reply = cls.client("admin").request("POST", "/v1/simulation/clock", {"to": f"2021-{instant}:00+08:00"})
        assert status in (200, 201), reply

    def get(self, path, account="safety.1", target=None):
        """As the newest entry leaves it, and as the OpenAPI document says."""
        client = self.client(account)
        newest = client.get("/v1/ledger")["size"] - 1
        target = target or path.replace("{campaign}", "safety-2021")
        answer = client.get(f"{target}{'&' if '?' in target else '?'}min_index={newest}")
        document = client.get("/openapi.json")
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    def metric(self, name):
        text = self.client("admin").raw("GET", "/metrics")[2].decode()
        return {labels: float(value) for labels, value in
                re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)}

    def await_metric(self, name, value):
        end = time.monotonic() + 60
        while self.metric(name) != {"": value} and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.metric(name), {"": value})

    def await_diagnostic(self, event):
        end = time.monotonic() + 60
        while f'"{event}"' not in self.service.diagnostics() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertIn(f'"{event}"', self.service.diagnostics())

    def chase(self, text="请尽快报送", headers=None):
        return self.act("safety.1", "/chases", {"department": "SEC", "tables": ["drills"], "text": text}, headers=headers)

    def names(self):
        return {person["name"] for person in self.definition["persons"]} | {"管理员"}

    def test_a_chase_is_an_entry_first_then_a_message_and_its_answer_another_entry(self):
        alertmanager = Alertmanager()
        self.addCleanup(alertmanager.stop)
        self.serve("--alertmanager", alertmanager.url + "/am")
        chased = self.chase("张三请尽快报送", {"Idempotency-Key": "once"})
        alert, = alertmanager.await_alerts(1)
        self.assertEqual(alertmanager.taken[0][:2], ("/am/api/v2/alerts", "application/json"))
        self.assertEqual(alert["labels"], {"alertname": "TaskChased", "campaign": "safety-2021", "department": "SEC",
                                           "severity": "chase", "chase": str(chased["first_index"])})
        self.assertEqual(set(alert["annotations"]), {"summary", "summary_zh"})
        told = json.dumps(alert, ensure_ascii=False)
        for personal in self.names() | {"张三"}:
            self.assertNotIn(personal, told)
        self.assertIn("保卫处", told)
        # Sent again it is the same alert, which Alertmanager takes for one.
        self.assertTrue(self.chase("张三请尽快报送", {"Idempotency-Key": "once"})["repeated"])
        again = alertmanager.await_alerts(2)[1]
        self.assertEqual(again["labels"], alert["labels"])
        self.await_metric("countersign_alerts_sent_total", 2)
        self.assertNotIn("张三", self.service.diagnostics())

        answer = {"text": "演练记录在核对", "promised": "2021-12-31T12:00:00+08:00"}
        target = f"/chases/{chased['first_index']}/answer"
        self.refused("inf.head", target, answer, "right_missing")
        self.refused("sec.head", target, {**answer, "promised": "2021-01-01T00:00:00+08:00"}, "due_in_past")
        self.refused("sec.head", "/chases/none/answer", answer, "not_found")
        self.act("sec.head", target, answer)
        shown = self.get("/v1/campaigns/{campaign}/chases")["chases"]
        mine, = [c for c in shown if c["index"] == chased["first_index"]]
        self.assertEqual((mine["department"], mine["tables"], mine["text"]), ("SEC", ["drills"], "张三请尽快报送"))
        self.assertEqual([(a["text"], a["promised"], a["role"]) for a in mine["answers"]],
                         [("演练记录在核对", "2021-12-31T04:00:00.000000Z", "unit_head")])
        self.assertEqual(self.get("/v1/campaigns/{campaign}/chases", "inf.filler")["chases"], [])
        self.assertEqual(self.get("/v1/campaigns/{campaign}/chases", "sec.filler")["chases"][-1]["department"], "SEC")
        # The words are in the payload, not in the header.
        header = self.client("safety.1").get(f"/v1/entries/{chased['first_index']}")["header"]
        self.assertEqual(json.loads(header)["type"], "unit.chased")
        self.assertNotIn("张三", header)

        self.refused("sec.head", "/chases", {"department": "SEC", "tables": ["drills"], "text": "x"}, "right_missing")
        self.refused("safety.1", "/chases", {"department": "INF", "tables": ["drills"], "text": "x"}, "unknown_table")
        self.refused("safety.1", "/chases", {"department": "SEC", "tables": ["drills"], "text": ""}, "malformed_body")
        self.assertEqual(self.client("safety.1").request("GET", CAMPAIGN + "/chase-list?within=soon")[0], 400)

    def test_nobody_listening_undoes_nothing_and_is_told_once_he_does(self):
        alertmanager = Alertmanager()
        port = alertmanager.port
        alertmanager.stop()
        self.serve("--alertmanager", f"http://127.0.0.1:{port}")
        before = self.metric("countersign_alert_attempts_failed_total")[""]
        chased = self.chase()
        self.assertIn(chased["first_index"], [c["index"] for c in self.get("/v1/campaigns/{campaign}/chases")["chases"]])
        self.await_diagnostic("alerts.attempt_failed")
        self.assertGreater(self.metric("countersign_alert_attempts_failed_total")[""], before)
        back = Alertmanager(port)
        self.addCleanup(back.stop)
        alert, = back.await_alerts(1)
        self.assertEqual(alert["labels"]["chase"], str(chased["first_index"]))
        self.assertEqual(self.metric("countersign_alerts_lost_total"), {"": 0})

    def test_what_is_refused_is_lost_and_said(self):
        alertmanager = Alertmanager()
        self.addCleanup(alertmanager.stop)
        alertmanager.answers = [400]
        self.serve("--alertmanager", alertmanager.url)
        self.chase()
        self.await_diagnostic("alerts.lost")
        self.assertEqual(self.metric("countersign_alerts_lost_total"), {"": 1})
        self.chase()
        alertmanager.await_alerts(1)

    def test_under_tls_it_is_told_only_where_the_certificate_is_trusted(self):
        pairs = []
        for name in ("right", "wrong"):
            certificate, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", key, "-out", certificate, "-days", "30", "-subj", f"/CN={name}",
                            "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
            pairs.append((certificate, key))
        alertmanager = Alertmanager(tls=pairs[0])
        self.addCleanup(alertmanager.stop)
        self.serve("--alertmanager", alertmanager.url, "--alertmanager_ca", str(pairs[1][0]))
        self.chase()
        self.await_diagnostic("alerts.attempt_failed")
        self.assertEqual(alertmanager.taken, [])
        self.serve("--alertmanager", alertmanager.url, "--alertmanager_ca", str(pairs[0][0]))
        self.chase()
        self.assertEqual(len(alertmanager.await_alerts(1)), 1)

    def test_it_does_not_start_with_an_address_that_is_none(self):
        self.service.stop()
        done = subprocess.run([SERVICE, "--data", str(self.data), "--listen", "127.0.0.1:0",
                               "--alertmanager", "alerts.example:9093"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("must be http", done.stderr)
        self.serve()

    def sign(self, account, table, level=None):
        version = self.client(account).get(f"{CAMPAIGN}/tables/{table}/version")
        body = {"version": {"number": version["number"], "hash": version["hash"]}, "password": password(account)}
        if level is None:
            return self.act(account, f"/tables/{table}/submit", body)
        return self.act(account, f"/tables/{table}/approvals", {**body, "level": level})

    def state(self, table):
        task = self.get("/v1/campaigns/{campaign}/tables/{table}/status", target=f"{CAMPAIGN}/tables/{table}/status")
        return task["process_state"]["id"], task["process_state"]["name"]["zh"]

    def fill(self, account, table, sheet):
        status, reply = self.client(account).request("PUT", f"{CAMPAIGN}/tables/{table}/sheet", sheet,
                                                     {"Content-Type": "text/csv"})
        self.assertEqual(status, 200, reply)

    def test_open_tables_are_metrics_and_on_the_chase_list_and_what_excuses_is_shown(self):
        self.serve()
        due = self.metric("countersign_task_due_timestamp_seconds")
        labels = 'campaign="safety-2021",department="INF",table="buildings"'
        self.assertIn(labels, due)
        self.assertNotIn("inspections", str(due), "it waits for buildings, and not for its department")
        self.assertEqual(self.metric("countersign_tasks_open")['campaign="safety-2021",department="INF"'], 1)
        self.assertEqual(self.state("buildings"), ("open", "待填报"))
        self.assertEqual(self.state("inspections")[0], "blocked")

        # Due on 10 March; on the 12th the unit is on the list. The platform stood still from the 10th to the 11th.
        self.clock("03-12T10:00")
        outage = {"from": "2021-03-10T08:00:00+08:00", "to": "2021-03-11T08:00:00+08:00", "text": "存储故障"}
        self.refused("inf.head", "/outages", outage, "right_missing")
        self.refused("safety.1", "/outages", {**outage, "to": "2021-03-13T08:00:00+08:00"}, "outage_not_over")
        units = {u["department"]: u for u in self.get("/v1/campaigns/{campaign}/chase-list",
                                                      target=CAMPAIGN + "/chase-list?within=1d")["units"]}
        owed, = [t for t in units["INF"]["tables"] if t["table"] == "buildings"]
        self.assertEqual((owed["overdue"], owed["raw_late_seconds"]), (True, owed["net_late_seconds"]))
        self.assertEqual(self.get("/v1/campaigns/{campaign}/chase-list", "sec.filler")["units"], [])

        self.fill("inf.filler", "buildings", BUILDINGS)
        self.sign("inf.filler", "buildings")
        self.assertEqual(self.state("buildings"), ("submitted", "已提交"))
        self.assertNotIn(labels, self.metric("countersign_task_due_timestamp_seconds"))

        def fact():
            found = self.get("/v1/campaigns/{campaign}/facts", target=CAMPAIGN + "/facts?kind=F1&table=buildings")
            return found["facts"][0]
        before = fact()
        self.assertTrue(before["counts"])
        logged = self.act("admin", "/outages", outage)["first_index"]
        after = fact()
        self.assertEqual(after["raw_seconds"], before["raw_seconds"])
        self.assertEqual(after["net_seconds"], before["net_seconds"] - 24 * 3600)
        self.assertEqual([(c["kind"], c["department"], c["seconds"], c["entries"]) for c in after["charges"]],
                         [("outage", "", 24 * 3600, [logged])])
        self.assertIn(logged, after["entries"])
        # Another one, of which four hours were charged already.
        other = self.act("admin", "/outages", {"from": "2021-03-11T04:00:00+08:00", "to": "2021-03-11T10:00:00+08:00",
                                               "tables": ["buildings"], "text": "网络中断"})
        self.assertEqual(fact()["net_seconds"], before["net_seconds"] - 26 * 3600)
        self.assertTrue(fact()["counts"])
        listed = self.get("/v1/campaigns/{campaign}/outages", "sec.filler")["outages"]
        self.assertEqual([(o["index"], o["tables"]) for o in listed], [(logged, []), (other["first_index"], ["buildings"])])

        # A unit that nobody trained is late without blame; and the unit that mends its own is credited.
        self.act("inf.filler", "/tables/buildings/rows/H2", {"cells": {"floors": "6"}, "reason": "复核楼层"}, "PATCH")
        self.sign("inf.filler", "buildings")
        self.sign("inf.head", "buildings", "unit_signature")
        self.assertEqual(self.state("buildings"), ("approved:unit_signature", "单位已签字"))
        self.clock("03-20T09:00")
        self.fill("lab.filler", "hazardous_chemicals",
                  "lot_no,unit_no,chemical,kilograms,building_no\nL1,102,乙醇,20.5,H2\n")
        self.sign("lab.filler", "hazardous_chemicals")
        facts = {f["id"].split("-")[0] + " " + f["department"]: f
                 for f in self.get("/v1/campaigns/{campaign}/facts")["facts"]}
        late = facts["F1 LAB"]
        self.assertEqual((late["counts"], late["excused_by"], late["credit"]), (False, "readiness", False))
        credit = facts["F14 INF"]
        self.assertEqual((credit["credit"], credit["count"], credit["table"]), (True, 1, "buildings"))
        departments = {d["department"]: d["state"] for d in self.get("/v1/campaigns/{campaign}/deadlines")["departments"]}
        self.assertNotEqual(departments["INF"], "not_ready")
        readiness = self.get("/v1/campaigns/{campaign}/readiness")
        self.assertEqual(readiness["asked"], ["accounts", "training"])
        self.assertEqual({r["department"] for r in readiness["recorded"]}, {"INF", "SEC"})

        record = "/v1/departments/{department}/record"
        inf = self.get(record, target="/v1/departments/INF/record")
        campaign, = inf["campaigns"]
        self.assertEqual((campaign["campaign"], campaign["tasks"], campaign["late"]), ("safety-2021", 1, 1))
        self.assertEqual(campaign["credits"]["F14"]["standing"], 1)
        self.assertEqual(campaign["facts"]["F1"]["standing"], 1)
        lab, = self.get(record, "lab.head", "/v1/departments/LAB/record")["campaigns"]
        self.assertEqual((lab["facts"]["F1"]["standing"], lab["facts"]["F1"]["excused"]), (0, 1))
        self.assertEqual(self.client("inf.filler").request("GET", "/v1/departments/LAB/record")[0], 403)
        self.assertEqual(self.client("safety.1").request("GET", "/v1/departments/NONE/record")[0], 404)

        environment = {"XDG_CONFIG_HOME": str(self.directory / "config")}
        cli("login", "safety.1", "--url", self.service.url, COUNTERSIGN_PASSWORD=password("safety.1"), **environment)

        def told(*arguments):
            return cli("--lang", "zh", "-c", "safety-2021", *arguments, **environment).stdout
        self.assertIn("F14 1", told("record", "INF"))
        self.assertIn("outage", told("facts", "--kind", "F1"))
        self.assertIn("no: readiness", told("facts", "--kind", "F1"))
        self.assertIn("credit", told("facts", "--kind", "F14"))
        self.assertIn("单位已签字", told("status", "buildings"))
        self.assertIn("存储故障", told("outage", "list"))
        self.assertIn("asked for: accounts, training", told("readiness", "list"))
        self.assertIn("drills", told("chase", "due", "--within", "60d"))
        sent = json.loads(cli("--json", "-c", "safety-2021", "chase", "send", "SEC", "--table", "drills", "--text",
                              "请报送", **environment).stdout)
        self.get("/v1/campaigns/{campaign}/chases")  # waits for the newest entry
        self.assertIn(str(sent["first_index"]), told("chase", "list", "--department", "SEC"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
