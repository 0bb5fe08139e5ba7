"""Tokens that are not ours, and guesses at passwords."""
import base64
import hashlib
import hmac
import struct
import threading
import time
import unittest

from under_attack import FULL, SECRET, HONEST, Hostile
from wire import Stubborn, Wire


class Credentials(Hostile):
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
        with Wire(self.service.port, HONEST) as wire:
            token = wire.ask("POST", "/v1/login", {"account": "victim", "password": SECRET}).json()["token"]
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
            # Who is logged in goes on, and signs before the table is due.
            again = wire.ask("POST", "/v1/password", {"password": SECRET, "new_password": SECRET + " more"},
                             self.bearer(token))
            self.assertEqual(again.status, 200, again.body)
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


if __name__ == "__main__":
    unittest.main()
