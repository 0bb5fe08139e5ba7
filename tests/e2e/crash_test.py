"""SIGKILL at random moments under many writers. After every restart: each acknowledged receipt
verifies against the tree as it is then, indexes have no gap, and a command sent again under its
key is applied once.

A kill does not test syncing, because the page cache survives it; the tests of the engine's failed
writes do. It tests that nothing acknowledged was still in the process's own memory."""
import base64
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from harness import (CLI, Client, Service, cli, consistency_holds, inclusion_holds, leaf_hash,
                     parse_checkpoint, parse_proof)

ROUNDS = int(os.environ.get("COUNTERSIGN_CRASH_ROUNDS", "30"))
WRITERS = int(os.environ.get("COUNTERSIGN_CRASH_WRITERS", "16"))
SHEETS = int(os.environ.get("COUNTERSIGN_CRASH_SHEETS", "5"))
SECRET = "a long enough password"
TABLE = "/v1/campaigns/crash/tables/notes"

BOTH = {"zh": "注", "en": "note"}
DEFINITION = {
    "format": 1, "id": "crash", "edition": "1", "name": BOTH, "institution": BOTH, "notice": "1",
    "calendar": {"utc_offset": "+08:00"},
    "phases": [{"id": "p", "name": BOTH, "opens": "2020-01-01T00:00:00Z", "closes": "2040-01-01T00:00:00Z"}],
    "departments": [{"id": "D", "name": BOTH, "kind": "office"}],
    "persons": [{"id": "p-1", "name": "甲"}, {"id": "p-2", "name": "乙"}],
    "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                 {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "D"}]}],
    "submission_meaning": BOTH,
    "approval_chain": [{"id": "review", "name": BOTH, "meaning": BOTH, "state": BOTH, "verb": "pass", "role": "reviewer"}],
    "tables": [{"key": "notes", "printed_no": "1", "name": BOTH, "owner": "D", "phase": "p",
                "due": "2040-01-01T00:00:00Z",
                "columns": [{"key": "id", "name": BOTH, "type": "text"},
                            {"key": "value", "name": BOTH, "type": "integer"}],
                "key_columns": ["id"]}],
}


