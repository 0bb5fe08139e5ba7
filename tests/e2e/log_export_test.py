"""An export of the log is written as it comes: memory does not grow with it, and a file that has its name is whole."""
import http.server
import os
import pathlib
import stat
import subprocess
import tempfile
import threading
import unittest

from harness import CLI, cli

PIECE = b"x" * (1 << 20)
PIECES = 400


class Exporting(http.server.BaseHTTPRequestHandler):
    """A service that sends as many pieces as `pieces` says, and may break off instead of ending."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.refused:
            body = b'{"guard":{"en":"not for this role"},"code":"forbidden"}'
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(self.server.pieces):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(PIECE), PIECE))
        if self.server.broken:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class LogExport(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        self.file = self.root / "log.ndjson"
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporting)
        self.server.pieces, self.server.broken, self.server.refused = 3, False, False
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.environment = {"HOME": str(self.root), "XDG_CONFIG_HOME": str(self.root), "COUNTERSIGN_TOKEN": "t",
                            "COUNTERSIGN_URL": f"http://127.0.0.1:{self.server.server_address[1]}"}

    def test_memory_does_not_grow_with_it(self):
        self.server.pieces = PIECES
        process = subprocess.Popen([CLI, "log-export", str(self.file)], env={**os.environ, **self.environment},
                                   stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.file.stat().st_size, PIECES * len(PIECE))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        # In kibibytes. The whole export would be four times that.
        self.assertLess(used.ru_maxrss, 100 * 1024)

    def test_one_that_broke_off_or_was_refused_leaves_what_was_there(self):
        self.file.write_text("an earlier one")
        for name, why in (("broken", "the connection broke"), ("refused", "not for this role")):
            self.server.broken = self.server.refused = False
            setattr(self.server, name, True)
            done = cli("log-export", str(self.file), check=False, **self.environment)
            self.assertEqual(done.returncode, 1)
            self.assertIn(why, done.stderr)
            self.assertEqual(self.file.read_text(), "an earlier one")
            self.assertEqual(list(self.root.iterdir()), [self.file])
        self.server.refused = False
        cli("log-export", str(self.file), **self.environment)
        self.assertEqual(self.file.stat().st_size, 3 * len(PIECE))

    def test_nothing_but_a_file_is_replaced(self):
        link = self.root / "link"
        link.symlink_to(self.file)
        self.file.write_text("elsewhere")
        done = cli("log-export", str(link), check=False, **self.environment)
        self.assertEqual((done.returncode, self.file.read_text()), (1, "elsewhere"))
        self.assertIn("no regular file", done.stderr)
        self.assertTrue(link.is_symlink())


if __name__ == "__main__":
    unittest.main()
