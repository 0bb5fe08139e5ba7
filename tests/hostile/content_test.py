"""Bodies meant to do harm: documents, sheets and files."""
import json
import threading
import unittest

from under_attack import FULL, TABLE, DEFINITION, SECRET, Client, Hostile
from wire import request, until


class Content(Hostile):
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

    def test_a_stream_with_a_body_stops_no_import(self):
        # A body that would take all the room there is for bodies, with an answer that never ends.
        for target in ("/v1/events", "/v1/log/export", "/v1/campaigns/hostile/changes", TABLE + "/rows"):
            answer = self.one("GET", target, b"x" * (128 << 10), self.bearer())
            self.assertEqual((answer.status, answer.json()["code"]), (400, "body_not_taken"), target)
        sheet = b"id\n" + b"".join(b"stream-%d\n" % i for i in range(20_000))
        with self.wire() as follower:
            follower.send(request("GET", "/v1/events", headers={**self.bearer(), "Transfer-Encoding": "chunked"}) + b"0\r\n\r\n")
            self.assertTrue(follower.fill())
            self.assertEqual(self.sheet(sheet).status, 200)

    def test_uploads_that_are_held_shut_nobody_out(self):
        victim = Client(self.service, "victim", SECRET).token
        waiting = {"Transfer-Encoding": "chunked", "Expect": "100-continue", "Content-Type": "text/csv"}

        def begin(wire, token, target=TABLE + "/sheet"):
            wire.send(request("PUT", target, headers={**self.bearer(token), **waiting}))
            return wire.read()
        # Who may not fill the table, or names one that there is not, is told so before the first byte.
        for token, target, status in ((self.admin, TABLE + "/sheet", 403), (self.filler, TABLE + "x/sheet", 404),
                                      (self.filler, "/v1/campaigns/other", 403)):
            with self.wire() as wire:
                self.assertEqual(begin(wire, token, target).status, status, target)
        with self.wire() as first, self.wire() as second, self.wire() as third, self.wire() as fourth, self.wire() as fifth:
            for wire, token, status in ((first, self.filler, 100), (second, self.filler, 100), (third, self.filler, 503),
                                        (fourth, victim, 100), (fifth, victim, 503)):
                answer = begin(wire, token)
                self.assertEqual(answer.status, status, answer)
                if status == 503:
                    self.assertEqual((answer.headers["retry-after"], answer.json()["code"]), ("1", "too_much_at_once"))
            login = {"account": "victim", "password": SECRET}
            self.assertEqual(self.one("POST", "/v1/login", login).status, 200)
            edit = {"cells": {"id": "held", "value": "1"}}
            self.assertEqual(self.one("PUT", TABLE + "/rows/held", edit, self.bearer(victim)).status, 200)

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


if __name__ == "__main__":
    unittest.main()
