"""Raw sockets to the service: what an HTTP library would never send, and every answer counted."""
import collections
import json
import os
import resource
import select
import signal
import socket
import subprocess
import tempfile
import time

from harness import SERVICE

TALLY = collections.Counter()   # answers by status
PATIENCE = 60                   # seconds until something that should have been cut off counts as hanging


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


class Wire:
    """One connection. `source` is the loopback address it comes from: another one is another client."""

    def __init__(self, port, source="127.0.0.1", patience=PATIENCE):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience,
                                               source_address=(source, 0))
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False: the service closed while we sent, which it may; its answer can still be read."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def fill(self):
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            return False
        self.buffer += data
        return bool(data)

    def read(self, bodiless=False):
        """The next answer; None when the connection ended instead."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        assert lines[0].startswith("HTTP/1."), lines[0]
        status = int(lines[0].split()[1])
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        length = 0 if bodiless else int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            if not self.fill():
                return None
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        TALLY[status] += 1
        return Answer(status, headers, body)

    def all(self):
        """Every answer until the service closes."""
        answers = []
        while (answer := self.read()) is not None:
            answers.append(answer)
        return answers

    def closed(self):
        """That nothing more comes: the service ended the connection."""
        return not self.buffer and not self.fill()

    def ask(self, method, target, body=b"", headers=None, bodiless=False):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if isinstance(body, str):
            body = body.encode()
        self.send(request(method, target, body, headers))
        return self.read(bodiless)


class Stubborn:
    """Asks again and again, on a new connection whenever the service closed the last one."""

    def __init__(self, port, source):
        self.where = (port, source)
        self.wire = None

    def ask(self, *arguments):
        if self.wire is None:
            self.wire = Wire(*self.where)
        answer = self.wire.ask(*arguments)
        if answer is None or answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self):
        if self.wire is not None:
            self.wire.socket.close()
        self.wire = None


def request(method, target, body=b"", headers=None):
    """The bytes of a request; header values and the target go out as they are."""
    lines = [f"{method} {target} HTTP/1.1", "Host: hostile.example"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Watched:
    """countersignd, watched for its process, its memory and its time on the processor."""

    def __init__(self, data, *flags, files=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([SERVICE, "--data", str(data), "--listen", "127.0.0.1:0", *flags],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        preexec_fn=limit if files else None)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise AssertionError("the service did not start: " + self.diagnostics()[-2000:])
        self.host = line.split("http://")[1].split()[0]
        self.port = int(self.host.rsplit(":", 1)[1])
        self.pid = self.process.pid

    def diagnostics(self):
        self.log.seek(0)
        return self.log.read().decode()

    def alive(self):
        return self.process.poll() is None

    def peak_mib(self):
        with open(f"/proc/{self.pid}/status") as status:
            line, = [line for line in status if line.startswith("VmHWM")]
        return int(line.split()[1]) // 1024

    def processor_seconds(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.process.wait()


def sockets_allowed(wanted):
    """Raises this process's limit of open files; how many of the sockets wanted it then allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 100:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 100), hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(wanted, soft - 100)


def answered(wires, at_least, patience=PATIENCE):
    """Those the service has said something to, or closed, once there are `at_least` of them."""
    by_number = {wire.socket.fileno(): wire for wire in wires}
    poll = select.poll()
    for number in by_number:
        poll.register(number, select.POLLIN)
    found, deadline = [], time.monotonic() + patience
    while len(found) < at_least and time.monotonic() < deadline:
        for number, _ in poll.poll(1000):
            poll.unregister(number)
            found.append(by_number[number])
    return found


def until(condition, what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("still not: " + what)
        time.sleep(0.02)
