"""Input meant to do harm, over raw sockets, against the real service: each is answered with a proper
4xx, 429 or 503 or cut off by a limit, the process stays the same one and within its memory, and an
honest request is served afterwards. COUNTERSIGN_HOSTILE=full does more of each.

Every attack comes from a loopback address of its own, because limits are counted by address."""
import base64
import collections
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
from harness import Client, cli  # noqa: E402
from wire import TALLY, Stubborn, Watched, Wire, answered, request, sockets_allowed, until  # noqa: E402

FULL = os.environ.get("COUNTERSIGN_HOSTILE") == "full"
PEAK_MIB_MAX = 512
SECRET = "a long enough password"
TABLE = "/v1/campaigns/hostile/tables/notes"
HONEST = "127.0.0.200"

BOTH = {"zh": "注", "en": "note"}
DEFINITION = {
    "format": 1, "id": "hostile", "edition": "1", "name": BOTH, "institution": BOTH, "notice": "1",
    "calendar": {"utc_offset": "+08:00"},
    "phases": [{"id": "p", "name": BOTH, "opens": "2020-01-01T00:00:00Z", "closes": "2040-01-01T00:00:00Z"}],
    "departments": [{"id": "D", "name": BOTH, "kind": "office"}],
    "persons": [{"id": f"p-{i}", "name": "甲"} for i in range(1, 5)],
    "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                 {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "D"}]},
                 {"id": "leaver", "person": "p-3", "hats": [{"role": "filler", "department": "D"}]},
                 {"id": "victim", "person": "p-4", "hats": [{"role": "filler", "department": "D"}]}],
    "submission_meaning": BOTH,
    "approval_chain": [{"id": "review", "name": BOTH, "meaning": BOTH, "state": BOTH, "verb": "pass", "role": "reviewer"}],
    "tables": [{"key": "notes", "printed_no": "1", "name": BOTH, "owner": "D", "phase": "p",
                "due": "2040-01-01T00:00:00Z",
                "columns": [{"key": "id", "name": {"zh": "编号", "en": "number"}, "type": "text", "max_characters": 40},
                            {"key": "value", "name": {"zh": "值", "en": "value"}, "type": "integer", "required": False},
                            {"key": "text", "name": {"zh": "文", "en": "text"}, "type": "long_text",
                             "max_characters": 1000, "required": False}],
                "key_columns": ["id"]}],
}

