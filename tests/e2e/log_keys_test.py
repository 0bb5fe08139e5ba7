"""The log's key replaced: what the old one signed stays verifiable, what it signs afterwards is refused, a stop in the
midst of it is settled; and a line of SM2 beside the log's own."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import CLI, FOREIGN, SERVICE, VERIFY, Client, Service, cli, parse_checkpoint
from witness_test import Witness

SECRET = "a long enough password"
ORIGIN = "test.example/keys"


class LogKeys(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.data = self.root / "data"
        self.key_file = self.data / "keys/log.key"
        self.next_file = self.data / "keys/log.next.key"
        cli("init", "--data", str(self.data), "--origin", ORIGIN, "--name", "管理员", COUNTERSIGN_PASSWORD=SECRET)
        self.first = self.vkey()

    def vkey(self):
        return (self.data / "vkey").read_text().strip()

    def serve(self, data=None, *options):
        service = Service(data or self.data, *options)
        self.addCleanup(service.kill)
        return service

    def leave_a_next_key(self, name):
        """As an attempt leaves it that was cut off before its entry: with the key of a log of the same name."""
        other = self.root / name
        cli("init", "--data", str(other), "--origin", ORIGIN, "--name", "x", COUNTERSIGN_PASSWORD=SECRET)
        shutil.copy(other / "keys/log.key", self.next_file)

    def write(self, service, *accounts):
        admin = Client(service, "admin", SECRET)
        for account in accounts:
            status, reply = admin.request("POST", "/v1/accounts", {
                "id": account, "person": {"id": account, "name": account}, "hats": [{"role": "auditor"}]})
            self.assertIn(status, (200, 201), reply)
        return admin

    def rotate(self, *options, data=None, password=SECRET, account="admin", check=True):
        return cli("ledger-keys", "rotate", "--data", str(data or self.data), "--account", account, "--reason",
                   "the yearly change", *options, check=check, COUNTERSIGN_PASSWORD=password)

    def export(self, service, name):
        path = self.root / name
        path.write_bytes(Client(service, "admin", SECRET).raw("GET", "/v1/log/export")[2])
        return str(path)

    def take(self, service, target, name):
        path = self.root / name
        status, _, body = Client(service).raw("GET", target)
        self.assertEqual(status, 200, body)
        path.write_bytes(body)
        return str(path)

    def verify(self, *arguments):
        """Both programs of ours; what they say."""
        ours = cli("verify", *arguments, check=False)
        # The other one takes the key by its place.
        words = list(arguments)
        if "--key" in words:
            at = words.index("--key")
            words[at:at + 2] = [words[at + 1]]
        alone = subprocess.run([VERIFY, *words], capture_output=True, text=True)
        self.assertEqual(ours.returncode == 0, alone.returncode == 0, ours.stdout + ours.stderr + alone.stdout)
        return ours.returncode == 0, ours.stdout + ours.stderr

    def accepted(self, *arguments):
        good, said = self.verify(*arguments)
        self.assertTrue(good, said)
        return said

    def refused(self, why, *arguments):
        good, said = self.verify(*arguments)
        self.assertFalse(good, said)
        self.assertIn(why, said)

    def foreign(self, *arguments):
        return subprocess.run([FOREIGN, *arguments], capture_output=True, text=True)

    def test_a_replaced_key_and_what_each_signed(self):
        service = self.serve()
        self.write(service, "a1", "a2")
        old_export = self.export(service, "old.ndjson")
        old_checkpoint = self.take(service, "/log/checkpoint", "old.checkpoint")
        self.assertNotEqual(self.rotate(check=False).returncode, 0)
        self.assertEqual(self.vkey(), self.first, "while the service runs nothing is replaced")
        self.assertEqual(service.stop(), 0)
        stolen = self.root / "stolen"
        shutil.copytree(self.data, stolen)

        before = self.key_file.read_bytes()
        self.assertIn("password is wrong", self.rotate(password="another password", check=False).stderr)
        refused = self.rotate(account="a1", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual((self.key_file.read_bytes(), self.vkey()), (before, self.first))
        self.assertFalse(self.next_file.exists(), "what came to nothing leaves no key for a thief")
        self.leave_a_next_key("abandoned")
        self.assertNotEqual(self.rotate(password="another password", check=False).returncode, 0)
        self.assertFalse(self.next_file.exists(), "nor does one that was cut off before")

        second = self.rotate().stdout.splitlines()[2]
        self.assertEqual(self.vkey(), second)
        self.assertNotEqual(second, self.first)
        self.assertFalse(self.next_file.exists())
        self.assertNotIn(before.strip(), b"".join(one.read_bytes() for one in (self.data / "keys").iterdir()))

        service = self.serve()
        self.write(service, "a3")
        self.assertEqual(Client(service).raw("GET", "/log/vkey")[2].decode().strip(), second)
        export = self.export(service, "new.ndjson")
        keys = self.take(service, "/log/keys", "keys.json")
        self.assertEqual(json.loads(pathlib.Path(keys).read_text())["keys"], [self.first, second])
        for key in (self.first, second):
            said = self.accepted(export, "--key", key)
            self.assertIn("replaced 1 times", said)
            self.assertIn(second, said)
            self.accepted(export, "--key", key, "--checkpoint", old_checkpoint)
            self.accepted(keys, "--key", key)
            done = self.foreign("-logkeys", keys, "-vkey", key, "-flips", "1500")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.accepted(old_export, "--key", self.first)
        self.accepted(old_export, "--key", second, "--log-keys", keys)
        self.refused("no known key has signed", old_export, "--key", second)
        done = self.foreign("-url", service.url, "-vkey", second, "-every", "1", "-pairs", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(service.stop(), 0)
        self.assertEqual(json.loads(cli("--json", "fsck", "--data", str(self.data)).stdout)["findings"], [])

        # The thief goes on with the old key, to as many entries and more.
        thief = self.serve(stolen)
        self.write(thief, *(f"forged{i}" for i in range(6)))
        forged = self.export(thief, "forged.ndjson")
        self.accepted(forged, "--key", self.first)  # who was told of no other key cannot know
        self.refused("a key that the log had replaced", forged, "--key", self.first, "--log-keys", keys)
        self.refused("no known key has signed", forged, "--key", second)
        witnessed = self.take(self.serve(), "/log/checkpoint", "new.checkpoint")
        self.refused("of another history of this log", forged, "--key", self.first, "--checkpoint", witnessed)

    def test_files_of_keys_that_were_meddled_with(self):
        self.rotate()
        second = self.vkey()
        service = self.serve()
        keys = json.loads(pathlib.Path(self.take(service, "/log/keys", "keys.json")).read_text())
        other = self.root / "other"
        cli("init", "--data", str(other), "--origin", ORIGIN, "--name", "x", COUNTERSIGN_PASSWORD=SECRET)
        forger = (other / "vkey").read_text().strip()

        def judged(document, key):
            path = self.root / "meddled.json"
            path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
            return self.verify(str(path), "--key", key)[0]

        self.assertTrue(judged(keys, second))
        self.assertFalse(judged(keys, forger))
        self.assertFalse(judged({**keys, "keys": keys["keys"][::-1]}, second))
        self.assertFalse(judged({**keys, "keys": [keys["keys"][0], forger]}, self.first))
        self.assertFalse(judged({**keys, "keys": [forger, second]}, second))
        self.assertFalse(judged({**keys, "rotations": []}, second))
        self.assertFalse(judged({**keys, "origin": "test.example/other"}, second))
        # Cut back to the first key it is whole, and says nothing of the second.
        self.assertFalse(judged({**keys, "keys": keys["keys"][:1], "rotations": []}, second))
        for name in ("header", "proof"):
            rotation = dict(keys["rotations"][0])
            rotation[name] = rotation[name].replace(self.first[-20:-10], forger[-20:-10], 1)
            if rotation != keys["rotations"][0]:
                self.assertFalse(judged({**keys, "rotations": [rotation]}, second))

    def test_a_stop_in_the_midst_is_settled(self):
        self.write(service := self.serve(), "a1")
        self.assertEqual(service.stop(), 0)
        old_key, old_vkey = self.key_file.read_bytes(), (self.data / "vkey").read_bytes()
        # Stopped before its entry: the next key is there, signs nothing, and never will.
        self.leave_a_next_key("stopped")
        abandoned = self.next_file.read_bytes()
        self.write(service := self.serve(), "a2")
        self.assertEqual(Client(service).raw("GET", "/log/vkey")[2].decode().strip(), self.first)
        self.assertEqual(service.stop(), 0)
        self.rotate()
        self.assertNotEqual(self.key_file.read_bytes(), abandoned,
                            "who has read the file since would have the new key")
        self.assertFalse(self.next_file.exists())
        prepared, second = self.key_file.read_bytes(), self.vkey()
        # Stopped after its entry, before the files: the next start finishes it.
        for finish in (lambda: self.assertEqual(self.serve().stop(), 0), lambda: self.rotate()):
            self.key_file.write_bytes(old_key)
            self.next_file.write_bytes(prepared)
            self.next_file.chmod(0o600)
            (self.data / "vkey").write_bytes(old_vkey)
            finish()
            self.assertEqual((self.key_file.read_bytes(), self.vkey()), (prepared, second))
            self.assertFalse(self.next_file.exists())
        # The files alone are older.
        (self.data / "vkey").write_bytes(old_vkey)
        self.assertEqual(self.serve().stop(), 0)
        self.assertEqual(self.vkey(), second)
        self.key_file.write_bytes(old_key)
        done = subprocess.run([SERVICE, "--data", str(self.data), "--listen", "127.0.0.1:0"], timeout=60,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("key", done.stderr)
        self.key_file.write_bytes(prepared)

        self.rotate()
        third = self.vkey()
        service = self.serve()
        self.write(service, "a3")
        export = self.export(service, "three.ndjson")
        for key in (self.first, second, third):
            self.assertIn("replaced 2 times", self.accepted(export, "--key", key))
        keys = self.take(service, "/log/keys", "keys.json")
        self.accepted(keys, "--key", second)
        service.kill()
        self.assertEqual(json.loads(cli("--json", "fsck", "--data", str(self.data)).stdout)["findings"], [])
        self.assertEqual(self.serve(None, "--read_only").stop(), 0)

    def test_a_kill_at_any_moment_leaves_one_key_that_signs(self):
        self.write(service := self.serve(), "a1")
        self.assertEqual(service.stop(), 0)
        began = time.monotonic()
        whole = self.root / "whole"
        shutil.copytree(self.data, whole)
        self.rotate(data=whole)
        takes = time.monotonic() - began
        keys = set()
        for cut in range(12):
            data = self.root / f"cut{cut}"
            shutil.copytree(self.data, data)
            process = subprocess.Popen([CLI, "ledger-keys", "rotate", "--data", str(data), "--account", "admin", "--reason",
                                        "the yearly change"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env={**os.environ, "COUNTERSIGN_PASSWORD": SECRET})
            # Closest where the files change hands, at the end.
            time.sleep(takes * (1 - (1 - cut / 12) ** 2))
            process.kill()
            process.wait()
            service = self.serve(data)
            self.write(service, "a2")
            key = Client(service).raw("GET", "/log/vkey")[2].decode().strip()
            keys.add(key == self.first)
            export = self.export(service, f"cut{cut}.ndjson")
            self.accepted(export, "--key", self.first)
            self.accepted(export, "--key", key)
            self.assertEqual(service.stop(), 0)
            self.assertEqual(json.loads(cli("--json", "fsck", "--data", str(data)).stdout)["findings"], [])
            # And the next attempt succeeds.
            self.rotate(data=data)
            self.assertNotEqual((data / "vkey").read_text().strip(), key)
        self.assertIn(True, keys, "killed at once it was not replaced")

    def test_backups_and_witnesses_across_a_replacement(self):
        witness = Witness(self.root / "witness", "witness.example/w1", self.first)
        self.addCleanup(witness.kill)
        backups = str(self.root / "backups")
        options = ("--witness", witness.setting, "--backup_dir", backups, "--backup_hours", "0")
        login = {"HOME": str(self.root), "XDG_CONFIG_HOME": str(self.root), "COUNTERSIGN_PASSWORD": SECRET}

        def back_up(service):
            cli("login", "--url", service.url, "admin", **login)
            cli("backup", **login)

        def cosigned(service, beyond):
            """A cosigned checkpoint of more entries."""
            end = time.monotonic() + 30
            while True:
                status, _, note = Client(service).raw("GET", "/log/cosigned-checkpoint")
                if status == 200 and parse_checkpoint(note.decode())[0] > beyond:
                    return note
                self.assertLess(time.monotonic(), end, "it was not cosigned in time")
                time.sleep(0.05)

        def restore(number, held, to):
            cli("restore", "--from", backups, "--to", str(self.root / to), "--backup", str(number), "--checkpoint", held,
                "--payload-key", str(self.data / "keys/payload.key"))

        service = self.serve(None, *options)
        self.write(service, "a1")
        back_up(service)
        note = cosigned(service, 1)
        held = self.take(service, "/log/cosigned-checkpoint", "held")
        self.assertEqual(service.stop(), 0)
        self.rotate()
        second = self.vkey()
        witness.kill()
        with open(witness.directory / "origins", "a") as origins:
            origins.write(f"log {second}\n")
        witness.start()
        service = self.serve(None, *options)
        self.assertEqual(Client(service).raw("GET", "/log/cosigned-checkpoint")[0], 200,
                         "what was cosigned under the old key is served on")
        self.write(service, "a2", "a3")
        note = cosigned(service, parse_checkpoint(note.decode())[0] + 1)
        self.assertEqual(note.decode().count("— " + ORIGIN), 1)
        export = self.export(service, "export.ndjson")
        self.accepted(export, "--key", second, "--witness", witness.vkey, "--checkpoint", held)
        back_up(service)
        newer = self.take(service, "/log/checkpoint", "newer")
        self.assertEqual(service.stop(), 0)
        # A checkpoint of the old key is a past of the new log; the backup from before fits it too.
        restore(2, held, "restored")
        restore(1, held, "before")
        restore(2, newer, "again")
        shutil.copy(self.key_file, self.root / "restored/keys/log.key")
        service = self.serve(self.root / "restored")
        self.write(service, "a4")
        self.assertEqual(service.stop(), 0)

    def test_a_line_of_sm2_beside_the_logs_own(self):
        self.write(service := self.serve(), "a1")
        self.assertEqual(Client(service).raw("GET", "/log/vkey.sm2")[0], 404)
        self.assertEqual(service.stop(), 0)
        told = cli("ledger-keys", "add-sm2", "--data", str(self.data)).stdout
        sm2 = told.splitlines()[-1]
        self.assertNotEqual(cli("ledger-keys", "add-sm2", "--data", str(self.data), check=False).returncode, 0)
        service = self.serve()
        self.assertEqual(Client(service).raw("GET", "/log/vkey.sm2")[2].decode().strip(), sm2)
        self.write(service, "a2")
        note = Client(service).raw("GET", "/log/checkpoint")[2].decode()
        self.assertEqual(note.count("\n— " + ORIGIN), 2)
        export = self.export(service, "export.ndjson")
        self.accepted(export, "--key", self.first)
        self.assertIn("SM2", self.accepted(export, "--key", self.first, "--sm2-key", sm2))
        done = self.foreign("-url", service.url, "-vkey", self.first, "-every", "1", "-pairs", "3")
        self.assertEqual(done.returncode, 0, "a stranger to SM2 passes the line over: " + done.stderr)
        self.assertEqual(service.stop(), 0)

        other = self.root / "other"
        cli("init", "--data", str(other), "--origin", ORIGIN, "--name", "x", COUNTERSIGN_PASSWORD=SECRET)
        forger = cli("ledger-keys", "add-sm2", "--data", str(other)).stdout.splitlines()[-1]
        self.refused("SM2", export, "--key", self.first, "--sm2-key", forger)
        self.assertFalse(self.verify(export, "--key", self.first, "--sm2-key", self.first)[0])
        # It stays when the log's own key is replaced; another in its file is found at the start.
        self.rotate()
        service = self.serve()
        self.write(service, "a3")
        export = self.export(service, "after.ndjson")
        self.accepted(export, "--key", self.first, "--sm2-key", sm2)
        self.assertEqual(service.stop(), 0)
        (self.data / "vkey.sm2").write_text(forger + "\n")
        done = subprocess.run([SERVICE, "--data", str(self.data), "--listen", "127.0.0.1:0"], timeout=60,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("vkey.sm2", done.stderr)


if __name__ == "__main__":
    unittest.main()