class Writers:
    """Threads that write until the service is gone. Each keeps what was acknowledged, and the
    one command whose outcome it does not know, which it sends again first."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = []          # (key, receipt)
        self.pending = [None] * WRITERS
        self.number = 0

    def run_round(self, service, tokens):
        threads = [threading.Thread(target=self.write, args=(service, tokens, i)) for i in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads

    def next_command(self):
        with self.lock:
            self.number += 1
            n = self.number
        return f"key-{n}", {"rows": [{"cells": {"id": f"r{n}", "value": str(n)}}]}

    def write(self, service, token, i):
        try:
            client = Client(service)
            client.token = token
            while True:
                if self.pending[i] is None:
                    self.pending[i] = self.next_command()
                key, body = self.pending[i]
                status, reply = client.request("POST", TABLE + "/rows", body, {"Idempotency-Key": key})
                if status == 503:
                    continue
                assert status == 200, reply
                with self.lock:
                    self.acknowledged.append((key, reply))
                self.pending[i] = None
        except (OSError, json.JSONDecodeError, EOFError):
            return  # killed while we wrote: the outcome is unknown
        except Exception as broken:  # http.client's own ways of saying the same
            if type(broken).__module__ != "http.client":
                raise


class Crash(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.data = self.directory / "ledger"
        cli("init", "--data", str(self.data), "--origin", "crash.example/log", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        service = Service(self.data)
        admin = Client(service, "admin", SECRET)
        self.ask(admin, "PUT", "/v1/campaigns/crash", DEFINITION)
        for account in ("office", "filler"):
            self.ask(admin, "POST", f"/v1/accounts/{account}/password", {"password": SECRET})
        office = Client(service, "office", SECRET)
        self.ask(office, "POST", "/v1/campaigns/crash/assignments", {})
        self.ask(office, "POST", "/v1/campaigns/crash/phases/p/open", {})
        self.token = Client(service, "filler", SECRET).token
        self.assertEqual(service.stop(), 0)

    def tearDown(self):
        shutil.rmtree(self.directory)

    def ask(self, client, method, target, body):
        status, reply = client.request(method, target, body)
        self.assertLess(status, 300, reply)
        return reply

    def test_nothing_acknowledged_is_lost_or_doubled(self):
        moments = random.Random(20201112)
        writers = Writers()
        judged = 0
        for round_number in range(ROUNDS):
            service = Service(self.data)
            if round_number:
                judged = self.judge(service, writers, judged)
            threads = writers.run_round(service, self.token)
            time.sleep(moments.uniform(0.05, 0.6))
            service.kill()
            for thread in threads:
                thread.join()
        service = Service(self.data)
        # What was left unknown is settled by sending it again.
        client = Client(service)
        client.token = self.token
        for command in filter(None, writers.pending):
            status, reply = client.request("POST", TABLE + "/rows", command[1], {"Idempotency-Key": command[0]})
            self.assertEqual(status, 200, reply)
            writers.acknowledged.append((command[0], reply))
        self.judge(service, writers, 0)
        self.judge_entries(service, writers)
        self.assertEqual(service.stop(), 0)
        report = json.loads(cli("--json", "fsck", "--data", str(self.data)).stdout)
        self.assertEqual(report["findings"], [])
        print(f"kills of the service: {ROUNDS} kills under {WRITERS} writers, {len(writers.acknowledged)} acknowledged, "
              "0 lost, 0 wrong, 0 applied twice")

    def test_a_sheet_is_there_whole_or_not_at_all(self):
        """Killed at any moment of an import, also while the views apply what is being written."""
        rows = 20_000
        moments = random.Random(20201113)
        sheet = None
        for number in range(SHEETS):
            service = Service(self.data)
            client = Client(service)
            client.token = self.token
            if sheet is not None:
                # The views hold what the log does: every row of one sheet.
                size = client.get("/v1/ledger")["size"]
                values = self.values(client, size)
                self.assertLessEqual(len(set(values)), 1, "rows of two sheets")
                self.assertIn(len(values), (0, rows))
                self.assertIn(set(values), ({str(number)}, {str(number - 1)}, set()))
                # Sent again it is there, once.
                self.assertEqual(self.put_sheet(client, sheet, number)[0], 200)
                applied = client.get("/v1/ledger")["size"]
                self.assertEqual(self.values(client, applied), [str(number)] * rows)
                self.assertEqual(self.put_sheet(client, sheet, number)[0], 200)
                self.assertEqual(client.get("/v1/ledger")["size"] - applied, 1, "a sheet came twice")
            sheet = "id,value\n" + "".join(f"r{row},{number + 1}\n" for row in range(rows))
            sending = threading.Thread(target=self.send_until_killed, args=(client, sheet, number + 1))
            sending.start()
            time.sleep(moments.uniform(0.02, 0.4))
            service.kill()
            sending.join()
        report = json.loads(cli("--json", "fsck", "--views", "--data", str(self.data)).stdout)
        self.assertEqual(report["findings"], [])
        print(f"kills during imports: {SHEETS}, of {rows} rows each, all whole or not there")

    def put_sheet(self, client, sheet, number):
        status, _, reply = client.raw("PUT", TABLE + "/sheet", sheet,
                                      {"Content-Type": "text/csv", "Idempotency-Key": f"sheet-{number}"})
        return status, reply

    def send_until_killed(self, client, sheet, number):
        try:
            self.put_sheet(client, sheet, number)
        except (OSError, EOFError):
            pass
        except Exception as broken:
            if type(broken).__module__ != "http.client":
                raise

    def values(self, client, size):
        """Of all rows, as the views have them once they hold so many entries."""
        status, _, text = client.raw("GET", f"{TABLE}/sheet?min_index={size - 1}", headers={"Accept": "text/csv"})
        self.assertEqual(status, 200, text)
        lines = text.decode("utf-8-sig").splitlines()
        header = next(i for i, line in enumerate(lines) if line.startswith("id"))
        return [line.split(",")[1] for line in lines[header + 1:] if line]

    def judge(self, service, writers, start):
        """Receipts from `start` on, against the tree as it is now; returns how many there are."""
        client = Client(service)
        _, _, note = client.raw("GET", "/log/checkpoint")
        size, root = parse_checkpoint(note.decode())
        proved = {}
        for key, reply in writers.acknowledged[start:]:
            for receipt in reply["receipts"]:
                index, path, (old_size, old_root) = parse_proof(receipt["proof"])
                leaf = leaf_hash(receipt["header"].encode())
                self.assertTrue(inclusion_holds(leaf, index, old_size, path, old_root), key)
                self.assertLessEqual(old_size, size, "an acknowledged entry is gone")
                proved.setdefault(old_size, old_root)
                self.assertEqual(proved[old_size], old_root, "two roots for one size")
        for old_size, old_root in proved.items():
            _, _, lines = client.raw("GET", f"/log/consistency?from={old_size}&to={size}")
            path = [base64.b64decode(line) for line in lines.decode().split()]
            self.assertTrue(consistency_holds(old_size, size, path, old_root, root), old_size)
        return len(writers.acknowledged)

    def judge_entries(self, service, writers):
        """Every row was written exactly once, and the log has no gap."""
        export = self.directory / "log.ndjson"
        admin = Client(service, "admin", SECRET)
        _, _, text = admin.raw("GET", "/v1/log/export")
        export.write_bytes(text)
        self.assertEqual(subprocess.run([CLI, "verify", str(export)], capture_output=True).returncode, 0)
        rows = []
        for line in text.decode().splitlines():
            entry = json.loads(line)
            if "header" not in entry:
                continue
            for item in entry["items"]:
                if "item" in item and json.loads(item["item"])["kind"] == "row":
                    rows.append(json.loads(item["item"])["key"])
        self.assertEqual(len(rows), len(set(rows)), "a command was applied twice")
        wanted = {"r" + key.removeprefix("key-") for key, _ in writers.acknowledged}
        self.assertEqual(set(rows), wanted)


if __name__ == "__main__":
    unittest.main(verbosity=2)
