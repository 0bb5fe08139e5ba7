"""The secret files of a ledger: readable by their owner alone, encrypted when a passphrase is given, and what the
service says when the passphrase is missing or wrong; values at rest are sealed."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import SERVICE, Client, Service, cli

SECRET = "a long enough password"
FILES = ("log.key", "payload.key", "token.key")
NAME = "一个不应出现在磁盘上的姓名"


class LedgerKeys(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.data = self.root / "data"
        self.keys = self.data / "keys"
        self.first = self.passphrase("first", "correct horse battery")
        self.second = self.passphrase("second", "another staple entirely")

    def passphrase(self, name, text):
        file = self.root / name
        file.write_text(text + "\n")
        file.chmod(0o600)
        return str(file)

    def init(self, *options):
        cli("init", "--data", str(self.data), "--origin", "test.example/keys", "--name", NAME, *options,
            COUNTERSIGN_PASSWORD=SECRET)

    def serve(self, *options):
        service = Service(self.data, *options)
        self.addCleanup(service.kill)
        return service

    def refusal(self, *options, **environment):
        done = subprocess.run([SERVICE, "--data", str(self.data), "--listen", "127.0.0.1:0", *options], timeout=60,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment or None)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def write(self, service, account):
        status, reply = Client(service, "admin", SECRET).request("POST", "/v1/accounts", {
            "id": account, "person": {"id": account, "name": NAME}, "hats": [{"role": "auditor"}]})
        self.assertIn(status, (200, 201), reply)

    def listed(self):
        told = json.loads(cli("--json", "ledger-keys", "list", "--data", str(self.data)).stdout)
        return {one["file"]: one["encrypted"] for one in told}

    def test_a_ledger_made_with_a_passphrase_needs_it(self):
        self.init("--key-passphrase-file", self.first)
        service = self.serve("--key_passphrase_file", self.first)
        self.write(service, "a1")
        self.assertEqual(service.stop(), 0)
        self.assertEqual(self.listed(), dict.fromkeys(FILES, True))
        for name in FILES:
            self.assertEqual((self.keys / name).stat().st_mode & 0o777, 0o600)
            self.assertTrue((self.keys / name).read_text().startswith("sealed1$"))
        missing = self.refusal()
        self.assertIn(str(self.keys / "log.key"), missing)
        self.assertIn("key_passphrase_file", missing)
        self.assertIn("does not open", self.refusal("--key_passphrase_file", self.second))
        open_to_others = pathlib.Path(self.passphrase("open", "correct horse battery"))
        open_to_others.chmod(0o644)
        self.assertIn("chmod 600", self.refusal("--key_passphrase_file", str(open_to_others)))

        cli("fsck", "--data", str(self.data), "--key-passphrase-file", self.first)
        cli("fsck", "--data", str(self.data), COUNTERSIGN_KEY_PASSPHRASE="correct horse battery")
        refused = cli("fsck", "--data", str(self.data), check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("payload.key", refused.stderr)

    def test_a_passphrase_is_set_changed_and_taken_away_while_the_service_runs(self):
        self.init()
        service = self.serve()
        self.write(service, "a1")
        self.assertEqual(self.listed(), dict.fromkeys(FILES, False))
        cli("ledger-keys", "encrypt", "--data", str(self.data), "--new-passphrase-file", self.first)
        self.assertEqual(self.listed(), dict.fromkeys(FILES, True))
        self.write(service, "a2")
        self.assertEqual(service.stop(), 0)
        self.assertIn("is encrypted", self.refusal())

        short = self.passphrase("short", "short")
        for wrong in (("--new-passphrase-file", self.second),
                      ("--key-passphrase-file", self.second, "--new-passphrase-file", self.second),
                      ("--key-passphrase-file", self.first, "--new-passphrase-file", short)):
            before = [(self.keys / name).read_bytes() for name in FILES]
            self.assertEqual(cli("ledger-keys", "encrypt", "--data", str(self.data), *wrong, check=False).returncode, 1)
            self.assertEqual([(self.keys / name).read_bytes() for name in FILES], before)
        cli("ledger-keys", "encrypt", "--data", str(self.data), "--key-passphrase-file", self.first,
            "--new-passphrase-file", self.second)
        self.assertIn("does not open", self.refusal("--key_passphrase_file", self.first))
        service = self.serve("--key_passphrase_file", self.second)
        self.write(service, "a3")
        self.assertEqual(service.stop(), 0)
        cli("ledger-keys", "decrypt", "--data", str(self.data), "--key-passphrase-file", self.second)
        self.assertEqual(self.listed(), dict.fromkeys(FILES, False))
        service = self.serve()
        self.write(service, "a4")
        self.assertEqual(service.stop(), 0)
        self.assertEqual(json.loads(cli("--json", "fsck", "--data", str(self.data)).stdout)["findings"], [])

    def test_values_are_sealed_and_a_lost_payload_key_is_named(self):
        self.init()
        service = self.serve()
        self.write(service, "a1")
        self.assertEqual(service.stop(), 0)
        stored = b"".join(file.read_bytes() for file in (self.data / "db").iterdir() if file.is_file())
        self.assertNotIn(NAME.encode(), stored)
        self.assertIn(b"account.opened", stored, "headers are not sealed, so the search finds what there is")
        kept = self.root / "kept"
        shutil.move(self.keys / "payload.key", kept)
        for _ in range(2):
            self.assertIn(str(self.keys / "payload.key"), self.refusal())
            self.assertFalse((self.keys / "payload.key").exists(), "no other key is made in its place")
        shutil.move(kept, self.keys / "payload.key")
        service = self.serve()
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
