"""The operator as the adversary: the log's key is stolen and history written anew, the clock is set back, rows are
changed in the views. Nothing stops them; who holds a checkpoint, a receipt or a token notices."""
import base64
import datetime
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from harness import BUILD, CLI, VERIFY, Client, Service, cli, leaf_hash, node_hash, parse_checkpoint, password
from time_authority import TimeAuthority

ORIGIN = "test.example/adversary"
TABLE = "/v1/campaigns/c/tables/staff"
SHIFT = datetime.timedelta(hours=2)


def bilingual(text):
    return {"zh": text, "en": text}


def definition(due):
    """A campaign of one table, which is due then."""
    column = {"type": "text", "max_characters": 50}
    return {"format": 1, "id": "c", "edition": "1", "name": bilingual("c"), "institution": bilingual("学校"), "notice": "c",
            "calendar": {"utc_offset": "+08:00"}, "submission_meaning": bilingual("如实填写"),
            "phases": [{"id": "p", "name": bilingual("p"), "opens": "2020-01-01T00:00:00Z", "closes": "2090-01-01T00:00:00Z"}],
            "departments": [{"id": "HR", "name": bilingual("HR"), "kind": "office"}],
            "persons": [{"id": "p-1", "name": "甲"}, {"id": "p-2", "name": "乙"}],
            "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                         {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "HR"}]}],
            "approval_chain": [{"id": "r", "name": bilingual("r"), "meaning": bilingual("m"), "state": bilingual("s"),
                                "verb": "pass", "role": "reviewer"}],
            "tables": [{"key": "staff", "printed_no": "1", "name": bilingual("staff"), "owner": "HR", "phase": "p", "due": due,
                        "key_columns": ["no"],
                        "columns": [{"key": key, "name": bilingual(key), **column} for key in ("no", "rank")]}]}


def utc(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def tree_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_root(leaves[:half]), tree_root(leaves[half:]))


def signed_anew(lines, key_file, entry, change):
    """The export `lines` with one entry's header changed, and all above it made and signed again with the log's key."""
    lines = [json.loads(line) for line in lines]
    changed = next(line for line in lines if line.get("index") == entry)
    changed["header"] = change(changed["header"])
    leaves = []
    for line in lines:
        if "header" in line:
            leaves.append(leaf_hash(line["header"].encode()))
            line["leaf"] = leaves[-1].hex()
        if "tile" in line:
            line["root"] = tree_root(leaves[line["tile"] * 256:]).hex()
    text = f"{ORIGIN}\n{len(leaves)}\n{base64.b64encode(tree_root(leaves)).decode()}\n"
    _, _, name, key_id, secret = key_file.read_text().strip().split("+", 4)
    pkcs8 = bytes.fromhex("302e020100300506032b657004220420") + base64.b64decode(secret)[1:]
    with tempfile.TemporaryDirectory() as directory:
        key, message = pathlib.Path(directory, "key"), pathlib.Path(directory, "message")
        key.write_bytes(pkcs8)
        message.write_text(text)
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-keyform", "DER", "-in", message],
                                   check=True, capture_output=True).stdout
    note = f"{text}\n— {name} {base64.b64encode(bytes.fromhex(key_id) + signature).decode()}\n"
    lines[-1] = {"checkpoint": note}
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), note


