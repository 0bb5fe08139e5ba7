"""The service on a Unix socket: who may connect, whom it believes, and what becomes of the file."""
import http.client
import json
import os
import pathlib
import socket
import stat
import subprocess
import tempfile
import unittest

from harness import SERVICE, Client, Service, SocketConnection, cli
from tls_test import make_certificate

SECRET = "a long enough password"


class UnixSocket(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.temporary.name)
        for name in ("data", "other"):
            cli("init", "--data", str(cls.root / name), "--origin", f"test.example/{name}", "--name", "管理员",
                COUNTERSIGN_PASSWORD=SECRET)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def setUp(self):
        self.path = self.root / (self.id().split(".")[-1][:30] + ".sock")

    def serve(self, *options, **environment):
        service = Service(self.root / "data", "--unix_socket", str(self.path), *options, **environment)
        self.addCleanup(service.kill)
        return service

    def refused(self, path, data="other"):
        """Why a service does not start on it."""
        done = subprocess.run([SERVICE, "--data", str(self.root / data), "--listen", "127.0.0.1:0", "--unix_socket", str(path)],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_it_serves_there_and_on_the_network(self):
        service = self.serve()
        here = Client(service, "admin", SECRET, unix_socket=self.path)
        self.assertEqual(here.get("/v1/me")["account"], "admin")
        status, _, text = here.raw("GET", "/v1/log/export")
        self.assertEqual(status, 200)
        self.assertGreater(len(text), 100)
        status, reply = here.request("POST", "/v1/accounts", {"accounts": [], "filler": "x" * 100_000})
        self.assertEqual(status, 400, reply)
        self.assertEqual(Client(service, "admin", SECRET).get("/v1/ledger")["size"], here.get("/v1/ledger")["size"])

    def test_the_command_line_connects_to_it(self):
        self.serve()
        home = str(self.root / "home")
        cli("login", "--url", f"unix:{self.path}", "admin", HOME=home, XDG_CONFIG_HOME=home, COUNTERSIGN_PASSWORD=SECRET)
        told = cli("me", check=False, HOME=home, XDG_CONFIG_HOME=home)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("admin", told.stdout)
        wrong = cli("login", "--url", f"unix:{self.path}.not", "admin", check=False, HOME=home, XDG_CONFIG_HOME=home,
                    COUNTERSIGN_PASSWORD=SECRET)
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("cannot connect", wrong.stderr)

    def test_user_and_group_alone_may_connect(self):
        before = os.umask(0)
        try:
            self.serve()
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o660)

    def test_it_is_plain_where_the_network_speaks_tls(self):
        certificate, key = make_certificate(self.root, "socket")
        service = self.serve("--tls_certificate", str(certificate), "--tls_key", str(key))
        self.assertTrue(service.url.startswith("https://"))
        self.assertEqual(Client(service, unix_socket=self.path).raw("GET", "/healthz")[0], 200)

    def test_a_stopped_service_leaves_no_file_and_a_killed_ones_is_replaced(self):
        self.serve().kill()
        self.assertTrue(self.path.exists())
        service = self.serve()
        self.assertEqual(Client(service, unix_socket=self.path).raw("GET", "/healthz")[0], 200)
        self.assertEqual(service.stop(), 0)
        self.assertFalse(self.path.exists())

    def test_what_is_in_use_or_no_socket_stays_as_it_is(self):
        service = self.serve()
        self.assertIn("in use", self.refused(self.path))
        self.assertEqual(Client(service, unix_socket=self.path).raw("GET", "/healthz")[0], 200)
        file = self.root / "report.txt"
        file.write_text("kept")
        self.assertIn("not a socket", self.refused(file))
        self.assertEqual(file.read_text(), "kept")
        self.assertIn("107 bytes", self.refused(self.root / ("x" * 200)))
        self.assertIn("cannot listen", self.refused(self.root / "nowhere" / "s"))

    def statuses(self, connection, forwarded, count=12):
        """Of so many requests without a token, one after another."""
        found = []
        for _ in range(count):
            connection.request("GET", "/v1/me", headers={"X-Forwarded-For": forwarded} if forwarded else {})
            reply = connection.getresponse()
            reply.read()
            found.append(reply.status)
        return found

    def test_whom_a_proxy_names_is_who_is_counted(self):
        service = self.serve("--rate_limit", "1")
        proxy = SocketConnection(self.path, 60)
        self.assertIn(429, self.statuses(proxy, "192.0.2.1"))
        self.assertEqual(set(self.statuses(proxy, "192.0.2.2", 5)), {401})
        # What a client says of itself stands before what the proxy adds.
        self.assertEqual(set(self.statuses(proxy, "192.0.2.2, 192.0.2.1", 3)), {429})
        # Those of whom nothing is known, or nothing that can be, are one.
        self.assertIn(429, self.statuses(proxy, None))
        self.assertEqual(set(self.statuses(proxy, "somebody", 3)), {429})
        # From the network nobody is believed.
        network = http.client.HTTPConnection(service.host, timeout=60)
        self.assertIn(429, self.statuses(network, "192.0.2.3"))
        self.assertEqual(set(self.statuses(network, "192.0.2.4", 3)), {429})

    def test_a_proxys_connections_are_not_those_of_one_address(self):
        service = self.serve("--connections_per_address_max", "2")
        held = [Client(service, unix_socket=self.path) for _ in range(6)]
        self.assertEqual([one.raw("GET", "/healthz")[0] for one in held], [200] * 6)

    def test_what_is_broken_is_answered_and_harms_nothing(self):
        service = self.serve()
        with socket.socket(socket.AF_UNIX) as raw:
            raw.settimeout(60)
            raw.connect(str(self.path))
            raw.sendall(b"nonsense\r\n\r\n")
            answer = raw.recv(65536)
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
        status, _, text = Client(service, unix_socket=self.path).raw("GET", "/v1/ledger")
        self.assertEqual(status, 200)
        self.assertIn("size", json.loads(text))


if __name__ == "__main__":
    unittest.main()
