"""What a verifier is asked for is held or refused, never dropped: demands that are empty, as a shell makes them of a
command that failed."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import CLI, VERIFY

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"


class Demands(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.vkey = (GOLDEN / "vkey").read_text().strip()
        self.export = str(GOLDEN / "export.ndjson")

    def run_one(self, *words):
        done = subprocess.run(words, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def file(self, name, text):
        (self.root / name).write_text(text)
        return str(self.root / name)

    def test_an_empty_value_is_refused(self):
        self.assertEqual(self.run_one(CLI, "verify", self.export, "--key", self.vkey)[0], 0)
        self.assertEqual(self.run_one(VERIFY, self.export, self.vkey)[0], 0)
        for option in ("--key", "--sm2-key", "--log-keys", "--witness", "--checkpoint", "--timestamps", "--timestamp-ca"):
            more = ("--timestamp-ca", str(GOLDEN / "timestamp_ca.pem")) if option == "--timestamps" else ()
            status, said = self.run_one(CLI, "verify", self.export, option, "", *more)
            self.assertNotEqual(status, 0, option)
            self.assertIn(option, said)
            self.assertNotIn("verified", said)
            if option != "--key":
                status, said = self.run_one(VERIFY, self.export, self.vkey, option, "", *more)
                self.assertEqual((status, said), (2, "countersign-verify: an argument is empty\n"), option)
        for words in ((VERIFY, self.export, ""), (VERIFY, self.export, self.vkey, "--witnesses", "")):
            self.assertEqual(self.run_one(*words)[0], 2, words)

        checkpoint, token, query, ca = (str(GOLDEN / name) for name in (
            "timestamp.checkpoint", "timestamp.tsr", "timestamp.tsq", "timestamp_ca.pem"))
        stamp = (CLI, "timestamp", "verify", checkpoint, token, "--ca", ca)
        self.assertEqual(self.run_one(*stamp, "--request", query)[0], 0)
        emptied = self.file("empty.tsq", "")
        for more in (("--key", ""), ("--request", ""), ("--request", emptied)):
            self.assertNotEqual(self.run_one(*stamp, *more)[0], 0, more)
        self.assertEqual(self.run_one(VERIFY, "--timestamp", checkpoint, token, ca, "")[0], 2)

        self.assertEqual(self.run_one(CLI, "witness", "compare", checkpoint, checkpoint)[0], 0)
        self.assertNotEqual(self.run_one(CLI, "witness", "compare", checkpoint, checkpoint, "--key", "")[0], 0)
        self.assertEqual(self.run_one(VERIFY, "--fork", checkpoint, checkpoint, "")[0], 2)
        status, said = self.run_one(CLI, "pack", "check", self.file("pack.json", "{}"), "--key", "")
        self.assertNotEqual(status, 0)
        self.assertIn("--key", said)

    def test_an_empty_or_cut_off_checkpoint_is_refused(self):
        receipt = json.loads((GOLDEN / "receipt.json").read_text())
        head = receipt["proof"].split("\n\n", 1)[0] + "\n\n"
        for kept in ("", head, json.dumps({**receipt, "proof": head}), json.dumps({**receipt, "proof": ""})):
            path = self.file("kept", kept)
            for program in ((CLI, "verify", self.export, "--key", self.vkey), (VERIFY, self.export, self.vkey)):
                status, said = self.run_one(*program, "--checkpoint", path)
                self.assertEqual(status, 1, said)
                self.assertIn("the checkpoint given: ", said)
        kept = self.file("kept", json.dumps(receipt))
        self.assertEqual(self.run_one(VERIFY, self.export, self.vkey, "--checkpoint", kept)[0], 0)

    def test_nothing_but_a_key_is_asked_of_a_file_of_keys(self):
        keys = str(GOLDEN / "log_keys.json")
        known = json.loads((GOLDEN / "log_keys.json").read_text())["keys"][0]
        programs = ((CLI, "verify", keys, "--key", known), (VERIFY, keys, known))
        witness = (GOLDEN / "witness.vkey").read_text().strip()
        for program in programs:
            self.assertEqual(self.run_one(*program)[0], 0)
            for demand in (("--witness", witness), ("--witness", witness, "--witnesses", "1"), ("--sm2-key", self.vkey),
                           ("--checkpoint", str(GOLDEN / "cosigned_checkpoint.txt")), ("--log-keys", keys),
                           ("--timestamp-ca", str(GOLDEN / "timestamp_ca.pem"))):
                status, said = self.run_one(*program, *demand)
                self.assertNotEqual(status, 0, demand)
                self.assertIn("nothing but the log's key is asked of a file of its keys", said)


if __name__ == "__main__":
    unittest.main()
