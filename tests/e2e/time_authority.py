"""A real time-stamping authority for tests: `openssl ts -reply` behind HTTP, with keys made anew."""
import http.server
import pathlib
import re
import subprocess
import threading


def run(*arguments, **options):
    return subprocess.run([str(one) for one in arguments], check=True, capture_output=True, **options)


class TimeAuthority:
    """Serves on a port that stays the same; `mode` says how it answers: well, or not."""

    POLICY = "1.2.3.4.1"

    def __init__(self, directory, port=0):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.mode, self.asked, self.replies = "well", 0, []
        self.lock = threading.Lock()
        self.make_keys()
        self.port = port
        self.server = None
        self.start()

    def make_keys(self):
        at = self.directory
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self.ca = at / "ca.pem"
        run("openssl", "req", "-x509", *key, "-keyout", at / "ca.key", "-out", self.ca, "-days", 3,
            "-subj", "/CN=Root of test time")
        run("openssl", "req", *key, "-keyout", at / "tsa.key", "-out", at / "tsa.csr", "-subj", "/CN=Test time")
        (at / "usage").write_text("extendedKeyUsage=critical,timeStamping\n")
        run("openssl", "x509", "-req", "-in", at / "tsa.csr", "-CA", self.ca, "-CAkey", at / "ca.key",
            "-set_serial", 2, "-days", 2, "-extfile", at / "usage", "-out", at / "tsa.pem")
        (at / "serial").write_text("01\n")
        (at / "ts.conf").write_text(f"""[tsa]
default_tsa = one
[one]
serial = {at}/serial
signer_cert = {at}/tsa.pem
signer_key = {at}/tsa.key
signer_digest = sha256
default_policy = {self.POLICY}
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
""")

    def reply_to(self, query):
        with self.lock:  # openssl counts in a file
            self.asked += 1
            mode = self.mode
            if mode == "fails":
                return 500, "text/plain", b"no"
            if mode == "prose":
                return 200, "text/html", b"<html>"
            if mode == "garbage":
                return 200, "application/timestamp-reply", b"0\x03\x02\x01\x00garbage"
            if mode == "replays":
                return 200, "application/timestamp-reply", self.replies[0]
            (self.directory / "query").write_bytes(query)
            reply = run("openssl", "ts", "-reply", "-config", self.directory / "ts.conf", "-queryfile",
                        self.directory / "query").stdout
            self.replies.append(reply)
            return 200, "application/timestamp-reply", reply

    def start(self):
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query", self.headers
                status, kind, reply = authority.reply_to(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/tsr"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def options(self):
        return ["--timestamp_url", self.url, "--timestamp_ca", str(self.ca)]


def openssl_verifies(checkpoint, token, ca, *more):
    """What a stranger does who has none of our programs."""
    done = subprocess.run(["openssl", "ts", "-verify", "-data", str(checkpoint), "-in", str(token), "-CAfile", str(ca),
                           *more], capture_output=True, text=True)
    return done.returncode == 0 and re.search("Verification: OK", done.stdout + done.stderr) is not None
