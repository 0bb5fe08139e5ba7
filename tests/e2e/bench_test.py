"""ops/bench measures all that it says, and tells it: its figures in tiny windows, whose values are not judged."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/load"))
from bench import edits, imports, report  # noqa: E402


def bench(*arguments, **environment):
    done = subprocess.run([sys.executable, "-B", "-m", "bench", "--build", os.environ["COUNTERSIGN_BUILD"], *arguments],
                          capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "tools/load"), **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "figures.json"
            cls.temporary = pathlib.Path(directory) / "temporary"
            cls.temporary.mkdir()
            cls.table = bench("--seconds", "0.2", "--rounds", "1", "--rows", "500", "--grow", "3000", "--no-peers", "--directory", directory,
                              "--json", str(file), TMPDIR=str(cls.temporary))
            cls.left = [one.name for one in pathlib.Path(directory).iterdir()]
            cls.left_besides = list(cls.temporary.iterdir())
            cls.figures = json.loads(file.read_text())
            cls.markdown = bench("--markdown", str(file))

    def test_every_kind_of_figure_is_there(self):
        self.assertEqual(set(self.figures), {"machine", "settings", "peers", "edits", "imports", "views", "start",
                                             "verify", "disk", "growth"})
        self.assertEqual(set(self.figures["machine"]), {"cores", "processor", "memory_gib", "disk", "system", "date"})
        self.assertEqual(set(self.figures["edits"]["by_clients"]), {"1", "16", "64"})
        for measured in self.figures["edits"]["by_clients"].values():
            for name in ("ours", "rocksdb", "echo"):
                for member in ("per_second", "p50_us", "p99_us", "ratio"):
                    self.assertGreater(measured[name][member], 0, (name, member))
            self.assertGreater(measured["ours"]["receipts_verified"], 0)
        self.assertGreater(self.figures["edits"]["by_clients"]["1"]["sync"]["p50_us"], 0)
        self.assertGreater(self.figures["edits"]["p50_to_sync_and_echo"], 0)
        for name in ("ours", "ndjson", "again", "rocksdb"):
            self.assertGreater(self.figures["imports"][name]["rows_per_second"], 0)
        self.assertGreaterEqual(self.figures["views"]["imported"]["rows"], 1000)
        self.assertGreater(self.figures["verify"]["ratio"], 0)
        self.assertGreater(self.figures["disk"]["log_bytes_per_edit"], 0)
        grown, = self.figures["growth"]
        self.assertGreaterEqual(grown["entries"], 3000)
        for name, member in (("edits", "ratio"), ("history", "p99_us"), ("record", "p99_us"), ("metrics", "p99_us"),
                             ("past_sheet", "rows"), ("start", "ready_seconds"), ("memory", "resident")):
            self.assertGreater(grown[name][member], 0, (name, member))

    def test_the_record_is_the_one_that_is_promised(self):
        self.assertEqual(self.figures["edits"]["record_bytes"], 350)
        self.assertGreater(self.figures["edits"]["request_bytes"], 350)

    def test_the_table_names_every_target_and_what_was_not_measured(self):
        for told in (self.table, self.markdown):
            for figure in ("single-row edits a second, 64 clients", "offline verify, entries a second",
                           "disk of a single-row edit", "a department's record at ", "limit: Beast echo", "limit: write and fdatasync"):
                self.assertIn(figure, told)
            self.assertIn("PostgreSQL was not measured: --no-peers was given", told)
            self.assertRegex(told, r"to PostgreSQL's hash chain\W+not measured")
        self.assertIn("| It must show | Measured |", self.markdown)

    def test_nothing_is_left_behind(self):
        self.assertEqual(sorted(self.left), ["figures.json", "temporary"])
        self.assertEqual(self.left_besides, [])


class Report(unittest.TestCase):
    def test_a_target_is_met_from_the_right_side(self):
        self.assertTrue(report.Target("rate", 10, 10).met())
        self.assertFalse(report.Target("rate", 9.9, 10).met())
        self.assertTrue(report.Target("delay", 10, 10, at_most=True).met())
        self.assertFalse(report.Target("delay", 10.1, 10, at_most=True).met())
        self.assertIsNone(report.Target("ratio", None, 2).met())
        self.assertIsNone(report.Target("ratio", 3, None, 2).met())

    def test_peers_are_in_the_table_when_they_were_measured(self):
        one = {"per_second": 20, "p50_us": 1, "p99_us": 2, "ratio": 4.0, "receipts_verified": 3}
        measured = {"ours": one, "echo": one, "trigger": one, "chain": one}
        figures = {"by_clients": {"1": measured, "64": measured}, "record_bytes": 350, "stored_bytes": 1, "answer_bytes": 1,
                   "entries": 5, "audit_rows": {"trigger": 7, "chain": 8}, "p50_to_sync_and_echo": 1.0}
        cells = [line.cells() for line in edits.lines(figures)]
        self.assertIn("PostgreSQL, audit trigger", {row[1] for row in cells})
        self.assertIn("7 audit rows", {row[9] for row in cells})
        told = {target.figure: target.met() for target in edits.targets(figures)}
        self.assertTrue(told["… to PostgreSQL's audit trigger"])
        self.assertFalse(told["… to PostgreSQL's hash chain"])
        rate = {"rows_per_second": 1, "ratio": 2.0, "answered_rows_per_second": 2}
        sheet = {"rows": 1, "record_bytes": 1, "stored_bytes_per_row": 1, "entries": 1, "ours": rate, "rocksdb": rate,
                 "again": {"rows_per_second": 1, "to_first": 1.0}, "trigger": rate}
        self.assertIn("PostgreSQL COPY, audit trigger", {line.who for line in imports.lines(sheet)})
        told = {target.figure: target.met() for target in imports.targets(sheet)}
        self.assertTrue(told["… to PostgreSQL's audit trigger by COPY"])
        self.assertIsNone(told["… to hypercore's unsynced appends"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
