"""HTTP meant to do harm: too much, too slow, ambiguous, too many connections; over raw sockets."""
import collections
import time
import unittest

from under_attack import FULL, SECRET, TABLE, HONEST, DEFINITION, LIMITS, Hostile
from harness import Client, cli
from wire import Watched, Wire, answered, request, sockets_allowed, until


class Protocol(Hostile):
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


if __name__ == "__main__":
    unittest.main()
