"""The service under attack: each attack is answered with a proper 4xx, 429 or 503 or cut off by a limit,
the process stays the same one and within its memory, and an honest request is served afterwards.
COUNTERSIGN_HOSTILE=full does more of each.

Every attack comes from a loopback address of its own, because limits are counted by address."""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
from harness import Client, cli  # noqa: E402
from wire import TALLY, Watched, Wire, request, until  # noqa: E402

FULL = os.environ.get("COUNTERSIGN_HOSTILE") == "full"
PEAK_MIB_MAX = 512
SECRET = "a long enough password"
TABLE = "/v1/campaigns/hostile/tables/notes"
HONEST = "127.0.0.200"

BOTH = {"zh": "注", "en": "note"}
DEFINITION = {
    "format": 1, "id": "hostile", "edition": "1", "name": BOTH, "institution": BOTH, "notice": "1",
    "calendar": {"utc_offset": "+08:00"},
    "phases": [{"id": "p", "name": BOTH, "opens": "2020-01-01T00:00:00Z", "closes": "2040-01-01T00:00:00Z"}],
    "departments": [{"id": "D", "name": BOTH, "kind": "office"}],
    "persons": [{"id": f"p-{i}", "name": "甲"} for i in range(1, 5)],
    "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                 {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "D"}]},
                 {"id": "leaver", "person": "p-3", "hats": [{"role": "filler", "department": "D"}]},
                 {"id": "victim", "person": "p-4", "hats": [{"role": "filler", "department": "D"}]}],
    "submission_meaning": BOTH,
    "approval_chain": [{"id": "review", "name": BOTH, "meaning": BOTH, "state": BOTH, "verb": "pass", "role": "reviewer"}],
    "tables": [{"key": "notes", "printed_no": "1", "name": BOTH, "owner": "D", "phase": "p",
                "due": "2040-01-01T00:00:00Z",
                "columns": [{"key": "id", "name": {"zh": "编号", "en": "number"}, "type": "text", "max_characters": 40},
                            {"key": "value", "name": {"zh": "值", "en": "value"}, "type": "integer", "required": False},
                            {"key": "text", "name": {"zh": "文", "en": "text"}, "type": "long_text",
                             "max_characters": 1000, "required": False}],
                "key_columns": ["id"]}],
}

LIMITS = ["--header_seconds", "1", "--body_seconds", "1", "--body_seconds_max", "3", "--idle_seconds", "20",
          "--answer_seconds", "2", "--log_level", "error"]


class Hostile(unittest.TestCase):
    """A service, an honest user of it, and ways to attack it."""

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        data = cls.directory / "ledger"
        cli("init", "--data", str(data), "--origin", "hostile.example/log", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        cls.service = Watched(data, *LIMITS)
        cls.key = (data / "keys/token.key").read_bytes()
        admin = Client(cls.service, "admin", SECRET)
        cls.must(admin, "PUT", "/v1/campaigns/hostile", DEFINITION)
        for account in ("office", "filler", "leaver", "victim"):
            cls.must(admin, "POST", f"/v1/accounts/{account}/password", {"password": SECRET})
        office = Client(cls.service, "office", SECRET)
        cls.must(office, "POST", "/v1/campaigns/hostile/assignments", {})
        cls.must(office, "POST", "/v1/campaigns/hostile/phases/p/open", {})
        cls.admin = admin.token
        cls.filler = Client(cls.service, "filler", SECRET).token
        cls.attacks = 0

    @staticmethod
    def must(client, method, target, body):
        status, reply = client.request(method, target, body)
        assert status < 300, reply

    @classmethod
    def tearDownClass(cls):
        peak = cls.service.peak_mib()
        code = cls.service.stop()
        findings = json.loads(cli("--json", "fsck", "--data", str(cls.directory / "ledger")).stdout)["findings"]
        shutil.rmtree(cls.directory)
        print(f"answers {sum(TALLY.values())}: " + ", ".join(f"{s} {n}" for s, n in sorted(TALLY.items())))
        print(f"peak memory {peak} MiB of {PEAK_MIB_MAX} allowed; crashes {int(code != 0)}; findings {len(findings)}")
        assert code == 0 and findings == [], (code, findings)

    def setUp(self):
        type(self).attacks += 1
        self.source = f"127.0.1.{self.attacks}"

    def tearDown(self):
        self.assertTrue(self.service.alive(), self.service.diagnostics()[-3000:])
        self.assertLess(self.service.peak_mib(), PEAK_MIB_MAX)
        self.serves_the_honest()

    def serves_the_honest(self):
        """A read and a write of somebody else, on a new connection from another address."""
        with Wire(self.service.port, HONEST) as wire:
            self.assertEqual(wire.ask("GET", "/healthz").status, 200)
            row = {"rows": [{"cells": {"id": f"honest-{time.monotonic_ns()}", "value": "1"}}]}
            self.assertEqual(wire.ask("POST", TABLE + "/rows", row, self.bearer()).status, 200)

    def bearer(self, token=None):
        return {"Authorization": "Bearer " + (token or self.filler)}

    def wire(self, **options):
        return Wire(self.service.port, self.source, **options)

    def statuses_of(self, data, half_close=False):
        """Sends the bytes; the statuses of all answers until the service closes."""
        with self.wire() as wire:
            wire.send(data)
            if half_close:
                wire.socket.shutdown(1)
            return [answer.status for answer in wire.all()]

    def one(self, method, target, body=b"", headers=None):
        with self.wire() as wire:
            return wire.ask(method, target, body, headers)

    def reachable(self):
        with Wire(self.service.port, HONEST) as wire:
            answer = wire.ask("GET", "/healthz")
            return answer is not None and answer.status == 200
