"""Each rule of tools/check_includes refuses a tree that breaks it, and a clean tree passes."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EDGES = "ledger/base :\nledger/log : ledger/base\nprojections : ledger/base ledger/log/seam.h\ntests : ledger\n"


class CheckIncludes(unittest.TestCase):
    def check(self, files, edges=EDGES):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for path, text in {"tools/include_edges.txt": edges, **files}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            done = subprocess.run([sys.executable, ROOT / "tools/check_includes", directory],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
            return done.stdout

    def test_the_allowed_direction_passes(self):
        self.assertEqual(self.check({"ledger/log/a.cc": '#include "ledger/base/b.h"\n',
                                     "projections/p.cc": '#include "ledger/log/seam.h"\n'}), "")

    def test_the_other_direction_is_refused(self):
        self.assertIn("ledger/base/b.cc:1", self.check({"ledger/base/b.cc": '#include "ledger/log/a.h"\n'}))
        self.assertIn("may not include", self.check({"projections/p.cc": '#include "ledger/log/other.h"\n'}))

    def test_a_circle_is_refused(self):
        self.assertIn("circle", self.check({}, "ledger/base : ledger/log\nledger/log : ledger/base\n"))

    def test_third_party_walls_hold(self):
        for header in ("rocksdb/db.h", "openssl/evp.h", "sqlite3.h", "boost/asio.hpp", "nlohmann/json.hpp"):
            self.assertIn("may not be included here", self.check({"ledger/base/b.h": f"#include <{header}>\n"}))

    def test_compiler_traps_are_found(self):
        self.assertIn("capturing lambda", self.check({"ledger/base/b.cc": "co_await f([x = y](int) {});\n"}))

    def test_long_files_and_unfinished_words_are_refused(self):
        self.assertIn("longer than", self.check({"ledger/base/b.cc": "int x;\n" * 601}))
        self.assertIn("unfinished", self.check({"ledger/base/b.cc": "// TO" "DO later\n"}))

    def test_a_test_that_nothing_builds_is_refused(self):
        self.assertIn("no CMakeLists.txt names", self.check({"tests/x/a_test.cc": "", "tests/x/CMakeLists.txt": ""}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
