"""The addresses the command line takes: behind a proxy under a path, over IPv6, and such as are none."""
import http.client
import http.server
import pathlib
import socket
import tempfile
import threading
import unittest

from harness import Service, cli

SECRET = "a long enough password"
PREFIX = "/ledger"


class Proxy(http.server.ThreadingHTTPServer):
    """Hands on what comes below PREFIX, and remembers what it was called."""

    def __init__(self, family, address, service):
        self.address_family = family
        self.service, self.named = service, []
        super().__init__((address, 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def hand_on(self):
        self.server.named.append(self.headers["Host"])
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.path.startswith(PREFIX + "/"):
            return self.answer(404, "text/plain", b"")
        connection = http.client.HTTPConnection(self.server.service.host, timeout=60)
        connection.request(self.command, self.path.removeprefix(PREFIX), body, dict(self.headers))
        reply = connection.getresponse()
        self.answer(reply.status, reply.getheader("Content-Type", ""), reply.read())
        connection.close()

    do_GET = do_POST = hand_on

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Addresses(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.own = {"HOME": str(self.root), "XDG_CONFIG_HOME": str(self.root), "COUNTERSIGN_PASSWORD": SECRET}

    def login(self, url):
        return cli("login", "--url", url, "admin", check=False, **self.own)

    def reaches_through(self, family, address, written):
        cli("init", "--data", str(self.root / "data"), "--origin", "test.example/address", "--name", "管理员", **self.own)
        service = Service(self.root / "data")
        self.addCleanup(service.kill)
        proxy = Proxy(family, address, service)
        self.addCleanup(proxy.close)
        at = f"{written}:{proxy.server_address[1]}"
        logged_in = self.login(f"http://{at}{PREFIX}/")
        self.assertEqual(logged_in.returncode, 0, logged_in.stderr)
        me = cli("me", check=False, **self.own)
        self.assertEqual(me.returncode, 0, me.stderr)
        self.assertIn("admin", me.stdout)
        self.assertEqual(set(proxy.named), {at})

    def test_a_path_stands_before_every_target(self):
        self.reaches_through(socket.AF_INET, "127.0.0.1", "127.0.0.1")

    def test_an_ipv6_address_stands_in_brackets(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("this machine has no IPv6")
        self.reaches_through(socket.AF_INET6, "::1", "[::1]")

    def test_what_is_no_address_is_refused_and_not_repeated(self):
        for wrong in ("ledger.example", "ftp://ledger.example", "http://::1:8080", "http://ledger.example:port",
                      "http://admin:hidden@ledger.example", "http://ledger.example/?password=hidden"):
            told = self.login(wrong)
            self.assertNotEqual(told.returncode, 0, wrong)
            self.assertIn("the address must be http://host[:port][/path]", told.stderr)
            self.assertIn("unix:/path", told.stderr)
            self.assertNotIn("hidden", told.stderr)


if __name__ == "__main__":
    unittest.main()
