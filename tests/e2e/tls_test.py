"""TLS in the service: who is trusted, what is refused, and a certificate replaced while it serves."""
import http.client
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import warnings

from harness import SERVICE, Client, Service, cli

SECRET = "a long enough password"


def make_certificate(directory, name, days=30):
    """A certificate of 127.0.0.1 that vouches for itself."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", str(days), "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.temporary.name)
        cls.data = cls.root / "data"
        cls.home = str(cls.root / "home")
        cli("init", "--data", str(cls.data), "--origin", "test.example/tls", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        cls.first = make_certificate(cls.root, "first")
        cls.second = make_certificate(cls.root, "second", days=60)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def use(self, pair):
        """Puts a pair where the service reads it."""
        for file, name in zip(pair, ("shown.pem", "shown.key")):
            (self.root / name).write_bytes(file.read_bytes())

    def serve(self, *options):
        self.use(self.first)
        service = Service(self.data, "--tls_certificate", str(self.root / "shown.pem"),
                          "--tls_key", str(self.root / "shown.key"), *options)
        self.addCleanup(service.kill)
        return service

    def trusting(self, *pairs):
        context = ssl.create_default_context(cafile=str(pairs[0][0]))
        for certificate, _ in pairs[1:]:
            context.load_verify_locations(cafile=str(certificate))
        return context

    def shown(self, service):
        host, port = service.host.split(":")
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))

    def der(self, pair):
        return ssl.PEM_cert_to_DER_cert(pair[0].read_text())

    def await_diagnostic(self, service, event, count=1):
        end = time.monotonic() + 20
        while len(re.findall(f'"{event}"', service.diagnostics())) < count and time.monotonic() < end:
            time.sleep(0.02)
        self.assertIn(event, service.diagnostics())

    def test_requests_and_answers_of_every_kind_pass(self):
        service = self.serve()
        self.assertTrue(service.url.startswith("https://"))
        client = Client(service, "admin", SECRET, tls=self.trusting(self.first))
        self.assertIn(client.connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
        self.assertEqual(client.get("/v1/me")["account"], "admin")
        # Larger than a record, both ways, and in chunks.
        many = {"accounts": [], "filler": "x" * 100_000}
        self.assertEqual(client.request("POST", "/v1/accounts", many)[0], 400)
        status, headers, text = client.raw("GET", "/openapi.json")
        self.assertEqual((status, len(text)), (200, int(headers["Content-Length"])))
        status, _, text = client.raw("GET", "/v1/log/export")
        self.assertEqual(status, 200)
        self.assertGreater(len(text), 100)
        # An answer that ends the connection arrives whole, and so does the end.
        status, _, text = client.raw("GET", "/v1/me", headers={"Connection": "close"})
        self.assertEqual(status, 200)
        # Refused while it sends; http.client reads no answer before all is sent.
        again = Client(service, "admin", SECRET, tls=self.trusting(self.first))
        with self.assertRaises(OSError):
            again.request("POST", "/v1/login", "x" * (64 << 20))
        self.assertEqual(client.get("/v1/me")["account"], "admin")

    def test_the_command_line_checks_whom_it_talks_to(self):
        service = self.serve()
        environment = {"HOME": self.home, "XDG_CONFIG_HOME": self.home, "COUNTERSIGN_PASSWORD": SECRET}
        stranger = cli("login", "--url", service.url, "admin", check=False, **environment)
        self.assertNotEqual(stranger.returncode, 0)
        self.assertIn("cannot connect", stranger.stderr)
        other = cli("login", "--url", service.url, "--ca", str(self.second[0]), "admin", check=False, **environment)
        self.assertNotEqual(other.returncode, 0)
        by_name = service.url.replace("127.0.0.1", "localhost")
        not_its_name = cli("login", "--url", by_name, "--ca", str(self.first[0]), "admin", check=False, **environment)
        self.assertNotEqual(not_its_name.returncode, 0)
        cli("login", "--url", service.url, "--ca", str(self.first[0]), "admin", **environment)
        self.assertIn("admin", cli("me", **environment).stdout)

    def test_what_is_no_tls_or_an_old_one_is_turned_away_and_takes_no_place(self):
        service = self.serve("--connections_max", "4", "--header_seconds", "1")
        with self.assertRaises((ConnectionError, http.client.HTTPException)):
            Client(service).raw("GET", "/healthz")
        warnings.simplefilter("ignore", DeprecationWarning)
        old = self.trusting(self.first)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with self.assertRaises(OSError):
            Client(service, tls=old).raw("GET", "/healthz")
        # Silent ones are cut off when the time for a header is over.
        host, port = service.host.split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(4)]
        for one in silent:
            one.settimeout(30)
            self.assertEqual(one.recv(1), b"")
            one.close()
        # A place is free a moment after its connection is seen to end.
        self.assertEqual(self.await_place(service), 200)

    def await_place(self, service):
        end = time.monotonic() + 20
        while True:
            try:
                return Client(service, tls=self.trusting(self.first)).raw("GET", "/healthz")[0]
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def test_the_certificate_is_replaced_while_connections_go_on(self):
        service = self.serve()
        before = Client(service, "admin", SECRET, tls=self.trusting(self.first))
        self.assertEqual(self.shown(service), self.der(self.first))
        self.use(self.second)
        service.reload()
        self.await_diagnostic(service, "tls.reloaded")
        self.assertEqual(self.shown(service), self.der(self.second))
        self.assertEqual(before.get("/v1/me")["account"], "admin")
        after = Client(service, "admin", SECRET, tls=self.trusting(self.second))
        expiry, = re.findall(r"^countersign_certificate_expiry_timestamp_seconds (\S+)",
                             after.raw("GET", "/metrics")[2].decode(), re.MULTILINE)
        self.assertAlmostEqual(float(expiry) - time.time(), 60 * 86400, delta=2 * 86400)

        # A pair that does not belong together, half a file, none: the one in use stays.
        def broken(how):
            how()
            service.reload()
        for count, how in enumerate((
                lambda: self.use((self.first[0], self.second[1])),
                lambda: (self.root / "shown.pem").write_bytes(self.second[0].read_bytes()[:200]),
                lambda: (self.root / "shown.key").unlink()), 1):
            broken(how)
            self.await_diagnostic(service, "tls.reload_failed", count)
            self.assertEqual(self.shown(service), self.der(self.second))
        self.assertNotIn("PRIVATE", service.diagnostics())
        self.assertEqual(after.get("/v1/me")["account"], "admin")
        self.assertEqual(service.stop(), 0)

    def test_it_does_not_start_with_a_pair_that_is_not_usable(self):
        options = ["--data", str(self.data), "--listen", "127.0.0.1:0"]
        for pair, code, why in (((self.first[0], self.second[1]), 1, "key values mismatch"),
                                ((self.first[0], self.root / "none"), 1, "cannot read"),
                                ((self.first[1], self.first[1]), 1, "first.key"),
                                ((self.first[0],), 2, "tls_key")):
            files = [part for name, file in zip(("--tls_certificate", "--tls_key"), pair)
                     for part in (name, str(file))]
            done = subprocess.run([SERVICE, *options, *files], capture_output=True, text=True)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(why, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
