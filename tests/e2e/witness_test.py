"""A real witness and a real service: checkpoints are cosigned behind the writes, a witness that was killed never goes
back, and a log that was rolled back or shows two histories does not get past it."""
import base64
import hashlib
import http.client
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from harness import CLI, VERIFY, Client, Service, cli, consistency_holds, parse_checkpoint

SECRET = "a long enough password"
ORIGIN = "test.example/witnessed"
NAME = "witness.example/w1"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Witness:
    """`countersign witness run` on a port that stays the same."""

    def __init__(self, directory, name, log_vkey):
        self.directory, self.port = directory, free_port()
        told = cli("witness", "init", "--dir", str(directory), "--name", name).stdout
        self.vkey = told.strip().splitlines()[-1]
        (directory / "origins").write_text(f"# known\nlog {log_vkey}\n")
        self.setting = f"http://127.0.0.1:{self.port} {self.vkey}"
        self.start()

    def start(self):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([CLI, "witness", "run", "--dir", str(self.directory), "--port", str(self.port)],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert "listening on" in self.process.stdout.readline(), self.diagnostics()

    def diagnostics(self):
        self.log.seek(0)
        return self.log.read().decode()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, method, target, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, target, body)
        reply = connection.getresponse()
        return reply.status, reply.getheader("Content-Type"), reply.read().decode()

    def checkpoint(self):
        status, _, note = self.ask("GET", f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint")
        return note if status == 200 else None

    def size(self):
        note = self.checkpoint()
        return parse_checkpoint(note)[0] if note else 0

    def evidence(self):
        return sorted((self.directory / "evidence").iterdir())


class Witnessed(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.data = self.root / "data"
        cli("init", "--data", str(self.data), "--origin", ORIGIN, "--name", "管理员", COUNTERSIGN_PASSWORD=SECRET)
        self.log_vkey = (self.data / "vkey").read_text().strip()
        self.witness = self.make_witness("w", NAME)
        self.accounts = 0

    def make_witness(self, directory, name):
        witness = Witness(self.root / directory, name, self.log_vkey)
        self.addCleanup(lambda: witness.kill())
        return witness

    def serve(self, *witnesses, data=None):
        options = [part for one in witnesses for part in ("--witness", one.setting)]
        service = Service(data or self.data, *options)
        self.addCleanup(service.kill)
        return service, Client(service, "admin", SECRET)

    def write(self, client, times=1):
        for _ in range(times):
            self.accounts += 1
            status, reply = client.request("POST", "/v1/accounts", {
                "id": f"a{self.accounts}", "person": {"id": f"p{self.accounts}", "name": "某"},
                "hats": [{"role": "auditor"}]})
            self.assertIn(status, (200, 201), reply)

    def size(self, client):
        return parse_checkpoint(client.raw("GET", "/log/checkpoint")[2].decode())[0]

    def await_that(self, what, seconds=30):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it did not happen in time")
            time.sleep(0.05)

    def metric(self, client, name, witness=NAME):
        found = re.search(rf'^{name}{{witness="{re.escape(witness)}"}} (\S+)$',
                          client.raw("GET", "/metrics")[2].decode(), re.MULTILINE)
        return float(found[1]) if found else None

    def test_checkpoints_are_cosigned_behind_the_writes_and_a_killed_witness_does_not_go_back(self):
        second = self.make_witness("second", "witness.example/w2")
        service, client = self.serve(self.witness, second)
        self.write(client, 5)
        before = self.size(client)
        self.await_that(lambda: self.witness.size() >= before and second.size() >= before)
        self.await_that(lambda: client.raw("GET", "/log/cosigned-checkpoint?witnesses=2")[0] == 200)
        self.assertAlmostEqual(self.metric(client, "countersign_witness_cosigned_timestamp_seconds"), time.time(), delta=60)

        # Killed while it is asked: what it cosigned stays, and writes never waited.
        seen = self.witness.checkpoint()
        self.witness.kill()
        self.write(client, 5)
        self.await_that(lambda: self.metric(client, "countersign_witness_failures_total"))
        self.assertEqual(self.metric(client, "countersign_witness_conflict"), 0)
        self.witness.start()
        self.assertEqual(self.witness.checkpoint(), seen)
        latest = self.size(client)
        self.await_that(lambda: self.witness.size() >= latest and second.size() >= latest)
        (old, old_root), (new, new_root) = parse_checkpoint(seen), parse_checkpoint(self.witness.checkpoint())
        lines = client.raw("GET", f"/log/consistency?from={old}&to={new}")[2].decode().split()
        self.assertTrue(consistency_holds(old, new, [base64.b64decode(one) for one in lines], old_root, new_root))
        # An older checkpoint that the log did sign is not cosigned again.
        note = seen.split("— " + NAME)[0]
        self.assertEqual(self.witness.ask("POST", "/add-checkpoint", f"old {old}\n\n{note}".encode()),
                         (409, "text/x.tlog.size", f"{new}\n"))

        # What an auditor asks for.
        self.await_that(lambda: parse_checkpoint(client.raw("GET", "/log/cosigned-checkpoint?witnesses=2")[2].decode())[0] >= latest)
        cosigned, export = self.root / "cosigned", self.root / "export"
        cosigned.write_bytes(client.raw("GET", "/log/cosigned-checkpoint?witnesses=2")[2])
        export.write_bytes(client.raw("GET", "/v1/log/export")[2])
        both = ["--witness", self.witness.vkey, "--witness", second.vkey]
        for program in ([CLI, "verify", str(export), "--key", self.log_vkey], [VERIFY, str(export), self.log_vkey]):
            done = subprocess.run([*program, *both, "--witnesses", "2", "--checkpoint", str(cosigned)],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("cosigned by " + NAME, done.stdout)
            lacking = self.root / "lacking"
            lacking.write_text("".join(line + "\n" for line in cosigned.read_text().splitlines()
                                       if not line.startswith("— witness.example/w2")))
            done = subprocess.run([*program, *both, "--checkpoint", str(lacking)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("of 1 witnesses, not of 2", done.stdout)

        # Started again the service still shows what it was given.
        service.stop()
        _, client = self.serve(self.witness, second)
        self.assertGreaterEqual(parse_checkpoint(client.raw("GET", "/log/cosigned-checkpoint?witnesses=2")[2].decode())[0], latest)
        self.assertEqual(client.raw("GET", "/log/cosigned-checkpoint?witnesses=3")[0], 404)

    def test_a_log_that_was_rolled_back_is_refused_and_the_alarm_shows(self):
        service, client = self.serve(self.witness)
        self.write(client, 3)
        service.stop()
        shutil.copytree(self.data, self.root / "yesterday")
        service, client = self.serve(self.witness)
        self.write(client, 5)
        latest = self.size(client)
        self.await_that(lambda: self.witness.size() >= latest)
        service.stop()
        seen = self.witness.checkpoint()

        shutil.rmtree(self.data)
        shutil.copytree(self.root / "yesterday", self.data)
        service, client = self.serve(self.witness)
        self.await_that(lambda: self.metric(client, "countersign_witness_conflict") == 1)
        self.assertIn('"witness.conflict"', service.diagnostics())
        self.assertIn("more entries than this log has", service.diagnostics())
        # Grown past what the witness saw, it is another history.
        self.write(client, 12)
        self.await_that(lambda: "does not continue what it cosigned" in service.diagnostics(), 60)
        self.assertEqual(self.metric(client, "countersign_witness_conflict"), 1)
        self.assertEqual(self.witness.checkpoint(), seen)
        self.assertIn('"witness.unproved_seen"', self.witness.diagnostics())
        self.assertTrue(self.witness.evidence())

    def test_two_histories_of_one_log_are_recognised_and_kept(self):
        shutil.copytree(self.data, self.root / "other")
        service, client = self.serve(self.witness)
        self.write(client, 4)
        latest = self.size(client)
        self.await_that(lambda: self.witness.size() >= latest)
        service.stop()
        size = self.witness.size()

        # The same key, the same size, other entries.
        _, client = self.serve(data=self.root / "other")
        while self.size(client) < size:
            self.write(client)
        note = client.raw("GET", "/log/checkpoint")[2].decode()
        self.assertEqual(parse_checkpoint(note)[0], size)
        status, _, _ = self.witness.ask("POST", "/add-checkpoint", f"old {size}\n\n{note}".encode())
        self.assertEqual(status, 422)
        self.assertIn('"witness.fork_seen"', self.witness.diagnostics())
        self.assertIn("countersign_witness_forks_total 1", self.witness.ask("GET", "/metrics")[2])
        kept = self.witness.evidence()
        self.assertEqual([file.suffix for file in kept], [".cosigned", ".request"])

        # And anyone can show it with the two files.
        files = [str(file) for file in kept]
        done = cli("witness", "compare", *files, "--key", self.log_vkey, check=False)
        self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "FORK"), done.stderr)
        done = subprocess.run([VERIFY, "--fork", *files, self.log_vkey], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "FORK"), done.stderr)
        done = subprocess.run([VERIFY, "--fork", files[0], files[0], self.log_vkey], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_witness_with_damaged_state_does_not_start_and_says_so(self):
        service, client = self.serve(self.witness)
        self.await_that(lambda: self.witness.size())
        service.stop()
        self.witness.kill()
        state, = (self.witness.directory / "state").iterdir()
        state.write_bytes(state.read_bytes()[:50])
        done = cli("witness", "run", "--dir", str(self.witness.directory), "--port", "0", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is damaged", done.stderr)
        self.assertNotIn("PRIVATE", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