LIMITS = ["--header_seconds", "1", "--body_seconds", "1", "--body_seconds_max", "3", "--idle_seconds", "20",
          "--answer_seconds", "2", "--log_level", "error"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        data = cls.directory / "ledger"
        cli("init", "--data", str(data), "--origin", "hostile.example/log", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        cls.service = Watched(data, *LIMITS)
        cls.key = (data / "keys/token.key").read_bytes()
        admin = Client(cls.service, "admin", SECRET)
        cls.must(admin, "PUT", "/v1/campaigns/hostile", DEFINITION)
        for account in ("office", "filler", "leaver", "victim"):
            cls.must(admin, "POST", f"/v1/accounts/{account}/password", {"password": SECRET})
        office = Client(cls.service, "office", SECRET)
        cls.must(office, "POST", "/v1/campaigns/hostile/assignments", {})
        cls.must(office, "POST", "/v1/campaigns/hostile/phases/p/open", {})
        cls.admin = admin.token
        cls.filler = Client(cls.service, "filler", SECRET).token
        cls.attacks = 0

    @staticmethod
    def must(client, method, target, body):
        status, reply = client.request(method, target, body)
        assert status < 300, reply

    @classmethod
    def tearDownClass(cls):
        peak = cls.service.peak_mib()
        code = cls.service.stop()
        findings = json.loads(cli("--json", "fsck", "--data", str(cls.directory / "ledger")).stdout)["findings"]
        shutil.rmtree(cls.directory)
        print(f"answers {sum(TALLY.values())}: " + ", ".join(f"{s} {n}" for s, n in sorted(TALLY.items())))
        print(f"peak memory {peak} MiB of {PEAK_MIB_MAX} allowed; crashes {int(code != 0)}; findings {len(findings)}")
        assert code == 0 and findings == [], (code, findings)

    def setUp(self):
        type(self).attacks += 1
        self.source = f"127.0.1.{self.attacks}"

    def tearDown(self):
        self.assertTrue(self.service.alive(), self.service.diagnostics()[-3000:])
        self.assertLess(self.service.peak_mib(), PEAK_MIB_MAX)
        self.serves_the_honest()

    def serves_the_honest(self):
        """A read and a write of somebody else, on a new connection from another address."""
        with Wire(self.service.port, HONEST) as wire:
            self.assertEqual(wire.ask("GET", "/healthz").status, 200)
            row = {"rows": [{"cells": {"id": f"honest-{time.monotonic_ns()}", "value": "1"}}]}
            self.assertEqual(wire.ask("POST", TABLE + "/rows", row, self.bearer()).status, 200)

    def bearer(self, token=None):
        return {"Authorization": "Bearer " + (token or self.filler)}

    def wire(self, **options):
        return Wire(self.service.port, self.source, **options)

    def statuses_of(self, data, half_close=False):
        """Sends the bytes; the statuses of all answers until the service closes."""
        with self.wire() as wire:
            wire.send(data)
            if half_close:
                wire.socket.shutdown(1)
            return [answer.status for answer in wire.all()]

    def one(self, method, target, body=b"", headers=None):
        with self.wire() as wire:
            return wire.ask(method, target, body, headers)

    # --- too much -----------------------------------------------------------------------------

    def test_bodies_over_their_limit_are_refused(self):
        head = f"PUT {TABLE}/sheet HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\nAuthorization: Bearer {self.filler}\r\n"
        self.assertEqual(self.statuses_of((head + "Content-Length: 1000000000000\r\n\r\n").encode()), [413])
        self.assertEqual(self.statuses_of((head + f"Content-Length: {(64 << 20) + 1}\r\n\r\n").encode()), [413])
        self.assertEqual(self.statuses_of(b"POST /v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: 4097\r\n\r\n"), [413])
        # A stranger's body is not read at all, whatever it says about its length.
        self.assertEqual(self.statuses_of(f"PUT {TABLE}/sheet HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n".encode()), [401])

    def test_an_endless_chunked_body_is_cut_at_the_limit(self):
        with self.wire() as wire:
            wire.send(b"POST /v1/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
            while wire.send(b"400\r\n" + b"x" * 1024 + b"\r\n"):
                pass
            answer = wire.read()
            # The answer may have been lost to the reset that our own sending provoked.
            self.assertIn(answer and answer.status, (413, None))
        with self.wire() as wire:
            wire.send(b"POST /v1/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      (b"400\r\n" + b"x" * 1024 + b"\r\n") * 5)
            self.assertEqual([a.status for a in wire.all()], [413])

    def test_chunks_that_are_not_chunks(self):
        head = b"POST /v1/login HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        for broken in (b"xyz\r\nabc\r\n", b"-1\r\nabc\r\n", b"FFFFFFFFFFFFFFFFF\r\nabc\r\n", b"2\r\nabc\r\n0\r\n\r\n"):
            self.assertEqual(self.statuses_of(head + broken), [400], broken)
        self.assertEqual(self.statuses_of(head + b"FFFFFFFFFFFFFFFF\r\nabc\r\n"), [413])
        # A chunk's extension, or a trailer, that never ends.
        self.assertEqual(self.statuses_of(head + b"1;" + b"a" * (1 << 20)), [400])
        self.assertIn(self.statuses_of(head + b"0\r\n" + b"X: " + b"a" * (1 << 20)), ([400], [431]))

    def test_headers_over_their_limit(self):
        start = b"GET /healthz HTTP/1.1\r\nHost: h\r\n"
        self.assertEqual(self.statuses_of(start + b"X-A: " + b"a" * (1 << 20) + b"\r\n\r\n"), [431])
        self.assertEqual(self.statuses_of(start + b"".join(b"X-%d: a\r\n" % i for i in range(100_000)) + b"\r\n"), [431])
        self.assertEqual(self.statuses_of(b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: h\r\n\r\n"), [431])
        with self.wire() as wire:  # never ends
            wire.send(start)
            while wire.send(b"X-Endless: " + b"a" * 4096 + b"\r\n"):
                pass
            answer = wire.read()
            self.assertIn(answer and answer.status, (431, None))

    def test_uploads_are_bounded_and_leave_nothing(self):
        files = "/v1/campaigns/hostile/evidence/files"
        head = f"POST {files} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {self.filler}\r\n"
        for length in (10**12, (100 << 20) + 1):
            self.assertEqual(self.statuses_of((head + f"Content-Length: {length}\r\n\r\n").encode()), [413])
        # Who may not send files is told so before the first byte.
        stranger = head.replace(self.filler, self.admin) + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
        self.assertEqual(self.statuses_of(stranger.encode()), [403])
        half = (head + "Content-Length: 600000\r\n\r\n").encode() + b"x" * 300_000
        self.assertEqual(self.statuses_of(half, half_close=True), [])
        self.assertEqual(self.statuses_of(half), [])  # silent until the limit of time
        chunked = (head + "Transfer-Encoding: chunked\r\n\r\n").encode()
        self.assertEqual(self.statuses_of(chunked + b"400\r\n" + b"x" * 1024 + b"\r\nxyz\r\n"), [400])
        for content in (b"MZ\x90\x00\x03", b"\x7fELF", b"<svg onload=x>", b""):
            self.assertEqual(self.one("POST", files, content, self.bearer()).status, 422, content)
        incoming = self.directory / "ledger/evidence/incoming"
        until(lambda: not list(incoming.iterdir()), "what was sent by half is gone")
        self.assertEqual([f for f in incoming.parent.rglob("*") if f.is_file()], [])
        table = f"{TABLE}/evidence"
        for body in ({"title": "t", "kind": "k", "hash": "../../keys/log.key", "covers": [{}]},
                     {"title": "t", "kind": "k", "hash": "0" * 64, "covers": [{"table": "other"}]},
                     {"title": "t", "kind": "k", "hash": "0" * 64, "covers": []},
                     {"title": "t", "kind": "k", "upload": "e30.e30", "covers": [{}]},
                     {"title": "t", "kind": "k", "upload": self.filler, "covers": [{}]}):
            self.assertEqual(self.one("POST", table, body, self.bearer()).status, 400, body)
        for piece, status in (("-1", 404), ("1e3", 404), ("0", 404), ("18446744073709551615", 404),
                              ("99999999999999999999", 404), ("%2e%2e", 400), ("..%2f..%2fkeys", 404)):
            answer = self.one("GET", f"/v1/campaigns/hostile/evidence/{piece}/file", headers=self.bearer())
            self.assertEqual(answer.status, status, piece)

    # --- too slow -----------------------------------------------------------------------------

    def test_slow_clients_are_cut_off_while_others_are_served(self):
        loris = b"GET /healthz HTTP/1.1\r\nHost: h\r\nX-Slow: "
        body = (f"PUT {TABLE}/sheet HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\n"
                f"Authorization: Bearer {self.filler}\r\nContent-Length: 1000\r\n\r\n").encode()
        wires = []
        for start in (loris, body) * (200 if FULL else 100):
            wire = self.wire()
            wire.send(start)
            wires.append(wire)

        def trickle():
            left = []
            for wire in wires:
                try:
                    wire.socket.setblocking(False)
                    gone = wire.socket.recv(1) == b""
                except BlockingIOError:
                    gone = False
                except OSError:
                    gone = True
                if not gone:
                    wire.send(b"a")
                    left.append(wire)
                else:
                    wire.socket.close()
            wires[:] = left
            time.sleep(0.1)
            return not wires

        self.serves_the_honest()
        until(trickle, "slow clients cut off")

    def test_a_client_that_does_not_read_is_cut_off(self):
        # Asks for a large answer many times and reads none of it.
        with self.wire() as wire:
            wire.socket.setblocking(False)
            asked = request("GET", "/openapi.json") * 100

            def full():
                try:
                    while True:
                        wire.socket.send(asked)
                except BlockingIOError:
                    return False
                except OSError:
                    return True

            until(full, "the connection of a client that does not read ended")

    # --- ambiguous ----------------------------------------------------------------------------

    def test_pipelined_requests_are_answered_in_order(self):
        targets = ["/healthz", "/nowhere", "/log/vkey", "/v1/me"] * 50
        with self.wire() as wire:
            wire.send(b"".join(request("GET", target) for target in targets))
            got = [wire.read().status for _ in targets]
        self.assertEqual(got, [200, 404, 200, 401] * 50)

    def test_a_request_that_two_readers_could_read_differently_is_refused(self):
        smuggled = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
        chunk = b"0\r\n\r\n"
        shapes = [
            b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
            b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5, 6", b"Content-Length: 5\r\nContent-Length: 5",
            b"Content-Length: -1", b"Content-Length: +5", b"Content-Length: 0x5", b"Content-Length: ",
            b"Content-Length: 99999999999999999999", b"Content-Length : 5", b"Content-Length: 5\r\n : x", b"Content Length: 5",
            b"Transfer-Encoding: xchunked", b"Transfer-Encoding: gzip", b"Transfer-Encoding: identity",
            b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: gzip, chunked",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Transfer-Encoding : chunked",
            b"Transfer-Encoding:\x0bchunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"X: y\nTransfer-Encoding: chunked",
            b"X: \x00", b"X\x00: a", b"X: a\rb", b"Host: second.example", b": empty",
            b"Transfer-Encoding: CHUNKED\r\nContent-Length: 5",
        ]
        head = b"POST /v1/login HTTP/1.1\r\nHost: h\r\n"
        for shape in shapes:
            self.assertEqual(self.statuses_of(head + shape + b"\r\n\r\n" + chunk + smuggled), [400], shape)
        # Sound all the same: a value's outer spaces do not belong to it, and what continues a line belongs to it.
        # A login with such a body, or none, is a bad request of another kind; what follows is judged by itself.
        for shape, after in ((b"Content-Length: 5 ", 200), (b"X: a\r\n Transfer-Encoding: chunked", 400)):
            with self.wire() as wire:
                wire.send(head + shape + b"\r\n\r\n" + chunk + smuggled)
                first, second = wire.read(), wire.read()
            self.assertEqual((first.status, first.json()["code"], second.status), (400, "malformed_body", after), shape)
        self.assertEqual(self.statuses_of(b"POST /v1/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + smuggled), [400])
        self.assertEqual(self.statuses_of(b"GET /healthz HTTP/1.1\r\n\r\n" + smuggled), [400])

    def test_lengths_that_are_wrong(self):
        body = b'{"account":"filler","password":"x"}'
        head = b"POST /v1/login HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
        # Short: the rest is no request. Long: nobody answers half a request; the limit ends it.
        self.assertEqual(self.statuses_of(head % 2 + body), [400, 400])
        self.assertEqual(self.statuses_of(head % 100 + body), [])
        self.assertEqual(self.statuses_of(head % 100 + body, half_close=True), [])

    def test_methods_and_versions(self):
        for method, status in (("FOO", 405), ("get", 405), ("TRACE", 405), ("OPTIONS", 405), ("PROPFIND", 405),
                               ("A" * 200, 405)):
            answer = self.one(method, "/healthz")
            self.assertEqual(answer.status, status, method)
            self.assertEqual(answer.headers["allow"], "GET, HEAD")
        for target in ("*", "healthz", "http://hostile.example/healthz", "hostile.example:443", "//healthz/..", "/a b", "/#x"):
            self.assertEqual(self.statuses_of(request("GET", target), half_close=True), [400], target)
        self.assertEqual(self.statuses_of(request("CONNECT", "hostile.example:443"), half_close=True), [400])
        for start in (b"GET /healthz\r\n\r\n", b"GET /healthz HTTP/0.9\r\n\r\n", b"GET /healthz HTTP/1.2\r\nHost: h\r\n\r\n",
                      b"GET /healthz HTTP/2.0\r\nHost: h\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET  /healthz HTTP/1.1\r\n\r\n",
                      b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2, b"\x00" * 100 + b"\r\n\r\n",
                      b"{}\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n"):
            self.assertEqual(self.statuses_of(start, half_close=True), [400], start[:40])
        # Line ends before a request are not one.
        with self.wire() as wire:
            self.assertEqual(wire.ask("HEAD", "/healthz", bodiless=True).status, 200)

    # --- wrong addresses ----------------------------------------------------------------------

    def test_paths_lead_nowhere_else(self):
        key = "keys/log.key"
        expected = {
            "/../" + key: 400, "/..": 400, "/./": 400, "/log/tile/../../" + key: 400, "/log/../" + key: 400,
            "/%2e%2e/" + key: 400, "/%2E./" + key: 400, "/log/tile/%2e%2e/%2e%2e/" + key: 400,
            "/log/tile/..%2f..%2f" + key: 400, "/log/tile/..%5c..%5c" + key: 400, "/log/tile/\\..\\" + key: 400,
            "/log/tile/%252e%252e/" + key: 400, "//": 404, "//healthz": 404, "/healthz/": 404, "/healthz//": 404,
            "///etc/passwd": 404, "/" + key: 404, "/log/tile/" + key: 400, "/log/tile/0/000/": 400, "/log/tile//0/000": 404,
            "/log/tile/0/0": 400, "/log/tile/99/000": 400, "/log/tile/0/x999/x999/x999/x999/x999/x999/999": 400,
            "/%00": 400, "/healthz%00": 400, "/%": 400, "/%1": 400, "/%zz": 400, "/%c0%ae%c0%ae/" + key: 400,
            "/%c0%af": 400, "/%e0%80%af": 400, "/%f0%80%80%af": 400, "/%ed%a0%80": 400, "/%f5%80%80%80": 400, "/%ff%fe": 400,
            "/v1/campaigns/%F0%9F%92%A3": 401, "/a" * 5000: 404, "/" + "%41" * 5000: 404,
            "/log/proof/-1": 404, "/log/proof/1e3": 404, "/log/proof/99999999999999999999": 404, "/log/proof/0x1": 404,
            "/log/proof/18446744073709551615": 404,
            "/log/consistency?from=5&to=1": 404, "/log/consistency?from=0&to=18446744073709551615": 404,
            "/log/consistency?from=a&to=b": 400, "/log/consistency?from=%ff&to=1": 400, "/log/consistency?from=%00&to=1": 400,
            "/healthz?%": 400, "/healthz?a=%c0%80": 400, "/healthz?" + "a&" * 4000: 200, "/healthz?" + "=" * 4000: 200,
        }
        with self.wire() as wire:
            for target, status in expected.items():
                answer = wire.ask("GET", target)
                self.assertEqual(answer.status, status, (target[:80], answer))
                if status >= 400:
                    self.assertEqual(answer.json()["status"], status)
                self.assertNotIn(b"PRIVATE", answer.body)

    def test_queries_of_a_filler(self):
        expected = {
            f"{TABLE}/rows?limit=-1": 400, f"{TABLE}/rows?limit=99999999999999999999": 400, f"{TABLE}/rows?limit=1e9": 400,
            f"{TABLE}/rows?after=!!!!": 400, f"{TABLE}/rows?after={'A' * 8000}": 400, f"{TABLE}/rows?after=AAAA": 400,
            f"{TABLE}/rows?column=id%27%20OR%201=1--&equals=x": 400, f"{TABLE}/rows?column=id&equals=%27%20OR%201=1--": 200,
            f"{TABLE}/rows?min_index=18446744073709551615": 400, f"{TABLE}/rows/%27;DROP%20TABLE%20rows": 404,
            f"{TABLE}/sheet?as_of=99999999999999999999": 400, f"{TABLE}/sheet?at=yesterday": 400,
            f"{TABLE}/sheet?at=9999-12-31T24:00:00Z": 400, f"{TABLE}/sheet?at=0000-01-01T00:00:00%2B01:00": 400,
            f"{TABLE}/history?row=%F0%9F%92%A3": 200, "/v1/entries/18446744073709551615": 404, "/v1/entries/-1": 404,
            "/v1/facts/../../x": 400, "/v1/campaigns/hostile/tables/nope/rows": 404,
        }
        with self.wire() as wire:
            for target, status in expected.items():
                answer = wire.ask("GET", target, headers=self.bearer())
                self.assertEqual(answer.status, status, (target[:80], answer))

    def test_headers_that_are_no_values(self):
        row = {"cells": {"id": "h", "value": "1"}}
        for headers, status in (({"Idempotency-Key": "k" * 201}, 400), ({"Idempotency-Key": ""}, 400),
                                ({"Countersign-Hat": "emperor"}, 400), ({"Countersign-Hat": "filler/" + "x" * 5000}, 403),
                                ({"Countersign-Claimed-At": "0000-01-01T00:00:00+01:00"}, 400),
                                ({"Countersign-Claimed-At": "9999-12-31T23:59:59-23:59"}, 400),
                                ({"Countersign-Claimed-At": "\xff"}, 400), ({"If-Match": "\"99999999999999999999\""}, 400),
                                ({"If-Match": "*"}, 400), ({"X-Correlation-Id": "\xff" * 64}, 200)):
            answer = self.one("PUT", TABLE + "/rows/h", row, {**self.bearer(), **headers})
            self.assertEqual(answer.status, status, (headers, answer))

    # --- wrong content ------------------------------------------------------------------------

    def test_json_bodies(self):
        rows = TABLE + "/rows"
        deep = b"[" * 100_000
        expected = [
            (deep, 400), (b'{"rows":' + deep, 400), (deep + b"]" * 100_000, 400), (b'{"a":' * 100_000, 400),
            (b'{"rows":[],"rows":[]}', 400), (b'{"rows":[{"cells":{"id":"a","id":"b"}}]}', 400),
            (b'{"rows":[{"cells":{"id":"\xff\xfe"}}]}', 400), (b'{"rows":[{"cells":{"id":"\xc0\x80"}}]}', 400),
            (b'{"rows":[{"cells":{"id":"\xed\xa0\x80"}}]}', 400), (b'{"rows":[{"cells":{"id":"\\ud800"}}]}', 400),
            (b'{"rows":[{"cells":{"id":"a\\u0000b"}}]}', 422), (b'{"rows":\x00[]}', 400), (b"\x00" * 1000, 400),
            (b'{"rows":[{"cells":{"id":"n","value":1e400}}]}', 400),
            (b'{"rows":[{"cells":{"id":"n","value":' + b"9" * 10_000 + b"}}]}", 400),
            (b'{"rows":[{"cells":{"id":"n","value":123456789012345678901234567890}}]}', 422),
            (b'{"rows":[{"cells":{"id":"n","value":-0}}]}', 200), (b'{"rows":[{"cells":{"id":"n","value":1e-400}}]}', 200),
            (b'{"rows":[{"cells":{"id":"n"},"if_match":1e30}]}', 400), (b'{"rows":[{"cells":{"id":"n"},"if_match":-1}]}', 400),
            (b'{"rows":[{"cells":{"id":"n"},"if_match":18446744073709551615}]}', 412),
            (b'{"rows":[{"cells":{"id":["a"]}}]}', 400), (b'{"rows":[{"cells":{"' + b"k" * 100_000 + b'":"a"}}]}', 422),
            (b'{"rows":[{"cells":[]}]}', 400), (b'{"rows":[1,2]}', 400), (b'{"rows":{}}', 400), (b"[]", 400), (b"null", 400),
            (b'"rows"', 400), (b'{"rows":[{"cells":{"id":"a"}}]} x', 400), (b'\xef\xbb\xbf{"rows":[]}', 400), (b"{", 400),
            (b'{"rows":[{"cells":{"id":"a"},"surprise":1}]}', 400), (b"NaN", 400), (b'{"rows":[{"cells":{"id":NaN}}]}', 400),
            (b'{"rows":[' + b"{}," * 19_999 + b"{}]}", 422), (b'{"rows":[' + b"{}," * 20_000 + b"{}]}", 400),
        ]
        for body, status in expected:
            answer = self.one("POST", rows, body, self.bearer())
            self.assertIsNotNone(answer, body[:60])
            self.assertEqual(answer.status, status, (body[:60], answer))
            answer.json()

    def test_documents_made_to_swell_in_memory(self):
        # As large as the route takes, and many small values, which cost most.
        for body in (b'{"rows":[' + b"[]," * 2_700_000 + b"[]]}", b'{"rows":[' + b"{}," * 2_700_000 + b"{}]}",
                     b"[" + b'"",' * 2_700_000 + b'""]'):
            answer = self.one("POST", TABLE + "/rows", body, self.bearer())
            self.assertIn(answer.status, (400, 413, 422), answer)
        definition = json.dumps(DEFINITION)[:-1] + ',"more":[' + "{}," * 2_000_000 + "{}]}"
        answer = self.one("PUT", "/v1/campaigns/other", definition, self.bearer(self.admin))
        self.assertEqual(answer.status, 422, answer)

    def sheet(self, body, kind="text/csv"):
        return self.one("PUT", TABLE + "/sheet", body, {**self.bearer(), "Content-Type": kind})

    def test_sheets(self):
        def columns(count):
            return ",".join(f"c{i}" for i in range(count)).encode()
        ndjson = "application/x-ndjson"
        expected = [
            (b"id,text\n1," + b"x" * (5 << 20), "text/csv", 422), (b'id,text\n1,"' + b"x" * (5 << 20), "text/csv", 422),
            (columns(100_000) + b"\n", "text/csv", 422), (b"id\n" + columns(100_000) + b"\n", "text/csv", 422),
            (b"id," * 100_000, "text/csv", 422), (b"," * 1_000_000, "text/csv", 422), (b'"' * 1_000_001, "text/csv", 422),
            (b"id,value\n1,2,3\n", "text/csv", 422), (b"id,value\n1\n", "text/csv", 422), (b"", "text/csv", 422),
            (b"id,value\n\"1\"x,2\n", "text/csv", 422), (b"id,value\n1,2\x00\n", "text/csv", 422),
            (b"id\n\xff\xfe\xfd\xfc\n", "text/csv", 422), (b"\x00" * 100_000, "text/csv", 422), (b"\r" * 100_000, "text/csv", 422),
            (b'{"id":"1"}\n' + b"[" * 100_000, ndjson, 422), (b'{"id":"1","id":"2"}', ndjson, 422), (b"{}\n" * 1000, ndjson, 422),
            (b'{"id":"1"', ndjson, 422), (b'{"id":[1]}', ndjson, 422), (b'{"id":"\xff"}', ndjson, 422),
        ]
        for body, kind, status in expected:
            answer = self.sheet(body, kind)
            self.assertIsNotNone(answer, body[:60])
            self.assertEqual(answer.status, status, (body[:60], answer))
            self.assertTrue(answer.json()["rows"], body[:60])
            self.assertLess(len(answer.body), 100_000)

    def test_a_sheet_of_errors_lists_them_up_to_a_limit(self):
        answer = self.sheet("id,value\n" + "".join(f"{i},not a number\n" for i in range(50_000)))
        self.assertEqual(answer.status, 422)
        self.assertEqual((len(answer.json()["rows"]), answer.json()["more_rows"]), (100, True))
        self.assertNotIn("not a number\\n", answer.body.decode())

    def test_a_sheet_of_too_many_rows_is_refused_before_it_fills_memory(self):
        answer = self.sheet(b"id\n" + b"a\n" * (16 << 20))
        self.assertEqual(answer.status, 422, answer)
        answer = self.sheet(b'{"id":"a"}\n' * 3_000_000, "application/x-ndjson")
        self.assertEqual(answer.status, 422, answer)

    def test_many_large_requests_at_once_take_turns(self):
        last = 181_000  # rows that a table of three columns may get at once
        sheet = b"id\n" + b"".join(b"%d\n" % (i % (last - 200)) for i in range(last))  # 200 of them twice
        document = b'{"rows":[' + b"[]," * 999_000 + b"[]]}"
        statuses, lock = [], threading.Lock()

        def send(large):
            answer = self.sheet(sheet) if large else self.one("POST", TABLE + "/rows", document, self.bearer())
            with lock:
                statuses.append(answer and answer.status)
        threads = [threading.Thread(target=send, args=(i % 2 == 0,)) for i in range(24 if FULL else 8)]
        for thread in threads:
            thread.start()
        self.serves_the_honest()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [400] * (len(threads) // 2) + [422] * (len(threads) // 2))

    # --- wrong credentials --------------------------------------------------------------------

    def me(self, token):
        return self.one("GET", "/v1/me", headers=self.bearer(token)).status

    def token(self, key=None, account="filler", epoch=None, expires=None, version=1):
        """A token as the service would make it, with what is asked for changed."""
        own = base64.urlsafe_b64decode(self.filler.split(".")[0] + "===")
        payload = (bytes([version]) + struct.pack(">I", struct.unpack(">I", own[1:5])[0] if epoch is None else epoch) +
                   struct.pack(">q", int((expires or time.time() + 3600) * 1_000_000)) + account.encode())

        def text(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        return text(payload) + "." + text(hmac.new(key or self.key, payload, hashlib.sha256).digest())

    def test_tokens_that_are_not_ours(self):
        self.assertEqual(self.me(self.token()), 200)  # the way they are made here is right
        for token in (self.token(key=b"k" * 32), self.token(expires=time.time() - 1), self.token(expires=1),
                      self.token(expires=-1e9), self.token(epoch=0), self.token(epoch=2**32 - 1), self.token(version=2),
                      self.token(account="nobody"), self.token(account="filler\0"), self.token(account=""),
                      self.filler + "A", self.filler[:-1], self.filler[:-2], self.filler.split(".")[0], "." + self.filler,
                      self.filler + "." + self.filler, self.filler.replace(".", ".."), self.filler.upper(), "." * 1000,
                      "A" * 10_000, "=", "null", " ", "'"):
            self.assertEqual(self.me(token), 401, token[:80])
        with self.wire() as wire:  # each bit once
            for i, c in enumerate(self.filler):
                for bit in range(8):
                    flipped = self.filler[:i] + chr(ord(c) ^ (1 << bit)) + self.filler[i + 1:]
                    if flipped.strip() != flipped or not flipped.isprintable() or not flipped.isascii():
                        continue
                    self.assertEqual(wire.ask("GET", "/v1/me", headers=self.bearer(flipped)).status, 401, flipped)

    def test_a_token_ends_with_its_account(self):
        with self.wire() as wire:
            login = wire.ask("POST", "/v1/login", {"account": "leaver", "password": SECRET})
            token = login.json()["token"]
            self.assertEqual(wire.ask("GET", "/v1/me", headers=self.bearer(token)).status, 200)
            closed = wire.ask("POST", "/v1/accounts/leaver/close", {"reason": "left"}, self.bearer(self.admin))
            self.assertEqual(closed.status, 200)
            self.assertEqual(wire.ask("GET", "/v1/me", headers=self.bearer(token)).status, 401)
            again = wire.ask("POST", "/v1/login", {"account": "leaver", "password": SECRET})
            self.assertEqual(again.status, 401)

    def test_ten_thousand_guesses_at_one_password(self):
        before = self.service.processor_seconds()
        attacker = Stubborn(self.service.port, self.source)
        got = [attacker.ask("POST", "/v1/login", {"account": "victim", "password": f"guess-{i:05d}"})
               for i in range(10_000)]
        attacker.close()
        statuses = [answer.status for answer in got]
        self.assertEqual((statuses[:10], set(statuses[10:])), ([401] * 10, {429}))
        self.assertTrue(all(int(a.headers["retry-after"]) >= 1 for a in got[10:]))
        # Refusing costs little: ten comparisons and ten thousand refusals.
        self.assertLess(self.service.processor_seconds() - before, 10)
        # Whose password it is sees it too, and for how long; others are served.
        with Wire(self.service.port, HONEST) as wire:
            own = wire.ask("POST", "/v1/login", {"account": "victim", "password": SECRET})
            self.assertEqual((own.status, own.json()["code"]), (429, "too_many_attempts"))
            self.assertGreater(int(own.headers["retry-after"]), 60)
            self.assertEqual(wire.ask("POST", "/v1/login", {"account": "office", "password": SECRET}).status, 200)

    def test_guesses_at_many_accounts_at_once(self):
        count = 2000 if FULL else 300
        answers, lock, numbers = [], threading.Lock(), iter(range(count))

        def guess():
            attacker = Stubborn(self.service.port, self.source)
            while True:
                with lock:
                    i = next(numbers, None)
                if i is None:
                    return attacker.close()
                answer = attacker.ask("POST", "/v1/login", {"account": f"someone-{i}", "password": "1234567890"})
                with lock:
                    answers.append(answer)
        threads = [threading.Thread(target=guess) for _ in range(32)]
        for thread in threads:
            thread.start()
        self.serves_the_honest()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), count)
        self.assertEqual({a.status for a in answers}, {401, 429})
        self.assertTrue(all("retry-after" in a.headers for a in answers if a.status == 429))
        self.assertLessEqual(sum(a.status == 401 for a in answers), 300)

    # --- too many -----------------------------------------------------------------------------

    def test_requests_beyond_the_rate_of_an_address(self):
        got = []
        with self.wire() as wire:
            for _ in range(200):
                wire.send(request("GET", "/healthz") * 100)
                got += [wire.read() for _ in range(100)]
                if got[-1].status == 429:
                    break
            self.assertEqual({a.status for a in got}, {200, 429})
            self.assertEqual(got[-1].headers["retry-after"], "1")
            self.assertEqual(got[-1].json()["code"], "too_many_requests")
            # Whoever says who it is is not counted among the strangers of its address.
            self.assertEqual(wire.ask("GET", "/v1/me", headers=self.bearer()).status, 200)
        self.serves_the_honest()

    def test_ten_thousand_connections(self):
        count = sockets_allowed(10_000)
        held = []
        try:
            # One address cannot take every place.
            for _ in range(count * 8 // 10):
                held.append(self.wire())
            self.serves_the_honest()
            # Several can; whoever comes then is told so.
            for i in range(count - len(held)):
                held.append(Wire(self.service.port, f"{self.source}{1 + i % 2}"))
            refused = answered(held, count - 1000)
            self.assertEqual(len(refused), count - 1000)
            statuses = collections.Counter(answer and answer.status for answer in map(Wire.read, refused))
            self.assertEqual(set(statuses), {503})
            with Wire(self.service.port, HONEST) as wire:
                self.assertEqual(wire.read().status, 503)
        finally:
            for wire in held:
                wire.socket.close()
        print(f"{count} connections: 1000 held, {len(refused)} refused: {dict(statuses)}")
        until(self.reachable, "an honest client got in after the flood")

    def test_connections_leave_open_files_for_the_log(self):
        data = self.directory / "small"
        cli("init", "--data", str(data), "--origin", "small.example/log", "--name", "管理员",
            COUNTERSIGN_PASSWORD=SECRET)
        service = Watched(data, *LIMITS, files=800)
        try:
            admin = Client(service, "admin", SECRET)
            held = [Wire(service.port, self.source) for _ in range(400)]
            refused = answered(held, 241)
            self.assertEqual(len(refused), 241)  # 800 files, 640 of them not for sockets, one taken
            self.must(admin, "PUT", "/v1/campaigns/hostile", DEFINITION)
            for wire in held:
                wire.socket.close()
            self.assertEqual(service.stop(), 0)
        finally:
            service.kill()

    def reachable(self):
        with Wire(self.service.port, HONEST) as wire:
            answer = wire.ask("GET", "/healthz")
            return answer is not None and answer.status == 200


if __name__ == "__main__":
    unittest.main()
