"""What the end-to-end tests share: the built programs as real processes, HTTP, and an RFC 6962
verifier of its own, so that receipts are judged by other code than the code that made them."""
import base64
import fcntl
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse

BUILD = pathlib.Path(os.environ["COUNTERSIGN_BUILD"])
CLI = str(BUILD / "tools/countersign")
VERIFY = str(BUILD / "tools/countersign-verify")
SERVICE = str(BUILD / "api/countersignd")
FOREIGN = str(BUILD / "tests/foreign/foreign-verify")


# The demonstration in the midst of its work: the window is open, some tables are not done.
MIDWAY = "2020-11-06T10:00:00+08:00"


def password(account):
    """The demonstration accounts' passwords."""
    return f"jiangpan-{account}-2020"


class Service:
    """countersignd on a free port."""

    def __init__(self, data, *options, **environment):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [SERVICE, "--data", str(data), "--listen", "127.0.0.1:0", *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **environment})
        line = self.process.stdout.readline()
        if "listening on http" not in line:
            self.log.seek(0)
            raise AssertionError("the service did not start: " + self.log.read().decode()[-2000:])
        self.url = line.split("listening on ")[1].split()[0]
        self.host = self.url.split("://")[1]

    def diagnostics(self):
        self.log.seek(0)
        return self.log.read().decode()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.process.wait()


class SocketConnection(http.client.HTTPConnection):
    """Over a Unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Client:
    """One connection as one account."""

    def __init__(self, service, account=None, secret=None, tls=None, unix_socket=None):
        """`tls` is an ssl.SSLContext that trusts the service."""
        self.connection = (SocketConnection(unix_socket, 60) if unix_socket else
                           http.client.HTTPSConnection(service.host, timeout=60, context=tls) if tls
                           else http.client.HTTPConnection(service.host, timeout=60))
        self.token = None
        if account:
            status, reply = self.request("POST", "/v1/login",
                                         {"account": account, "password": secret or password(account)})
            assert status == 200, reply
            self.token = reply["token"]

    def raw(self, method, target, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        self.connection.request(method, target, body, headers)
        reply = self.connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()

    def request(self, method, target, body=None, headers=None):
        status, _, text = self.raw(method, target, body, headers)
        return status, json.loads(text) if text else None

    def get(self, target):
        status, reply = self.request("GET", target)
        assert status == 200, (target, status, reply)
        return reply


def cli(*arguments, check=True, **environment):
    done = subprocess.run([CLI, *arguments], capture_output=True, text=True,
                          env={**os.environ, **environment})
    if check and done.returncode != 0:
        raise AssertionError(f"countersign {' '.join(arguments)}: {done.stderr}")
    return done


def demonstration(data, until=None):
    """A copy of the demonstration, played up to `until` (to its end), in the directory `data`; returns its story.
    It is played once a build and kept there: playing takes a minute, and what is played is always the same."""
    kept = BUILD / "tests/e2e/demonstrations"
    kept.mkdir(parents=True, exist_ok=True)
    name = "end" if until is None else until.replace(":", "")
    built = max(pathlib.Path(program).stat().st_mtime for program in (CLI, SERVICE))
    with open(kept / (name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        story = kept / (name + ".txt")
        if not story.exists() or story.stat().st_mtime < built:
            shutil.rmtree(kept / name, ignore_errors=True)
            told = cli("demo", "--data", str(kept / name), *(("--until", until) if until else ())).stdout
            story.write_text(told)
        shutil.copytree(kept / name, data)
        return story.read_text()


def quote(text):
    return urllib.parse.quote(text, safe="")


# --- JSON Schema, as far as the OpenAPI document uses it ---------------------------------------

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None)}


def schema_problem(value, schema, document, path="$"):
    """The first place where the value is not what the schema says, or None."""
    if "$ref" in schema:
        target = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return schema_problem(value, target, document, path)
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        fits = any(isinstance(value, TYPES[k]) and not (k == "integer" and isinstance(value, bool)) for k in kinds)
        if not fits:
            return f"{path} is {type(value).__name__}, not {kinds}"
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                return f"{path} lacks {name}"
        for name, member in value.items():
            extra = schema.get("additionalProperties", True)
            if name in properties:
                found = schema_problem(member, properties[name], document, f"{path}.{name}")
            elif extra is False:
                found = f"{path} has {name}, which is not documented"
            else:
                found = schema_problem(member, extra, document, f"{path}.{name}") if isinstance(extra, dict) else None
            if found:
                return found
    if isinstance(value, list) and "items" in schema:
        for i, element in enumerate(value):
            found = schema_problem(element, schema["items"], document, f"{path}[{i}]")
            if found:
                return found
    return None


# --- RFC 6962, from the standard's text -------------------------------------------------------

def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def parse_proof(text):
    """Index, path and (size, root) of a tlog-proof. The note's signature is for others to check."""
    head, note = text.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1", lines[0]
    index = int(lines[1].removeprefix("index "))
    path = [base64.b64decode(line) for line in lines[2:]]
    return index, path, parse_checkpoint(note)


def parse_checkpoint(note):
    origin, size, root = note.split("\n")[:3]
    return int(size), base64.b64decode(root)


def inclusion_holds(leaf, index, size, path, root):
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_holds(first, second, path, first_root, second_root):
    if first == second:
        return not path and first_root == second_root
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0
