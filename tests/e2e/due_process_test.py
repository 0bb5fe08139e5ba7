"""Objections, decisions, appeals and bulletins over the real service; incident 14, told by the views and by
the log alike."""
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import MIDWAY, Client, Service, cli, demonstration, schema_problem

CAMPAIGN = "/v1/campaigns/2020"


class DueProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        cls.story = demonstration(cls.directory / "demo", MIDWAY)
        cls.service = Service(cls.directory / "demo")
        cls.centre = Client(cls.service, "centre.1")
        cls.clients = {}
        _, _, export = cls.centre.raw("GET", "/v1/log/export")
        lines = [json.loads(line) for line in export.decode().splitlines()]
        cls.entries = [line for line in lines if "header" in line]
        cls.headers = [json.loads(entry["header"]) for entry in cls.entries]

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def documented(self, path, target, client=None):
        answer = (client or self.centre).get(target)
        document = self.centre.get("/openapi.json")
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document), target)
        return answer

    def items(self, index):
        return [json.loads(item["item"]) for item in self.entries[index]["items"]]

    def fact(self, table, kind="F1"):
        fact, = self.centre.get(f"{CAMPAIGN}/facts?kind={kind}&table={table}")["facts"]
        return fact

    def act(self, account, target, body):
        """Returns the entry it became."""
        status, reply = self.client(account).request("POST", CAMPAIGN + target, body)
        self.assertEqual(status, 201, reply)
        return reply["first_index"]

    def refused(self, account, target, body, code):
        status, problem = self.client(account).request("POST", CAMPAIGN + target, body)
        self.assertGreaterEqual(status, 400, problem)
        self.assertEqual(problem["code"], code, problem)
        self.assertTrue(problem["guard"]["zh"] and problem["cure"]["en"])
        return problem

    def test_incident_14_the_draft_the_objection_and_the_corrected_bulletin_are_all_there(self):
        fact = self.documented("/v1/facts/{fact}", f"/v1/facts/{self.fact('majors')['id']}")
        self.assertEqual((fact["state"], fact["counts"], fact["department"]), ("voided", False, "AA"))
        self.assertEqual((fact["raw_seconds"], fact["net_seconds"]), (36000, 0))
        objection, decision = fact["acts"]
        self.assertEqual((objection["kind"], objection["stage"], objection["role"]), ("objection", 1, "unit_head"))
        self.assertEqual((decision["verdict"], decision["role"]), ("voided", "accountability_reviewer"))

        bulletin = self.documented("/v1/campaigns/{campaign}/bulletins", f"{CAMPAIGN}/bulletins")["bulletins"][0]
        draft, correction = bulletin["texts"]
        self.assertEqual((draft["departments"], draft["facts"], draft["published"]), (["AA"], [fact["id"]], None))
        self.assertEqual(correction["departments"], ["PO"])
        self.assertEqual(correction["facts"], [self.fact("academic_units")["id"]])
        self.assertEqual(correction["objections_until"], "2020-10-28T16:00:00.000000Z")  # five working days
        self.assertEqual(correction["published"]["to"], ["全校各单位"])

        # The log says the same, and keeps the words out of the headers.
        acts = [h for h in self.headers if h["type"].split(".")[0] in ("fact", "bulletin")]
        self.assertEqual([(h["index"], h["type"]) for h in acts],
                         [(draft["index"], "bulletin.drafted"), (objection["index"], "fact.objected"),
                          (decision["index"], "fact.decided"), (correction["index"], "bulletin.corrected"),
                          (correction["published"]["index"], "bulletin.published")])
        self.assertEqual(acts[2]["data"], {"fact": fact["id"], "department": "AA", "verdict": "voided"})
        self.assertEqual(acts[3]["data"]["bulletin"], draft["index"])
        self.assertEqual(acts[4]["data"], {"bulletin": draft["index"], "text": correction["index"]})
        self.assertEqual(self.items(draft["index"])[0]["text"], draft["text"])
        self.assertEqual({i["role"]: i["text"] for i in self.items(correction["index"])},
                         {"text": correction["text"], "reason": correction["reason"]})
        kinds = [i["kind"] for i in self.items(objection["index"])]
        self.assertEqual(kinds, ["text", "document"])
        # Both texts are proved against the checkpoint.
        for index in (draft["index"], correction["index"]):
            self.assertEqual(self.centre.raw("GET", f"/log/proof/{index}")[0], 200)

        told = self.story.split("十六、")[1]
        for text in (draft["text"], correction["text"], objection["text"], decision["text"]):
            self.assertIn(text, told)

    def test_a_draft_is_for_those_it_names_and_what_is_published_for_all(self):
        def texts(account):
            told = self.client(account).get(f"{CAMPAIGN}/bulletins")["bulletins"][0]
            return [text["departments"] for text in told["texts"]]
        self.assertEqual(texts("aa.filler"), [["AA"], ["PO"]])
        self.assertEqual(texts("appraisal.1"), [["AA"], ["PO"]])
        self.assertEqual(texts("c07.filler"), [["PO"]])

    def test_what_was_said_is_for_the_unit_and_those_who_decide(self):
        fact = self.fact("majors")["id"]
        self.assertTrue(self.client("aa.filler").get(f"/v1/facts/{fact}")["acts"][0]["text"])
        leader = self.client("lg.1").get(f"/v1/facts/{fact}")["acts"]
        self.assertEqual([(a["text"], a["person_name"]) for a in leader], [(None, None)] * 2)
        self.assertEqual(self.client("hr.filler").request("GET", f"/v1/facts/{fact}")[0], 403)

    def test_a_decision_is_appealed_and_takes_lateness_away_only(self):
        fact = self.fact("academic_units")
        target = f"/facts/{fact['id']}"
        self.refused("aa.head", target + "/objection", {"ground": "not theirs"}, "right_missing")
        self.refused("appraisal.1", target + "/decision", {"verdict": "voided", "reason": "own unit"},
                     "party_to_the_case")
        self.refused("po.head", "/facts/F1-999999/objection", {"ground": "x"}, "not_found")
        self.refused("po.head", target + "/objection", {"ground": ""}, "malformed_body")

        late = [f for f in self.centre.get(f"{CAMPAIGN}/facts?kind=F1")["facts"]
                if f["department"] not in ("PO", "AA") and f["counts"]][0]
        head = late["department"].lower() + ".head"
        target = f"/facts/{late['id']}"
        entry = self.act(head, target + "/objection", {"ground": "平台停机"})
        self.assertEqual(self.centre.get(f"/v1/facts/{late['id']}?min_index={entry}")["state"],
                         "objected")
        self.refused("appraisal.1", target + "/decision",
                     {"verdict": "corrected", "net_seconds": late["net_seconds"] + 1, "reason": "x"}, "malformed_body")
        self.refused("appraisal.1", target + "/decision", {"verdict": "corrected", "reason": "x"},
                     "correction_missing")
        entry = self.act("appraisal.1", target + "/decision",
                         {"verdict": "corrected", "net_seconds": 60, "reason": "停机时间不计"})
        now = self.centre.get(f"/v1/facts/{late['id']}?min_index={entry}")
        self.assertEqual((now["state"], now["net_seconds"], now["computed_net_seconds"], now["counts"]),
                         ("corrected", 60, late["net_seconds"], True))
        entry = self.act(head, target + "/objection", {"ground": "仍有异议"})
        entry = self.act("appraisal.1", target + "/decision", {"verdict": "upheld", "reason": "维持"})
        now = self.centre.get(f"/v1/facts/{late['id']}?min_index={entry}")
        self.assertEqual([a["stage"] for a in now["acts"] if a["kind"] == "objection"], [1, 2])
        self.assertEqual((now["state"], now["net_seconds"]), ("corrected", 60), "an appeal makes nothing heavier")

    def test_a_bulletin_rests_on_facts_about_those_it_names(self):
        fact = self.fact("academic_units")["id"]
        text = {"departments": ["HR"], "facts": [fact], "text": "x"}
        self.refused("centre.3", "/bulletins", text, "malformed_body")
        self.refused("centre.3", "/bulletins", {**text, "departments": ["PO", "HR"]}, "malformed_body")
        self.refused("centre.3", "/bulletins", {**text, "departments": [], "facts": []}, "bulletin_cites_nothing")
        name = next(a["person_name"] for a in self.centre.get(f"/v1/facts/{self.fact('majors')['id']}")["acts"])
        named = self.refused("centre.3", "/bulletins",
                             {"departments": ["PO"], "facts": [fact], "text": f"{name}未按期报送"},
                             "bulletin_names_person")
        self.assertNotIn(name, json.dumps(named, ensure_ascii=False))
        # One that rests on a voided fact is not published, now or later.
        voided = self.fact("majors")["id"]
        entry = self.act("centre.3", "/bulletins",
                         {"departments": ["AA"], "facts": [voided], "text": "教务处迟报"})
        self.refused("appraisal.1", f"/bulletins/{entry}/publication", {"to": ["全校"]},
                     "fact_not_standing")
        self.refused("appraisal.1", "/bulletins/none/publication", {"to": ["全校"]}, "not_found")

    def test_the_command_line(self):
        environment = {"XDG_CONFIG_HOME": str(self.directory / "config")}
        cli("login", "centre.1", "--url", self.service.url, COUNTERSIGN_PASSWORD="jiangpan-centre.1-2020", **environment)
        fact = self.fact("majors")["id"]
        shown = cli("fact", "show", fact, **environment).stdout
        self.assertIn("voided, does not count", shown)
        self.assertIn("objection", shown)
        self.assertIn("全校", self.story)
        self.assertIn(fact, cli("bulletin", "list", **environment).stdout)
        refused = cli("fact", "decide", fact, "upheld", "--reason", "x", check=False, **environment)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("right", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
