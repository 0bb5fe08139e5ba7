"""Every file of a ledger's directory beside the database, harmed in every way: the start is refused by the
file's name, or what was lost is made anew and said; nothing harmed is served as good. The records of the
database are harmed by tests/fsck/region_matrix_test.cc, files of evidence by evidence_test.py."""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from harness import SERVICE, Client, Service, cli

SECRET = "a long enough password"


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


HARMS = {
    "first byte flipped": lambda data: flipped(data, 0),
    "middle byte flipped": lambda data: flipped(data, len(data) // 2),
    "last byte flipped": lambda data: flipped(data, len(data) - 1),
    "last byte cut off": lambda data: data[:-1],
    "emptied": lambda data: b"",
    "doubled": lambda data: data + data,
    "removed": None,
}


def content_of(views):
    with sqlite3.connect(f"file:{views}?mode=ro", uri=True) as database:
        return list(database.iterdump())


class EveryFile(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.whole = self.root / "whole"
        self.data = self.root / "data"
        cli("init", "--data", str(self.whole), "--origin", "test.example/directory", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        service = Service(self.whole)
        client = Client(service, "admin", SECRET)
        for number in range(3):
            status, reply = client.request("POST", "/v1/accounts", {
                "id": f"a{number}", "person": {"id": f"p{number}", "name": "某"}, "hats": [{"role": "auditor"}]})
            self.assertIn(status, (200, 201), reply)
        self.token = client.token
        self.assertEqual(service.stop(), 0)

    def harm(self, name, how):
        """A copy of the whole directory with one file harmed."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.whole, self.data)
        file = self.data / name
        if how is None:
            file.unlink()
        else:
            file.write_bytes(how(file.read_bytes()))
        return file

    def refusal(self):
        """What the service says when it does not start."""
        done = subprocess.run([SERVICE, "--data", str(self.data), "--listen", "127.0.0.1:0"], timeout=60,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def test_no_harmed_key_signs(self):
        for name in ("keys/log.key", "keys/payload.key", "vkey"):
            for harm, how in HARMS.items():
                with self.subTest(file=name, harm=harm):
                    file = self.harm(name, how)
                    before = file.read_bytes() if how else None
                    self.assertIn(str(file), self.refusal())
                    if how:
                        self.assertEqual(file.read_bytes(), before)
        # A key of another ledger is a whole key, and not this log's.
        other = self.root / "other"
        cli("init", "--data", str(other), "--origin", "test.example/directory", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        self.harm("keys/log.key", lambda data: (other / "keys/log.key").read_bytes())
        self.assertIn("vkey", self.refusal())
        shutil.copy(other / "vkey", self.data / "vkey")
        self.assertIn("not signed by this log's key", self.refusal())

    def test_a_published_checkpoint_that_is_not_the_logs_refuses_the_start(self):
        for harm, how in HARMS.items():
            with self.subTest(harm=harm):
                self.harm("published/checkpoint", how)
                if harm not in ("emptied", "removed"):
                    self.assertIn("published checkpoint", self.refusal())
                    continue
                # A power cut may do this; what it costs is said.
                service = Service(self.data)
                self.assertIn("ledger.published_missing", service.diagnostics())
                self.assertEqual(service.stop(), 0)

    def test_another_token_key_ends_every_token(self):
        for harm, how in HARMS.items():
            with self.subTest(harm=harm):
                file = self.harm("keys/token.key", how)
                if harm in ("emptied", "last byte cut off"):
                    self.assertIn(str(file), self.refusal())
                    continue
                service = Service(self.data)
                client = Client(service)
                client.token = self.token
                self.assertEqual(client.request("GET", "/v1/me")[0], 401)
                self.assertEqual(service.stop(), 0)

    def audit(self):
        done = cli("--json", "fsck", "--views", "--data", str(self.data), check=False)
        return done, json.loads(done.stdout) if done.stdout.startswith("{") else None

    def test_views_that_were_changed_are_named_and_put_right(self):
        self.harm("views.sqlite", lambda data: data)
        done, report = self.audit()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(report["views"]["differences"], [])
        with sqlite3.connect(self.data / "views.sqlite") as database:
            database.execute("UPDATE persons SET name = '他人' WHERE id = 'p1'")
        done, report = self.audit()
        self.assertEqual(done.returncode, 1)
        self.assertEqual([one["table"] for one in report["views"]["differences"]], ["persons"])
        self.assertNotIn("他人", done.stdout + done.stderr)

        service = Service(self.data)
        home = {"HOME": str(self.root), "XDG_CONFIG_HOME": str(self.root), "COUNTERSIGN_PASSWORD": SECRET}
        cli("login", "--url", service.url, "admin", **home)
        cli("views", "--rebuild", **home)
        self.assertEqual(service.stop(), 0)
        done, report = self.audit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(report["views"]["file"], "views.1.sqlite")

    def test_no_flipped_byte_of_the_views_passes_for_what_was_recorded(self):
        recorded = content_of(self.whole / "views.sqlite")
        size = (self.whole / "views.sqlite").stat().st_size
        said = 0
        for at in range(40, size, size // 40):
            with self.subTest(at=at):
                file = self.harm("views.sqlite", lambda data: flipped(data, at))
                done, _ = self.audit()
                said += done.returncode != 0
                if done.returncode == 0:
                    self.assertEqual(content_of(file), recorded)
        self.assertGreater(said, 0)

    def test_views_that_cannot_be_read_are_built_anew(self):
        for harm in ("first byte flipped", "emptied", "removed"):
            with self.subTest(harm=harm):
                self.harm("views.sqlite", HARMS[harm])
                service = Service(self.data)
                client = Client(service, "admin", SECRET)
                size = client.request("GET", "/v1/ledger")[1]["size"]
                self.assertEqual(service.stop(), 0)
                done, report = self.audit()
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertGreaterEqual(report["views"]["entries"], size)


if __name__ == "__main__":
    unittest.main()
