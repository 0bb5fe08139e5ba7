"""A ledger of its own, and the service over it as a real process."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from .rows import CAMPAIGN

PASSWORD = "bench bench bench"


class Ledger:
    """A fresh ledger with one campaign, open for filling; served from start() to stop()."""

    def __init__(self, build, data, definition):
        self.build, self.data, self.process = build, data, None
        subprocess.run([str(build / "tools/countersign"), "init", "--data", str(data), "--origin", "bench.example/bench",
                        "--name", "Bench"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "COUNTERSIGN_PASSWORD": PASSWORD})
        self.start()
        self.request("PUT", f"/v1/campaigns/{CAMPAIGN}", definition, "admin")
        for account in ("office", "filler"):
            self.request("POST", f"/v1/accounts/{account}/password", {"password": PASSWORD}, "admin")
        self.request("POST", f"/v1/campaigns/{CAMPAIGN}/assignments", {}, "office")
        self.request("POST", f"/v1/campaigns/{CAMPAIGN}/phases/p/open", {}, "office")
        self.key = self.request("GET", "/log/vkey").strip()

    @classmethod
    def of(cls, build, data):
        """One that is there already."""
        self = cls.__new__(cls)
        self.build, self.data, self.process = build, data, None
        self.start()
        return self

    def start(self):
        """Returns after how many seconds it answered; does nothing while it runs."""
        if self.process is not None:
            return 0.0
        # A socket's path may have 107 bytes, which that of the data may be too long for.
        self.directory = pathlib.Path(tempfile.mkdtemp())
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [str(self.build / "api/countersignd"), "--data", str(self.data), "--listen", "127.0.0.1:0",
             "--unix_socket", str(self.directory / "socket"), "--log_level", "warn"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise SystemExit("bench: the service did not start")
        self.url = line.split("listening on ")[1].split()[0]
        self.socket = f"unix:{self.directory / 'socket'}"
        self.tokens = {}
        return time.monotonic() - begin

    def stop(self):
        if self.process is not None:
            self.end(signal.SIGTERM)

    def end(self, how):
        """Sends the running service a signal that ends it, and waits until it has."""
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        self.process = None
        shutil.rmtree(self.directory)

    def request(self, method, target, body=None, account=None, headers=None, into=None):
        """The answer, parsed when it is JSON; written to the file `into` when that is given."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=600)
        headers = dict(headers or {})
        if account:
            headers["Authorization"] = "Bearer " + self.token(account)
        connection.request(method, target, body.encode() if isinstance(body, str) else
                           json.dumps(body).encode() if body is not None else None, headers)
        reply = connection.getresponse()
        if reply.status >= 300:
            raise SystemExit(f"bench: {method} {target}: {reply.status} {reply.read()[:300]}")
        if into:
            with into.open("wb") as out:
                shutil.copyfileobj(reply, out, 1 << 20)
            return None
        text = reply.read()
        try:
            return json.loads(text)
        except ValueError:
            return text.decode()

    def token(self, account, password=PASSWORD):
        if account not in self.tokens:
            self.tokens[account] = self.request("POST", "/v1/login", {"account": account, "password": password})["token"]
        return self.tokens[account]

    def size(self):
        return self.request("GET", "/v1/ledger")["size"]

    def catch_up(self):
        """Waits until the views hold every entry; returns after how many seconds they did."""
        begin = time.monotonic()
        while True:
            state = self.request("GET", "/v1/ledger")
            if state["applied"] >= state["size"]:
                return time.monotonic() - begin
            time.sleep(0.002)

    def forget_views(self):
        """They are built again by the next start. The service must be stopped."""
        for file in self.data.glob("views.sqlite*"):
            file.unlink()

    def write_ahead_bytes(self):
        return sum(file.stat().st_size for file in (self.data / "db").glob("*.log"))
