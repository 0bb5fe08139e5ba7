"""A lawful order erases what a row said: from answers at once, then from views and from storage, while every receipt,
checkpoint and version hash that anybody holds goes on to prove what it proved. Values at rest are sealed, and the
key files are encrypted when the operator wants it."""
import json
import pathlib
import tempfile
import time
import unittest

from harness import MIDWAY, Client, Service, cli, demonstration, inclusion_holds, leaf_hash, parse_proof, password

SECRET = "a name that must be forgotten"
BODY = {"order": {"title": "法院决定", "hash": "ab" * 32}, "basis": "个人信息保护法第四十七条"}


class ErasureEndToEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.root = pathlib.Path(cls.temporary.name)
        cls.data = cls.root / "data"
        demonstration(cls.data, MIDWAY)

    def bytes_under(self, name):
        return b"".join(file.read_bytes() for file in sorted((self.data / name).rglob("*")) if file.is_file())

    def test_what_a_row_said_is_gone_and_everything_still_proves(self):
        service = Service(self.data)
        self.addCleanup(service.kill)
        filler = Client(service, "aa.filler")
        admin = Client(service, "admin")
        table = "/v1/campaigns/2020/tables/curricula"
        row = filler.get(table + "/rows?limit=1")["rows"][0]
        path = table + "/rows/" + row["key"]

        status, reply = filler.request("PATCH", path, {"cells": {"leader_name": SECRET}, "reason": "修改"})
        self.assertEqual(status, 200, reply)
        receipt = reply["receipts"][0]
        status, problem = admin.request("POST", path + "/erasure", BODY)
        self.assertEqual((status, problem["code"]), (409, "row_in_use"), problem)
        status, reply = filler.request("DELETE", path, {"reason": "录入错误"})
        self.assertEqual(status, 200, reply)
        status, problem = filler.request("POST", path + "/erasure", BODY)
        self.assertEqual((status, problem["code"]), (403, "right_missing"), problem)
        history = filler.raw("GET", f"{table}/history?row={row['key']}&min_index={receipt['index']}")[2].decode()
        self.assertIn(SECRET, history)

        status, reply = admin.request("POST", path + "/erasure", BODY)
        self.assertEqual(status, 201, reply)
        erased = reply["first_index"]
        for target in (f"{table}/history?row={row['key']}&min_index={erased}", f"/v1/entries/{receipt['index']}"):
            self.assertNotIn(SECRET, filler.raw("GET", target)[2].decode(), target)
        listed = self.finished(admin)
        self.assertEqual(listed["erasures"][0]["index"], erased)
        self.assertIn(receipt["index"], listed["erasures"][0]["entries"])
        self.assertEqual(listed["erasures"][0]["order"], BODY["order"])
        status, problem = admin.request("POST", path + "/erasure", BODY)
        self.assertEqual((status, problem["code"]), (409, "nothing_to_erase"), problem)
        # Who holds the receipt of the change proves it as before, and the log proves it anew.
        leaf = leaf_hash(receipt["header"].encode())
        for proof in (receipt["proof"], admin.raw("GET", f"/log/proof/{receipt['index']}")[2].decode()):
            index, hashes, (size, root) = parse_proof(proof)
            self.assertEqual(index, receipt["index"])
            self.assertTrue(inclusion_holds(leaf, index, size, hashes, root))
        self.assertEqual(service.stop(), 0)

        for part in self.data.iterdir():
            if part.is_file():
                self.assertNotIn(SECRET.encode(), part.read_bytes(), part.name)
        self.assertNotIn(SECRET.encode(), self.bytes_under("db"))
        report = json.loads(cli("--json", "fsck", "--views", "--data", str(self.data)).stdout)
        self.assertEqual((report["findings"], report["views"]["differences"]), ([], []))

    def test_the_command_line_erases_and_names_the_backups_that_still_hold_it(self):
        backups = self.root / "backups"
        service = Service(self.data, "--backup_dir", str(backups), "--backup_hours", "0")
        self.addCleanup(service.kill)
        environment = {"HOME": str(self.root), "XDG_CONFIG_HOME": str(self.root)}
        cli("login", "--url", service.url, "admin", COUNTERSIGN_PASSWORD=password("admin"), **environment)
        filler = Client(service, "aa.filler")
        path = "/v1/campaigns/2020/tables/curricula/rows/M002"
        status, reply = filler.request("DELETE", path, {"reason": "录入错误"})
        self.assertEqual(status, 200, reply)
        cli("backup", **environment)
        order = self.root / "order.pdf"
        order.write_bytes(b"%PDF-1.4 order")
        cli("erase", "curricula", "M002", "--order", str(order), "--basis", "法律", **environment)
        self.finished(Client(service, "admin"))
        told = cli("erasures", **environment).stdout
        self.assertIn("order.pdf", told)
        self.assertIn("Backup 1 was made before the last erasure", told)
        refused = cli("erase", "curricula", "M003", "--order", str(order), "--basis", "法律", check=False, **environment)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("may still change", refused.stderr)
        self.assertEqual(service.stop(), 0)

    def test_what_a_kill_cut_off_is_finished_by_the_next_start(self):
        service = Service(self.data)
        filler = Client(service, "aa.filler")
        path = "/v1/campaigns/2020/tables/curricula/rows/M004"
        status, reply = filler.request("DELETE", path, {"reason": "录入错误"})
        self.assertEqual(status, 200, reply)
        status, reply = Client(service, "admin").request("POST", path + "/erasure", BODY)
        self.assertEqual(status, 201, reply)
        service.kill()
        again = Service(self.data)
        self.addCleanup(again.kill)
        listed = self.finished(Client(again, "admin"))
        self.assertIn(reply["first_index"], [one["index"] for one in listed["erasures"]])
        self.assertEqual(again.stop(), 0)
        self.assertIn("erasure.finished", again.diagnostics())

    def finished(self, admin):
        while True:
            listed = admin.get("/v1/campaigns/2020/erasures")
            self.assertIsNone(listed["last_failure"])
            if not listed["pending"]:
                return listed
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
