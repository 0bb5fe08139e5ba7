"""Persons' keys with the real service and command line: made on a device, enrolled, used to sign off, replaced
and revoked; and everything that must not pass for a signature."""
import http.server
import json
import os
import pathlib
import stat
import threading
import unittest

from campaign_case import CAMPAIGN, CampaignCase, both
from harness import cli, password, schema_problem

ACCOUNTS = {f"{role}.{n}": role for n in (1, 2, 3, 4, 5, 6) for role in ("filler", "reviewer")}


def definition():
    def table(key):
        return {"key": key, "printed_no": key, "name": both(key), "owner": "D", "phase": "fill",
                "due": "2020-11-03T24:00:00+08:00", "key_columns": ["no"],
                "columns": [{"key": k, "name": both(k), "type": "text", "required": k == "no"} for k in ("no", "value")]}
    return {
        "format": 1, "id": "2020", "edition": "2020", "name": both("data"), "institution": {"zh": "学校", "en": "school"},
        "notice": "n", "calendar": {"utc_offset": "+08:00"},
        "phases": [{"id": "fill", "name": both("fill"), "opens": "2020-10-01T08:00:00+08:00",
                    "closes": "2020-11-05T18:00:00+08:00"}],
        "departments": [{"id": "D", "name": both("D"), "kind": "office", "unit_no": "D"}],
        "persons": [{"id": "p-" + a, "name": "某" + a, "department": "D"} for a in ACCOUNTS]
        + [{"id": "p-centre.1", "name": "某中心"}, {"id": "p-auditor.1", "name": "某审计"}],
        "accounts": [{"id": a, "person": "p-" + a, "hats": [{"role": r, "department": "D"}]} for a, r in ACCOUNTS.items()]
        + [{"id": "centre.1", "person": "p-centre.1", "hats": [{"role": "centre_office"}]},
           {"id": "auditor.1", "person": "p-auditor.1", "hats": [{"role": "auditor"}]}],
        "submission_meaning": {"zh": "数据属实", "en": "the data are true"},
        "approval_chain": [{"id": "review", "name": both("review"), "meaning": {"zh": "已审核", "en": "reviewed"},
                            "state": both("reviewed"), "verb": "pass", "role": "reviewer", "may_return": True,
                            "two_persons": True}],
        "tables": [table(f"t{n}") for n in (1, 2, 3, 4, 5, 6)]}


