"""A full disk: commands are refused with a reason, everything else goes on, and nothing is lost or
recorded twice when there is space again."""
import pathlib
import re
import shutil
import tempfile
import unittest

from harness import Client, Service, cli

SECRET = "a long enough password"
MIB = 1 << 20


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.data = pathlib.Path(self.temporary.name) / "data"
        cli("init", "--data", str(self.data), "--origin", "test.example/full", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)

    def serve(self, *options):
        service = Service(self.data, *options)
        self.addCleanup(service.kill)
        return service

    def test_commands_are_refused_reads_go_on_and_a_retry_is_recorded_once(self):
        account = {"id": "a1", "person": {"id": "p1", "name": "某"}, "hats": [{"role": "auditor"}]}
        key = {"Idempotency-Key": "full-1"}
        disk = shutil.disk_usage(self.data)
        full = self.serve("--space_reserve_mib", str(disk.total // MIB))
        client = Client(full, "admin", SECRET)
        before = client.get("/v1/ledger")["size"]
        for _ in range(3):
            status, problem = client.request("POST", "/v1/accounts", account, key)
            self.assertEqual(status, 503, problem)
            self.assertTrue(problem["cure"]["zh"] and problem["cure"]["en"])
        self.assertEqual(client.get("/v1/ledger")["size"], before)
        self.assertEqual(client.get("/v1/me")["account"], "admin")
        self.assertEqual(client.raw("GET", "/log/checkpoint")[0], 200)
        # What may go out only once it is recorded stays in.
        self.assertEqual(client.raw("GET", "/v1/log/export")[0], 503)
        self.assertEqual(client.raw("GET", "/readyz")[0], 200)
        metrics = client.raw("GET", "/metrics")[2].decode()
        told, = re.findall(r"^countersign_disk_free_bytes (\S+)", metrics, re.MULTILINE)
        self.assertAlmostEqual(float(told), disk.free, delta=disk.free / 2)
        self.assertEqual(full.stop(), 0)

        service = self.serve()
        client = Client(service, "admin", SECRET)
        first = client.request("POST", "/v1/accounts", account, key)
        again = client.request("POST", "/v1/accounts", account, key)
        self.assertEqual(first[0], 201, first)
        self.assertTrue(again[1]["repeated"])
        self.assertEqual(first[1]["receipts"], again[1]["receipts"])
        self.assertEqual(client.get("/v1/ledger")["size"], first[1]["receipts"][-1]["index"] + 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
