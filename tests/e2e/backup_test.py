"""Backups made while the ledger is written to, and their restoration: what was acknowledged before
a backup began is in it, under receipts that others hold; damage and loss are said, never hidden."""
import json
import pathlib
import shutil
import tempfile
import threading
import time
import unittest

from harness import Client, Service, cli, inclusion_holds, leaf_hash, parse_checkpoint, parse_proof

SECRET = "a long enough password"


class Backups(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.data = self.root / "data"
        self.backups = self.root / "backups"
        self.home = str(self.root / "home")
        cli("init", "--data", str(self.data), "--origin", "test.example/backup", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        self.accounts = 0

    def serve(self, data, *options):
        service = Service(data, *options)
        self.addCleanup(service.kill)
        return service

    def command(self, service, *arguments, check=True):
        environment = {"HOME": self.home, "XDG_CONFIG_HOME": self.home, "COUNTERSIGN_PASSWORD": SECRET}
        cli("login", "--url", service.url, "admin", **environment)
        return cli(*arguments, check=check, **environment)

    def write(self, client):
        """Opens an account and returns the receipts."""
        self.accounts += 1
        status, reply = client.request("POST", "/v1/accounts", {
            "id": f"a{self.accounts}", "person": {"id": f"p{self.accounts}", "name": "某"},
            "hats": [{"role": "auditor"}]})
        self.assertIn(status, (200, 201), reply)
        return reply["receipts"]

    def restore(self, to, *options, check=True):
        return cli("--json", "restore", "--from", str(self.backups), "--to", str(to),
                   "--payload-key", str(self.data / "keys/payload.key"), *options, check=check)

    def assert_stands_in(self, receipt, service):
        """The receipt holds by itself, and its entry stands in what this service serves."""
        leaf = leaf_hash(receipt["header"].encode())
        for text in (receipt["proof"], Client(service).raw("GET", f"/log/proof/{receipt['index']}")[2].decode()):
            index, path, (size, root) = parse_proof(text)
            self.assertEqual(index, receipt["index"])
            self.assertTrue(inclusion_holds(leaf, index, size, path, root), index)

    def test_what_was_acknowledged_before_a_backup_is_in_it(self):
        service = self.serve(self.data, "--backup_dir", str(self.backups), "--backup_hours", "0")
        client = Client(service, "admin", SECRET)
        self.assertEqual(client.get("/v1/backups")["backups"], [])
        receipts = [receipt for _ in range(20) for receipt in self.write(client)]

        stop = threading.Event()
        def keep_writing():
            own = Client(service, "admin", SECRET)
            while not stop.is_set():
                self.write(own)
        writer = threading.Thread(target=keep_writing)
        writer.start()
        try:
            listed = json.loads(self.command(service, "--json", "backup").stdout)
        finally:
            stop.set()
            writer.join()
        backup = listed["backups"][-1]
        self.assertGreaterEqual(backup["entries"], receipts[-1]["index"] + 1)
        self.assertIsNone(listed["status"]["last_failure"])
        self.write(client)
        _, _, later = client.raw("GET", "/log/checkpoint")
        self.assertIn("countersign_backup_last_success_timestamp_seconds 1", client.raw("GET", "/metrics")[2].decode())

        restored = self.root / "restored"
        told = json.loads(self.restore(restored).stdout)
        self.assertEqual(told["findings"], [])
        self.assertGreaterEqual(told["entries"], backup["entries"])
        self.assertFalse((restored / "keys/log.key").exists(), "a backup holds no private key")

        # To look at: everything is there, and nothing can be recorded.
        inspected = self.serve(restored, "--read_only")
        for receipt in receipts:
            self.assert_stands_in(receipt, inspected)
        reader = Client(inspected, "admin", SECRET)
        status, problem = reader.request("POST", "/v1/accounts", {
            "id": "late", "person": {"id": "late", "name": "某"}, "hats": [{"role": "auditor"}]})
        self.assertEqual((status, problem["code"]), (503, "unavailable"))
        self.assertFalse(reader.get("/readyz")["writing"])
        self.assertEqual(inspected.stop(), 0)

        # Against what somebody else holds: the entries after the backup are missed, by number.
        held = self.root / "held"
        held.write_bytes(later)
        missing = parse_checkpoint(later.decode())[0] - told["entries"]
        again = json.loads(self.restore(self.root / "again", "--checkpoint", str(held)).stdout)
        self.assertGreater(missing, 0)
        self.assertEqual(again["missing"], missing)

        # With its key back, the ledger goes on without a gap.
        shutil.copy(self.data / "keys/log.key", restored / "keys/log.key")
        self.assertEqual(service.stop(), 0)
        promoted = self.serve(restored)
        first = self.write(Client(promoted, "admin", SECRET))[0]
        self.assertEqual(first["index"], told["entries"])
        self.assert_stands_in(first, promoted)
        self.assertEqual(promoted.stop(), 0)
        cli("fsck", "--data", str(restored))

    def test_older_backups_can_be_chosen_and_go_when_there_are_enough(self):
        service = self.serve(self.data, "--backup_dir", str(self.backups), "--backup_hours", "0",
                             "--backups_kept", "2")
        client = Client(service, "admin", SECRET)
        for _ in range(3):
            self.write(client)
            self.command(service, "backup")
        numbers = [one["number"] for one in client.get("/v1/backups")["backups"]]
        self.assertEqual(numbers, [2, 3])
        told = json.loads(self.restore(self.root / "older", "--backup", "2").stdout)
        newest = json.loads(self.restore(self.root / "newest").stdout)
        self.assertEqual((told["number"], newest["number"]), (2, 3))
        self.assertLess(told["entries"], newest["entries"])
        gone = self.restore(self.root / "gone", "--backup", "1", check=False)
        self.assertEqual(gone.returncode, 1)
        self.assertIn("no backup 1", gone.stderr)
        self.assertFalse((self.root / "gone").exists())

    def test_damage_and_mistakes_are_said_and_change_nothing(self):
        service = self.serve(self.data, "--backup_dir", str(self.backups), "--backup_hours", "0")
        client = Client(service, "admin", SECRET)
        self.write(client)
        self.command(service, "backup")

        full = self.root / "full"
        full.mkdir()
        (full / "mine").write_text("mine")
        refused = self.restore(full, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertEqual([(one.name, one.read_text()) for one in full.iterdir()], [("mine", "mine")])

        other = self.root / "other"
        cli("init", "--data", str(other), "--origin", "test.example/other", "--name", "乙",
            COUNTERSIGN_PASSWORD=SECRET)
        foreign = self.restore(self.root / "x", "--checkpoint", str(other / "published/checkpoint"), check=False)
        self.assertEqual(foreign.returncode, 1)
        self.assertFalse((self.root / "x").exists())

        flipped = 0
        for file in self.backups.rglob("*"):
            if file.suffix in (".log", ".sst"):
                content = bytearray(file.read_bytes())
                if content:
                    content[len(content) // 2] ^= 1
                    file.write_bytes(content)
                    flipped += 1
        self.assertGreater(flipped, 0)
        damaged = self.restore(self.root / "damaged", check=False)
        self.assertEqual(damaged.returncode, 1)
        self.assertIn("damaged", damaged.stderr)
        self.assertFalse((self.root / "damaged/db").exists())

    def test_a_backup_that_cannot_be_written_stops_no_writing(self):
        blocked = self.root / "file"
        blocked.write_text("in the way")
        service = self.serve(self.data, "--backup_dir", str(blocked / "backups"), "--backup_hours", "0")
        client = Client(service, "admin", SECRET)
        failed = self.command(service, "backup", check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("no backup was made", failed.stderr)
        self.assertIn("backup.failed", service.diagnostics())
        self.write(client)
        self.assertIsNotNone(client.get("/v1/backups")["status"]["last_failure"])

    def test_a_kill_in_the_middle_leaves_the_earlier_backups_whole(self):
        options = ("--backup_dir", str(self.backups), "--backup_hours", "0")
        service = self.serve(self.data, *options)
        client = Client(service, "admin", SECRET)
        receipt = self.write(client)[0]
        self.command(service, "backup")
        for delay in (0.0, 0.002, 0.005, 0.01, 0.02):
            client = Client(service, "admin", SECRET)
            self.write(client)
            self.assertEqual(client.request("POST", "/v1/backups", {})[0], 202)
            time.sleep(delay)
            service.kill()
            service = self.serve(self.data, *options)
        told = json.loads(self.command(service, "--json", "backup").stdout)
        for backup in told["backups"]:
            restored = self.root / f"restored-{backup['number']}"
            result = json.loads(self.restore(restored, "--backup", str(backup["number"])).stdout)
            self.assertEqual(result["findings"], [])
            self.assertGreaterEqual(result["entries"], backup["entries"])
        inspected = self.serve(restored, "--read_only")
        self.assert_stands_in(receipt, inspected)

    def test_without_a_directory_there_are_no_backups_and_it_is_said(self):
        client = Client(self.serve(self.data), "admin", SECRET)
        for method in ("GET", "POST"):
            status, problem = client.request(method, "/v1/backups", {} if method == "POST" else None)
            self.assertEqual(status, 404)
            self.assertIn("backup_dir", json.dumps(problem))

    def test_a_service_for_reading_lists_them_and_makes_none(self):
        options = ("--backup_dir", str(self.backups))
        service = self.serve(self.data, *options, "--backup_hours", "0")
        self.write(Client(service, "admin", SECRET))
        self.command(service, "backup")
        made = sorted(self.backups.rglob("*"))
        self.assertEqual(service.stop(), 0)
        inspected = self.serve(self.data, "--read_only", *options)
        client = Client(inspected, "admin", SECRET)
        self.assertEqual([one["number"] for one in client.get("/v1/backups")["backups"]], [1])
        status, problem = client.request("POST", "/v1/backups", {})
        self.assertEqual((status, problem["code"]), (409, "open_for_reading"))
        self.assertEqual(inspected.stop(), 0)
        self.assertEqual(sorted(self.backups.rglob("*")), made)
        # Where there is none yet a service that makes them begins with one.
        self.assertEqual(self.serve(self.data, "--read_only", "--backup_dir", str(self.root / "none")).stop(), 0)
        self.assertFalse((self.root / "none").exists())

    def test_backups_are_made_unasked(self):
        service = self.serve(self.data, "--backup_dir", str(self.backups))
        client = Client(service, "admin", SECRET)
        for _ in range(600):
            if client.get("/v1/backups")["backups"]:
                return
            time.sleep(0.05)
        self.fail("no backup was made")


if __name__ == "__main__":
    unittest.main()
