"""What the command line takes from its surroundings: whose token goes where, which variable is which secret, and the
zone and language that were asked for."""
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from harness import CLI, Client, Service, cli

SECRET = "a long enough password"
OTHER = "another long password"


class Stranger(http.server.BaseHTTPRequestHandler):
    """A service that remembers what it was shown."""

    def do_GET(self):
        self.server.shown.append(self.headers["Authorization"])
        body = b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class CommandLine(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.data = self.root / "data"
        cli("init", "--data", str(self.data), "--origin", "test.example/line", "--name", "管理员", COUNTERSIGN_PASSWORD=SECRET)
        self.service = Service(self.data)
        self.addCleanup(self.service.kill)
        self.own = {"XDG_CONFIG_HOME": str(self.root), "LANG": "C", "LC_ALL": "", "LC_MESSAGES": ""}
        self.login = self.run_as("login", "--url", self.service.url, "admin", COUNTERSIGN_PASSWORD=SECRET)

    def run_as(self, *arguments, typed="", check=True, **environment):
        done = subprocess.run([CLI, *arguments], input=typed, capture_output=True, text=True,
                              env={**os.environ, **self.own, **environment})
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def open_account(self, name, check=True, lang=(), **environment):
        return self.run_as(*lang, "account", "open", name, "--person", "p-" + name, "--name", "某", "--hat", "auditor", "--from",
                           "2026-01-01T08:00:00+08:00", "--until", "2099-01-01T00:00:00+08:00", check=check, **environment)

    def test_a_kept_token_goes_to_the_service_that_gave_it_alone(self):
        stranger = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
        stranger.shown = []
        threading.Thread(target=stranger.serve_forever, daemon=True).start()
        self.addCleanup(stranger.server_close)
        self.addCleanup(stranger.shutdown)
        elsewhere = f"http://127.0.0.1:{stranger.server_address[1]}"
        done = self.run_as("account", "list", check=False, COUNTERSIGN_URL=elsewhere)
        self.assertEqual((done.returncode, stranger.shown), (1, []))
        self.assertIn("nobody is logged in", done.stderr)
        self.run_as("--json", "account", "list", COUNTERSIGN_URL=elsewhere, COUNTERSIGN_TOKEN="given")
        self.assertEqual(stranger.shown, ["Bearer given"])
        self.run_as("account", "list", COUNTERSIGN_URL=self.service.url)
        self.run_as("account", "list")

    def test_the_present_password_is_never_taken_for_a_new_one(self):
        self.open_account("a1")
        refused = self.run_as("account", "password", "a1", check=False, COUNTERSIGN_PASSWORD=SECRET)
        self.assertEqual(refused.returncode, 1, "nothing was typed")
        self.run_as("account", "password", "a1", COUNTERSIGN_PASSWORD=SECRET, COUNTERSIGN_NEW_PASSWORD=OTHER)
        Client(self.service, "a1", OTHER)
        self.run_as("account", "password", "a1", typed=SECRET + "\n")
        Client(self.service, "a1", SECRET)

        self.assertEqual(self.run_as("password", check=False, COUNTERSIGN_PASSWORD=SECRET).returncode, 1)
        self.run_as("password", COUNTERSIGN_PASSWORD=SECRET, typed=OTHER + "\n")
        Client(self.service, "admin", OTHER)
        self.run_as("login", "admin", COUNTERSIGN_PASSWORD=OTHER)
        self.run_as("password", COUNTERSIGN_PASSWORD=OTHER, COUNTERSIGN_NEW_PASSWORD=SECRET)
        Client(self.service, "admin", SECRET)

    def test_no_password_becomes_the_passphrase_of_the_key_files(self):
        def encrypted():
            told = self.run_as("--json", "ledger-keys", "list", "--data", str(self.data)).stdout
            return {one["encrypted"] for one in json.loads(told)}
        encrypt = ("ledger-keys", "encrypt", "--data", str(self.data))
        for typed in ("", "correct horse battery\n", "correct horse battery\nanother horse battery\n"):
            done = self.run_as(*encrypt, typed=typed, check=False, COUNTERSIGN_PASSWORD=SECRET, COUNTERSIGN_NEW_PASSWORD=SECRET)
            self.assertEqual((done.returncode, encrypted()), (1, {False}))
        self.run_as(*encrypt, typed="correct horse battery\n" * 2, COUNTERSIGN_PASSWORD=SECRET)
        self.assertEqual(encrypted(), {True})
        self.run_as("ledger-keys", "decrypt", "--data", str(self.data), COUNTERSIGN_KEY_PASSPHRASE="correct horse battery")

    def test_times_are_of_the_zone_that_was_asked_for(self):
        self.assertRegex(self.login.stdout, r"until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00\.")
        self.open_account("a1")
        for zone, shown in (("+08:00", "2026-01-01 08:00:00"), ("+00:00", "2026-01-01 00:00:00"), ("-03:30", "2025-12-31 20:30:00")):
            told = self.run_as("--zone", zone, "account", "list").stdout
            self.assertIn(f"valid from ({zone})", told)
            self.assertIn(f"until ({zone})", told)
            self.assertIn(shown, told)

    def test_refusals_are_in_the_language_that_was_asked_for(self):
        self.open_account("a1")
        def said(*lang, **environment):
            done = self.open_account("a1", check=False, lang=lang, **environment)
            self.assertEqual(done.returncode, 1)
            return done.stderr.isascii()
        self.assertTrue(said())
        self.assertFalse(said("--lang", "zh"))
        self.assertFalse(said(LC_ALL="zh_CN.UTF-8"))
        self.assertFalse(said(LC_MESSAGES="zh_CN.UTF-8"))
        self.assertFalse(said(LANG="zh_CN.UTF-8"))
        self.assertTrue(said("--lang", "en", LANG="zh_CN.UTF-8"))
        self.assertTrue(said(LANG="zh_CN.UTF-8", LC_ALL="en_GB.UTF-8"))


if __name__ == "__main__":
    unittest.main()
