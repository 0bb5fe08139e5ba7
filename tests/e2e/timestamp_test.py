"""Trusted time: a real authority (`openssl ts`) stamps the checkpoints of a real service, at an interval and at due
instants; `openssl` alone and our programs verify what was kept; nothing that does not hold is kept, and no write waits."""
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from harness import CLI, FOREIGN, VERIFY, Client, Service, cli, parse_checkpoint, password, schema_problem
from time_authority import TimeAuthority, openssl_verifies

DEFINITION = pathlib.Path(__file__).parents[2] / "tools/demo/safety-2021.json"


class Stamped(unittest.TestCase):
    origin, simulated = "test.example/stamped", ()

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.data = self.root / "data"
        cli("init", "--data", str(self.data), "--origin", self.origin, "--name", "管理员", *self.simulated,
            COUNTERSIGN_PASSWORD=password("admin"))
        self.vkey = (self.data / "vkey").read_text().strip()
        self.authority = TimeAuthority(self.root / "authority")
        self.addCleanup(self.authority.stop)
        self.accounts = 0

    def serve(self, *options, authority=None):
        service = Service(self.data, *(authority or self.authority).options(), *options)
        self.addCleanup(service.kill)
        return service, Client(service, "admin")

    def write(self, client, times=1):
        for _ in range(times):
            self.accounts += 1
            status, reply = client.request("POST", "/v1/accounts", {
                "id": f"a{self.accounts}", "person": {"id": f"p{self.accounts}", "name": "某"},
                "hats": [{"role": "auditor"}]})
            self.assertIn(status, (200, 201), reply)

    def size(self, client):
        return parse_checkpoint(client.raw("GET", "/log/checkpoint")[2].decode())[0]

    def await_that(self, what, seconds=60):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it did not happen in time")
            time.sleep(0.05)

    def metric(self, client, name):
        return float(re.search(rf"^countersign_timestamp_{name} (\S+)$", client.raw("GET", "/metrics")[2].decode(),
                               re.MULTILINE)[1])

    def listed(self, client):
        answer = client.get("/log/timestamps")
        document = client.get("/openapi.json")
        schema = document["paths"]["/log/timestamps"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(schema_problem(answer, schema, document))
        self.assertEqual([one["number"] for one in answer["timestamps"]], list(range(1, answer["count"] + 1)))
        return answer["timestamps"]

    def stamped_up_to(self, client):
        return max([0] + [one["size"] for one in self.listed(client)])


class Tokens(Stamped):
    def fetch(self, service, directory):
        """As a person at the command line does; with a session of its own."""
        environment = {"COUNTERSIGN_URL": service.url, "COUNTERSIGN_TOKEN": Client(service, "admin").token,
                       "HOME": str(self.root)}
        cli("timestamp", "fetch", "--out", str(directory), **environment)
        return cli("timestamp", "list", **environment).stdout

    def refused(self, why, *arguments, program=(CLI, "timestamp", "verify")):
        done = subprocess.run([*program, *map(str, arguments)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(why, done.stdout + done.stderr)

    def test_what_the_service_keeps_verifies_without_it(self):
        service, client = self.serve("--timestamp_seconds", "1")
        self.await_that(lambda: len(self.listed(client)) == 1)
        self.write(client, 3)
        latest = self.size(client)
        self.await_that(lambda: self.stamped_up_to(client) >= latest)
        self.assertAlmostEqual(self.metric(client, "last_timestamp_seconds"), time.time(), delta=60)
        self.await_that(lambda: self.metric(client, "owed_since_timestamp_seconds") == 0)
        self.assertEqual(self.metric(client, "clock_ahead_seconds"), 0)
        last = self.listed(client)[-1]
        self.assertEqual((last["policy"], last["authority"], last["accuracy_seconds"]), ("1.2.3.4.1", "CN=Test time", 1))

        # Nothing new, nothing asked: three looks later there are as many.
        asked = self.authority.asked
        time.sleep(3)
        self.assertEqual(self.authority.asked, asked)

        # Pages, and what is not there.
        self.assertEqual(client.get("/log/timestamps?after=1&limit=1"),
                         {"timestamps": [self.listed(client)[1]], "count": last["number"],
                          "next": 2 if last["number"] > 2 else None})
        self.assertEqual(client.get(f"/log/timestamps?after={10 ** 18}")["timestamps"], [])
        for missing in ("0", "99", "x", "-1", "1e0", "01"):
            self.assertEqual(client.raw("GET", f"/log/timestamps/{missing}")[0], 404, missing)
        # Everybody may read them.
        status, headers, token = Client(service).raw("GET", f"/log/timestamps/{last['number']}")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/timestamp-reply"))
        status, headers, note = Client(service).raw("GET", f"/log/timestamps/{last['number']}/checkpoint")
        self.assertEqual((status, parse_checkpoint(note.decode())[0]), (200, last["size"]))

        kept = self.root / "kept"
        self.assertIn("CN=Test time", self.fetch(service, kept))
        first, newest, ca = kept / "1", kept / str(last["number"]), self.authority.ca
        self.assertEqual((newest.with_suffix(".tsr")).read_bytes(), token)
        for one in (first, newest):
            checkpoint, reply, query = (one.with_suffix(end) for end in (".checkpoint", ".tsr", ".tsq"))
            self.assertTrue(openssl_verifies(checkpoint, reply, ca))
            done = subprocess.run(["openssl", "ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", ca],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = cli("timestamp", "verify", str(checkpoint), str(reply), "--ca", str(ca), "--request", str(query),
                       "--key", self.vkey).stdout
            self.assertIn("existed then", told)
            done = subprocess.run([VERIFY, "--timestamp", checkpoint, reply, ca, self.vkey], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, told), done.stderr)

        # What does not hold, each by its own name, and by openssl as well.
        checkpoint, reply = newest.with_suffix(".checkpoint"), newest.with_suffix(".tsr")
        other_note, other_query = first.with_suffix(".checkpoint"), first.with_suffix(".tsq")
        self.refused("stamps something else", other_note, reply, "--ca", ca)
        self.assertFalse(openssl_verifies(other_note, reply, ca))
        stranger = TimeAuthority(self.root / "stranger")
        self.addCleanup(stranger.stop)
        self.refused("certificate was not valid", checkpoint, reply, "--ca", stranger.ca)
        self.assertFalse(openssl_verifies(checkpoint, reply, stranger.ca))
        flipped = self.root / "flipped.tsr"
        flipped.write_bytes(token[:-3] + bytes([token[-3] ^ 1]) + token[-2:])
        self.refused("signature does not verify", checkpoint, flipped, "--ca", ca)
        self.assertFalse(openssl_verifies(checkpoint, flipped, ca))
        self.refused("stamps something else", checkpoint, reply, "--ca", ca, "--request", other_query)
        self.refused("the checkpoint: ", checkpoint, reply, "--ca", ca, "--key",
                     "other.example/log+e1086785+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
        self.refused("not a timestamp reply", checkpoint, checkpoint, "--ca", ca)
        self.refused("no PEM certificate", checkpoint, reply, "--ca", checkpoint)
        self.refused("stamps something else", other_note, reply, ca, program=(VERIFY, "--timestamp"))

        # The whole log against all tokens.
        export = self.root / "export"
        export.write_bytes(client.raw("GET", "/v1/log/export")[2])
        stamps = ["--timestamps", str(kept), "--timestamp-ca", str(ca)]
        for program in ([CLI, "verify", str(export), "--key", self.vkey], [VERIFY, str(export), self.vkey]):
            done = subprocess.run([*program, *stamps], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f"stamped  {last['number']} times; the first {last['size']} entries existed at", done.stdout)
        report = json.loads(cli("--json", "verify", str(export), *stamps).stdout)
        self.assertEqual((len(report["stamped"]["tokens"]), report["stamped"]["times_compared"]), (last["number"], True))
        self.refused("certificate was not valid", export, "--timestamps", kept, "--timestamp-ca", stranger.ca,
                     program=(CLI, "verify"))

        # Started again it shows what it has, and begins where it was; also when it asks nobody any more.
        count = last["number"]
        service.stop()
        plain = Service(self.data)
        self.addCleanup(plain.kill)
        self.assertEqual(Client(plain).raw("GET", f"/log/timestamps/{count}")[2], token)
        plain.stop()
        _, client = self.serve("--timestamp_seconds", "1")
        self.write(client)
        self.await_that(lambda: len(self.listed(client)) > count)
        self.assertGreater(self.listed(client)[count]["size"], last["size"])

    def test_the_golden_token_holds_for_openssl_too_at_its_own_time(self):
        golden = pathlib.Path(__file__).parents[1] / "golden"
        files = [golden / name for name in ("timestamp.checkpoint", "timestamp.tsr", "timestamp_ca.pem")]
        self.assertTrue(openssl_verifies(*files, "-attime", "1604592001"))
        self.assertFalse(openssl_verifies(*files))  # today that certificate has ended
        done = subprocess.run([VERIFY, "--timestamp", *files], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("stamped    2020-11-05T16:00:01.000000Z, give or take 1 s\n", done.stdout)

    def test_an_authority_that_is_down_stops_nobody_and_is_asked_again(self):
        self.authority.stop()
        service, client = self.serve("--timestamp_seconds", "1")
        self.await_that(lambda: self.metric(client, "failures_total") > 0)
        self.write(client, 5)
        self.assertEqual(self.listed(client), [])
        self.assertEqual(self.metric(client, "last_timestamp_seconds"), 0)
        self.assertAlmostEqual(self.metric(client, "owed_since_timestamp_seconds"), time.time(), delta=60)
        self.assertIn('"timestamp.failed"', service.diagnostics())
        self.assertEqual(client.raw("GET", "/readyz")[0], 200)
        self.authority.start()
        latest = self.size(client)
        self.await_that(lambda: self.stamped_up_to(client) >= latest)
        self.await_that(lambda: self.metric(client, "owed_since_timestamp_seconds") == 0)

    def test_what_does_not_hold_is_not_kept(self):
        service, client = self.serve("--timestamp_seconds", "1")
        self.await_that(lambda: len(self.listed(client)) == 1)
        self.write(client)
        service.stop()
        stranger = TimeAuthority(self.root / "stranger")
        self.addCleanup(stranger.stop)
        count = None
        for mode, why, options in (
                ("fails", "answered with status 500", ()),
                ("prose", "answered with something else than a timestamp reply", ()),
                ("garbage", "not a timestamp reply", ()),
                ("replays", "stamps something else", ()),
                ("well", "it does not offer this policy", ("--timestamp_policy", "1.2.3.5")),
                ("well", "certificate was not valid", ("--timestamp_ca", str(stranger.ca)))):
            self.authority.mode = mode
            service = Service(self.data, "--timestamp_url", self.authority.url,
                              *(options if "--timestamp_ca" in options else ("--timestamp_ca", str(self.authority.ca), *options)))
            self.addCleanup(service.kill)
            client = Client(service, "admin")
            self.await_that(lambda: why in service.diagnostics())
            count = count or len(self.listed(client))
            self.assertEqual(len(self.listed(client)), count, mode)
            self.write(client)
            service.stop()
        self.authority.mode = "well"
        _, client = self.serve("--timestamp_policy", TimeAuthority.POLICY)
        self.await_that(lambda: len(self.listed(client)) > count)

    def test_a_replayed_answer_for_the_same_checkpoint_is_refused_by_its_nonce(self):
        service, client = self.serve()
        self.await_that(lambda: len(self.listed(client)) == 1)
        service.stop()
        # The tokens are gone, so that the same checkpoint is stamped anew; nothing was written since.
        for file in (self.data / "published/timestamps").iterdir():
            file.unlink()
        self.authority.mode = "replays"
        service, client = self.serve()
        self.await_that(lambda: "its nonce differs" in service.diagnostics() or self.listed(client))
        self.assertEqual(self.listed(client), [])

    def test_settings_that_cannot_work_are_refused_at_the_start(self):
        for options, why in (
                (("--timestamp_url", "tsa.example"), "timestamp_url must be http://"),
                (("--timestamp_url", self.authority.url), "timestamp_ca must name"),
                (("--timestamp_url", self.authority.url, "--timestamp_ca", str(self.root / "none")), "none"),
                (("--timestamp_url", self.authority.url, "--timestamp_ca", str(self.data / "vkey")), "no PEM certificate"),
                ((*self.authority.options(), "--timestamp_policy", "tsa"), "timestamp_policy: a policy is")):
            with self.assertRaises(AssertionError) as refused:
                Service(self.data, *options).kill()
            self.assertIn(why, str(refused.exception))


class DueInstants(Stamped):
    origin, simulated = "test.example/due", ("--simulated", "2021-02-25T09:00:00+08:00")

    def clock(self, client, instant):
        status, reply = client.request("POST", "/v1/simulation/clock", {"to": f"2021-{instant}+08:00"})
        self.assertIn(status, (200, 201), reply)
        return reply["first_index"] + 1

    def test_what_was_there_at_a_due_instant_is_stamped_at_once(self):
        service, client = self.serve("--timestamp_seconds", "86400")
        self.await_that(lambda: len(self.listed(client)) == 1)
        definition = json.loads(DEFINITION.read_text())
        status, reply = client.request("PUT", "/v1/campaigns/safety-2021", definition)
        self.assertLess(status, 300, reply)
        status, reply = client.request("POST", "/v1/accounts/safety.1/password", {"password": password("safety.1")})
        self.assertLess(status, 300, reply)
        status, reply = Client(service, "safety.1").request("POST", "/v1/campaigns/safety-2021/assignments", {})
        self.assertLess(status, 300, reply)
        self.clock(client, "03-10T23:59:00")
        passed = self.clock(client, "03-11T00:00:00")
        self.await_that(lambda: len(self.listed(client)) == 2)
        # Not before: the entry that let the instant pass is under it.
        self.assertGreaterEqual(self.listed(client)[1]["size"], passed)

        # Started again it does not stamp what it has stamped, and does stamp what is due next.
        service.stop()
        service, client = self.serve("--timestamp_seconds", "86400")
        self.await_that(lambda: len(self.listed(client)) >= 2)
        known = len(self.listed(client))
        passed = self.clock(client, "03-18T00:00:00")
        self.await_that(lambda: self.listed(client)[-1]["size"] >= passed)
        self.assertLessEqual(len(self.listed(client)), known + 2)

        # A simulated ledger's times are not held against real ones; that it existed is.
        kept = self.root / "kept"
        cli("timestamp", "fetch", "--out", str(kept), COUNTERSIGN_URL=service.url,
            COUNTERSIGN_TOKEN=client.token, HOME=str(self.root))
        export = self.root / "export"
        export.write_bytes(client.raw("GET", "/v1/log/export")[2])
        done = subprocess.run([VERIFY, str(export), self.vkey, "--timestamps", str(kept), "--timestamp-ca",
                               str(self.authority.ca)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("a simulated ledger's own times were not compared", done.stdout)

        # A pack brings the tokens over what it shows.
        status, _, body = Client(service, "safety.1").raw(
            "GET", f"/v1/departments/{definition['departments'][0]['id']}/pack.zip?campaign=safety-2021&receiver=R&basis=B")
        self.assertEqual(status, 200, body[:500])
        pack = self.root / "pack.zip"
        pack.write_bytes(body)
        told = json.loads(cli("--json", "verify", str(pack), "--key", self.vkey, "--timestamp-ca",
                              str(self.authority.ca)).stdout)["timestamps"]
        self.assertTrue(told["judged"] and told["tokens"] >= 1 and told["entries_covered"] >= 1, told)
        told = json.loads(cli("--json", "verify", str(pack), "--key", self.vkey).stdout)["timestamps"]
        self.assertFalse(told["judged"])
        stranger = TimeAuthority(self.root / "stranger")
        self.addCleanup(stranger.stop)
        done = cli("verify", str(pack), "--key", self.vkey, "--timestamp-ca", str(stranger.ca), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("timestamps/", done.stdout)
        done = subprocess.run([FOREIGN, "-pack", str(pack), "-vkey", self.vkey, "-flips", "200"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