class Keys(CampaignCase):
    origin, begins = "keys.example/log", "2020-10-02T09:00:00+08:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cli_homes = {}
        admin = cls.client(cls, "admin")
        assert admin.request("PUT", CAMPAIGN, definition())[0] in (200, 201)
        for account in definition()["accounts"]:
            status, reply = admin.request("POST", f"/v1/accounts/{account['id']}/password", {"password": password(account["id"])})
            assert status == 200, reply
        centre = cls.client(cls, "centre.1")
        for target in ("/assignments", "/phases/fill/open"):
            status, reply = centre.request("POST", CAMPAIGN + target, {})
            assert status in (200, 201), reply
        for n in (1, 2, 3, 4, 5, 6):
            status, reply = cls.client(cls, f"filler.{n}").request(
                "POST", f"{CAMPAIGN}/tables/t{n}/rows", {"rows": [{"cells": {"no": "1", "value": "x"}}]})
            assert status in (200, 201), reply

    def run_as(self, account, *arguments, check=True, secret=None, **more):
        """The command line of that person, logged in once."""
        environment = {"COUNTERSIGN_URL": self.service.url, "COUNTERSIGN_PASSWORD": secret or password(account),
                       "XDG_CONFIG_HOME": str(self.directory / ("home-" + account))}
        if account not in self.cli_homes:
            pathlib.Path(environment["XDG_CONFIG_HOME"]).mkdir(exist_ok=True)
            cli("login", account, "--url", self.service.url, **{**environment, "COUNTERSIGN_PASSWORD": password(account)})
            self.cli_homes[account] = True
        return cli("--lang", "en", *arguments, check=check, **{**environment, **more})

    def fails(self, account, *arguments, says, **more):
        before = self.client("admin").get("/v1/ledger")["size"]
        done = self.run_as(account, *arguments, check=False, **more)
        self.assertNotEqual(done.returncode, 0, arguments)
        self.assertIn(says, done.stderr)
        self.assertEqual(self.client("admin").get("/v1/ledger")["size"], before, "nothing was recorded")

    def new_key(self, name, *options):
        path = self.directory / name
        made = json.loads(cli("--json", "key", "new", "--out", str(path), *options).stdout)
        return str(path), made["public_key"]

    def enrolled(self, account, name, *options):
        path, public = self.new_key(name, *options)
        self.run_as(account, "key", "enrol", path, "--label", name)
        return path, public

    def answer(self, account, path, route, method="get"):
        """An answer, held against its description."""
        client = self.client(account)
        found = client.get(path)
        document = client.get("/openapi.json")
        schema = document["paths"][route][method]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(found, schema, document), path)
        return found

    def keys(self, account, asking=None):
        return self.answer(asking or account, f"/v1/persons/p-{account}/keys", "/v1/persons/{person}/keys")["keys"]

    def status(self, table, account):
        size = self.client("admin").get("/v1/ledger")["size"]
        return self.answer(account, f"{CAMPAIGN}/tables/{table}/status?min_index={size - 1}",
                           "/v1/campaigns/{campaign}/tables/{table}/status")

    def test_a_key_is_made_for_its_owner_alone_and_never_written_over(self):
        path, _ = self.new_key("owned")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        again = cli("key", "new", "--out", path, check=False)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("exists already", again.stderr)
        os.chmod(path, 0o644)
        self.fails("filler.6", "key", "enrol", path, says="chmod 600")

    def test_sign_off_on_the_device(self):
        path, public = self.enrolled("filler.1", "device-1")
        other, _ = self.new_key("other-1")
        # Neither another key nor the one the service holds signs now; both are told why.
        self.fails("filler.1", "submit", "t1", "--key", other, says="not signed by the person's present key")
        self.fails("filler.1", "submit", "t1", says="key on your own device")
        # Nor does somebody else's device key sign for them.
        self.enrolled("filler.2", "device-2")
        self.fails("filler.2", "submit", "t1", "--key", path, says="not signed by the person's present key")
        shown = self.run_as("filler.1", "submit", "t1", "--key", path).stderr
        version = self.client("filler.1").get(f"{CAMPAIGN}/tables/t1/version")
        for part in ("某filler.1 (p-filler.1)", "filler / D / D", "数据属实 / the data are true", "+08:00 = 2020-10-02T",
                     "SHA-256 内容: " + version["hash"], "held by the signer"):
            self.assertIn(part, shown)
        key = self.status("t1", "filler.1")["statements"][0]["key"]
        self.assertEqual((key["public_key"], key["algorithm"], key["held"], key["revoked"]),
                         (public, "ed25519", "device", None))
        # Who keeps no key signs as before, and that is said.
        self.run_as("reviewer.1", "pass", "t1", "--level", "review")
        self.assertEqual(self.status("t1", "filler.1")["statements"][1]["key"]["held"], "service")
        table = self.run_as("filler.1", "status", "t1").stdout
        self.assertIn("ed25519 on device", table)
        self.assertIn("ed25519 by the service", table)

    def test_a_device_signs_no_text_but_the_sign_off_asked_for(self):
        path, _ = self.new_key("careful")
        real = "countersign sign-off v1\ntable 数据表: t1 / t1 / t1\ncontent SHA-256 内容: " + 64 * "a" + "\n"
        wanted = {"number": 1, "hash": 64 * "a", "rows": 1}
        sent = []
        for text, signed in ((real, True), (real.replace("sign-off", "key enrolment"), False),
                             (real.replace(": t1 /", ": t2 /"), False), (real.replace("aa", "ab"), False)):
            class Lying(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"

                def do_POST(self):
                    sent.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                    body = json.dumps({"text": text, "name": "n", "version": wanted, "at": "2020-10-02T01:00:00Z"}).encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    pass

            del sent[:]
            with http.server.HTTPServer(("127.0.0.1", 0), Lying) as server:
                thread = threading.Thread(target=server.serve_forever)
                thread.start()
                done = cli("submit", "t1", "--key", path, check=False, COUNTERSIGN_TOKEN="t",
                           COUNTERSIGN_URL=f"http://127.0.0.1:{server.server_port}")
                server.shutdown()
                thread.join()
            notes = [json.loads(body)["note"] for where, body in sent if where.endswith("/submit")]
            self.assertEqual(len(notes), 1 if signed else 0, text)
            if not signed:
                self.assertIn("not the sign-off asked for; nothing is signed", done.stderr)

    def test_sm2_and_a_passphrase(self):
        path = str(self.directory / "sealed-3")
        cli("key", "new", "--out", path, "--algorithm", "sm2", "--passphrase", COUNTERSIGN_PASSPHRASE="open sesame")
        self.fails("filler.3", "key", "enrol", path, says="does not open", COUNTERSIGN_PASSPHRASE="another")
        self.run_as("filler.3", "key", "enrol", path, COUNTERSIGN_PASSPHRASE="open sesame")
        self.run_as("filler.3", "submit", "t3", "--key", path, COUNTERSIGN_PASSPHRASE="open sesame")
        statement = self.status("t3", "filler.3")["statements"][0]
        self.assertEqual((statement["key"]["algorithm"], statement["key"]["held"]), ("sm2-sm3", "device"))
        entry = self.answer("filler.3", f"/v1/entries/{statement['index']}", "/v1/entries/{index}")
        self.assertEqual(entry["signature_key"], statement["key"])
        # Whoever has the whole log judges every sign-off by the key of then, of either algorithm.
        export = self.directory / "export"
        export.write_bytes(self.client("admin").raw("GET", "/v1/log/export")[2])
        told = json.loads(cli("--json", "verify", str(export)).stdout)
        self.assertTrue(told["verified"])
        self.assertGreater(told["signed"]["judged"], 0)
        self.assertEqual(told["signed"]["withheld"], 0)

    def test_a_replacement_is_co_signed(self):
        first, first_public = self.enrolled("filler.4", "first-4")
        second, second_public = self.new_key("second-4", "--algorithm", "sm2")
        stranger, _ = self.new_key("stranger-4")
        self.fails("filler.4", "key", "enrol", second, says="has to sign for the one that replaces it")
        self.fails("filler.4", "key", "enrol", second, "--replaces", stranger,
                   says="has to sign for the one that replaces it")
        self.run_as("filler.4", "key", "enrol", second, "--replaces", first)
        keys = self.keys("filler.4")
        self.assertEqual([k["signs"] for k in keys], [False, False, True])
        self.assertEqual((keys[2]["public_key"], keys[2]["co_signed_by"]), (second_public, first_public))
        self.fails("filler.4", "submit", "t4", "--key", first, says="not signed by the person's present key")
        self.run_as("filler.4", "submit", "t4", "--key", second)
        # A key is enrolled once, by whomever.
        self.fails("filler.6", "key", "enrol", first, says="enrolled before")

    def test_a_token_or_another_accounts_proof_enrols_nothing(self):
        path, public = self.new_key("proof")
        self.fails("reviewer.6", "key", "enrol", path, says="password is wrong", secret="not the password")
        # The very proof that is good for one account, sent by another.
        listed = self.enrolled("reviewer.5", "proof-5")
        entry = self.client("admin").get(f"/v1/entries/{self.keys('reviewer.5')[-1]['enrolled_by']}")
        items = [json.loads(i["item"]) for i in entry["items"] if "item" in i]
        note = next(i["note"] for i in items if i["kind"] == "enrolment")
        label = next(i["text"] for i in items if i["kind"] == "text")
        for account in ("reviewer.6", "filler.6"):
            status, problem = self.client(account).request(
                "POST", "/v1/me/keys", {"public_key": listed[1], "note": note, "label": label, "password": password(account)})
            self.assertEqual((status, problem["code"]), (422, "key_not_proved"), problem)
        status, problem = self.client("reviewer.6").request(
            "POST", "/v1/me/keys", {"public_key": "AAAA", "note": note, "password": password("reviewer.6")})
        self.assertEqual(status, 400, problem)

    def test_revoked_by_its_holder(self):
        path, _ = self.enrolled("filler.5", "device-5")
        self.run_as("filler.5", "submit", "t5", "--key", path)
        self.run_as("filler.5", "key", "revoke", "--reason", "lost on the way")
        # What was signed before stands, and says so, to people and to programs.
        statement = self.status("t5", "filler.5")["statements"][0]
        self.assertTrue(statement["stands"])
        revoked = statement["key"]["revoked"]
        self.assertTrue(revoked["by_holder"])
        self.assertIn("this signature was made before and stands", revoked["note"]["en"])
        self.assertIn("继续有效", revoked["note"]["zh"])
        self.assertIn("made before and stands", self.run_as("filler.5", "status", "t5").stdout)
        entry = self.client("filler.5").get(f"/v1/entries/{statement['index']}")
        self.assertEqual(entry["signature_key"]["revoked"], revoked)
        # Whoever has the password alone puts no other key in its place.
        new, _ = self.new_key("new-5")
        self.fails("filler.5", "key", "enrol", new, says="no administrator has issued a password")
        self.assertIn("an administrator has to issue", self.run_as("filler.5", "key", "list").stdout)
        status, reply = self.client("admin").request("POST", "/v1/accounts/filler.5/password",
                                                     {"password": password("filler.5")})
        self.assertEqual(status, 200, reply)
        del self.cli_homes["filler.5"], self.clients["filler.5"]
        self.run_as("filler.5", "key", "enrol", new)
        self.assertEqual([k["held"] for k in self.keys("filler.5")], ["service", "device", "service", "device"])

    def test_revoked_by_an_administrator(self):
        path, _ = self.enrolled("filler.6", "device-6")
        self.fails("centre.1", "key", "revoke", "--person", "p-filler.6", "--reason", "x", says="None of your hats")
        self.run_as("admin", "key", "revoke", "--person", "p-filler.6", "--reason", "left the school")
        self.fails("filler.6", "submit", "t6", "--key", path, says="no key is enrolled")
        # A signature needs a key that is in force; another one is enrolled without the revoked one.
        new, _ = self.enrolled("filler.6", "new-6")
        self.run_as("filler.6", "submit", "t6", "--key", new)
        revoked = [k for k in self.keys("filler.6", "auditor.1") if k["revoked"]]
        self.assertEqual([k["revoked"]["by_holder"] for k in revoked], [False])

    def test_keys_are_listed_to_those_who_check_signatures(self):
        self.assertIn("label", self.enrolled("reviewer.3", "label-3") and self.keys("reviewer.3")[-1])
        self.assertNotIn("label", self.keys("reviewer.3", "auditor.1")[-1], "its holder's words")
        status, problem = self.client("reviewer.4").request("GET", "/v1/persons/p-reviewer.3/keys")
        self.assertEqual((status, problem["code"]), (403, "forbidden"))
        status, _ = self.client("auditor.1").request("GET", "/v1/persons/nobody/keys")
        self.assertEqual(status, 404)


if __name__ == "__main__":
    unittest.main()