class Adversary(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.data = self.root / "data"
        cli("init", "--data", str(self.data), "--origin", ORIGIN, "--name", "管理员", COUNTERSIGN_PASSWORD=password("admin"))
        self.vkey = (self.data / "vkey").read_text().strip()
        self.accounts = 0

    def serve(self, *options, data=None, **environment):
        service = Service(data or self.data, *options, **environment)
        self.addCleanup(service.kill)
        return service, Client(service, "admin")

    def act(self, client, target, body, method="POST"):
        status, reply = client.request(method, target, body)
        self.assertIn(status, (200, 201), (target, reply))
        return reply

    def open_account(self, client):
        self.accounts += 1
        return self.act(client, "/v1/accounts", {"id": f"a{self.accounts}", "hats": [{"role": "auditor"}],
                                                 "person": {"id": f"q{self.accounts}", "name": f"某{self.accounts}"}})

    def kept(self, name, content):
        path = self.root / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def export(self, client, name):
        return self.kept(name, client.raw("GET", "/v1/log/export")[2])

    def verify(self, export, *options):
        """Exit status and what is said, by both programs alike."""
        told = [subprocess.run([*program, *options], capture_output=True, text=True)
                for program in ([VERIFY, export, self.vkey], [CLI, "verify", export, "--key", self.vkey])]
        self.assertEqual(told[0].stdout, told[1].stdout, told[1].stderr)
        self.assertEqual(told[0].returncode, told[1].returncode)
        return told[0].returncode, told[0].stdout

    # --- the stolen key ------------------------------------------------------------------------

    def test_history_written_anew_with_the_stolen_key_fits_nobodys_checkpoint(self):
        service, client = self.serve()
        self.open_account(client)
        self.assertEqual(service.stop(), 0)
        copy = self.root / "copy"
        shutil.copytree(self.data, copy)  # with its keys

        # The school's own service goes on, and gives out a checkpoint and a receipt.
        service, client = self.serve()
        receipt = self.kept("receipt.json", json.dumps(self.open_account(client)["receipts"][0]))
        note = client.raw("GET", "/log/checkpoint")[2].decode()
        checkpoint = self.kept("checkpoint", note)
        size = parse_checkpoint(note)[0]
        self.assertEqual(self.verify(self.export(client, "honest"), "--checkpoint", checkpoint)[0], 0)
        self.assertEqual(service.stop(), 0)

        # The copy tells another story, first to the same size, and then to a greater one.
        service, thief = self.serve(data=copy)
        shorter = self.export(thief, "shorter")
        while parse_checkpoint(thief.raw("GET", "/log/checkpoint")[2].decode())[0] < size:
            self.open_account(thief)
        fork = self.kept("fork", thief.raw("GET", "/log/checkpoint")[2])
        for _ in range(4):
            self.open_account(thief)
        longer = self.export(thief, "longer")
        self.assertEqual(service.stop(), 0)

        # Two checkpoints of one size are enough, and so are a checkpoint and a receipt.
        self.assertEqual(parse_checkpoint(pathlib.Path(fork).read_text())[0], size)
        for mine in (checkpoint, receipt):
            done = cli("witness", "compare", mine, fork, "--key", self.vkey, check=False)
            self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "FORK"), done.stderr)
        done = subprocess.run([VERIFY, "--fork", checkpoint, fork, self.vkey], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout.split(":")[0]), (1, "FORK"), done.stderr)

        # And the very past written anew, which no service would do: an account of the first day is another's.
        lines = pathlib.Path(longer).read_text().splitlines()
        forged, _ = signed_anew(lines, copy / "keys/log.key", 1, lambda header: header.replace('"a1"', '"zz"'))
        self.assertIn('\\"zz\\"', forged)
        forged = self.kept("forged", forged)

        # Each verifies by itself, for the key is the log's own; none is what was given out.
        for name in (longer, forged, shorter):
            self.assertEqual(self.verify(name)[0], 0)
        for name, why in ((longer, "another history of this log"), (forged, "another history of this log"),
                          (shorter, "more than the file holds")):
            for mine in (checkpoint, receipt):
                status, told = self.verify(name, "--checkpoint", mine)
                self.assertEqual(status, 1, told)
                self.assertIn(why, told)

    # --- the clock -----------------------------------------------------------------------------

    def campaign(self, admin, service, due):
        self.act(admin, "/v1/campaigns/c", definition(due), "PUT")
        for account in ("office", "filler"):
            self.act(admin, f"/v1/accounts/{account}/password", {"password": password(account)})
        office, filler = Client(service, "office"), Client(service, "filler")
        self.act(office, "/v1/campaigns/c/assignments", {})
        self.act(office, "/v1/campaigns/c/phases/p/open", {})
        self.act(filler, TABLE + "/rows", {"rows": [{"cells": {"no": "1", "rank": "讲师"}}]})
        return filler

    def await_that(self, what, seconds=30):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it did not happen in time")
            time.sleep(0.05)

    def ahead(self, client):
        return float(re.search(r"^countersign_timestamp_clock_ahead_seconds (\S+)$",
                               client.raw("GET", "/metrics")[2].decode(), re.MULTILINE)[1])

    def stamped(self, client):
        return max([0] + [one["size"] for one in client.get("/log/timestamps")["timestamps"]])

    def size(self, client):
        return client.get("/v1/ledger")["size"]

    def test_a_clock_set_back_makes_a_late_act_look_timely_and_the_tokens_tell(self):
        authority = TimeAuthority(self.root / "authority")
        self.addCleanup(authority.stop)
        options = [*authority.options(), "--timestamp_seconds", "1"]
        service, client = self.serve(*options)
        due = now() + datetime.timedelta(seconds=4)
        filler = self.campaign(client, service, utc(due))
        version = filler.get(TABLE + "/version")
        self.await_that(lambda: now() > due)
        in_time = self.size(client)
        self.await_that(lambda: self.stamped(client) >= in_time)
        self.assertEqual(self.ahead(client), 0)
        self.assertEqual(service.stop(), 0)

        # The due instant has passed. The machine's clock is set back, and the table is submitted "in time".
        service, client = self.serve(*options, LD_PRELOAD=str(BUILD / "tests/faults/libclock_back.so"),
                                     COUNTERSIGN_CLOCK_BACK=str(int(SHIFT.total_seconds())))
        before = self.size(client)
        filler = Client(service, "filler")
        reply = self.act(filler, TABLE + "/submit", {"version": {"number": version["number"], "hash": version["hash"]},
                                                     "password": password("filler")})
        submission = json.loads(reply["receipts"][-1]["header"])
        self.assertEqual(submission["type"], "table.submitted")
        self.assertLess(submission["received_at"], utc(due))
        self.assertGreater(submission["sequenced_at"], utc(due - SHIFT / 2))  # which never goes back
        self.await_that(lambda: self.stamped(client) > submission["index"])

        # The alarm: alerts.yml rings above 5 s.
        self.await_that(lambda: '"timestamp.clock_differs"' in service.diagnostics())
        self.assertAlmostEqual(self.ahead(client), -SHIFT.total_seconds(), delta=5)
        # And for ever after, for whoever has the log and the tokens.
        kept = self.root / "kept"
        cli("timestamp", "fetch", "--out", str(kept), COUNTERSIGN_URL=service.url, COUNTERSIGN_TOKEN=client.token,
            HOME=str(self.root))
        export = self.export(client, "export")
        self.assertEqual(service.stop(), 0)
        self.assertEqual(self.verify(export)[0], 0)
        status, told = self.verify(export, "--timestamps", str(kept), "--timestamp-ca", str(authority.ca))
        self.assertEqual(status, 1, told)
        first = int(re.search(r"first bad entry (\d+)", told)[1])
        self.assertGreaterEqual(first, before)
        self.assertLessEqual(first, submission["index"])
        headers = [json.loads(json.loads(line)["header"]) for line in pathlib.Path(export).read_text().splitlines()
                   if '"header"' in line]
        self.assertEqual(first, next(one["index"] for one in headers if one["received_at"] < utc(due - SHIFT / 2)))
        self.assertIn("the service's clock was set back or behind", told)

    # --- the views -----------------------------------------------------------------------------

    def test_rows_changed_in_the_views_do_not_change_what_is_proved(self):
        service, client = self.serve()
        self.campaign(client, service, "2090-01-01T00:00:00Z")
        self.await_that(lambda: client.get("/v1/ledger")["applied"] >= self.size(client))
        self.assertEqual(service.stop(), 0)
        changed = set()
        with sqlite3.connect(self.data / "views.sqlite") as database:
            tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                for column in [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]:
                    done = database.execute(f'UPDATE "{table}" SET "{column}" = replace("{column}", \'讲师\', \'教授\') '
                                            f'WHERE instr("{column}", \'讲师\')')
                    changed |= {table} if done.rowcount else set()
        database.close()
        self.assertTrue(changed)

        service, client = self.serve()
        filler = Client(service, "filler")
        row, = filler.get(TABLE + "/rows")["rows"]
        self.assertEqual(row["cells"]["rank"], "教授")  # readers are deceived
        proof = self.kept("proof.json", filler.raw("GET", TABLE + "/rows/1/proof?column=rank")[2])
        told = json.loads(cli("--json", "verify", proof, "--key", self.vkey).stdout)
        self.assertEqual([one["value"] for one in told["changes"]], ["讲师"])
        self.assertEqual(service.stop(), 0)
        done = cli("--json", "fsck", "--views", "--data", str(self.data), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual({one["table"] for one in json.loads(done.stdout)["views"]["differences"]}, changed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
