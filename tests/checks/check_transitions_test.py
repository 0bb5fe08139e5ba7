"""The tree's own documents hold, and each way in which they can go wrong is refused."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TRANSITIONS = "ledger/domain/TRANSITIONS.md"
REQUIREMENTS = "tests/REQUIREMENTS.md"


class CheckTransitions(unittest.TestCase):
    def check(self, path=None, change=None):
        """What is said of a copy in which `change` was made to the text of one file."""
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for one in (TRANSITIONS, "ledger/domain/refusal.h", "ledger/domain/refusal.cc", "api/http/problem.cc"):
                (root / one).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / one, root / one)
            shutil.copytree(ROOT / "tests", root / "tests", ignore=shutil.ignore_patterns("corpus"))
            if path:
                before = (root / path).read_text()
                after = change(before)
                self.assertNotEqual(before, after)
                (root / path).write_text(after)
            done = subprocess.run([sys.executable, ROOT / "tools/check_transitions", directory],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1 if done.stdout else 0, done.stderr)
            return done.stdout

    def test_the_documents_hold(self):
        self.assertEqual(self.check(), "")

    def test_a_test_that_does_not_exist_is_refused(self):
        name = "Cases.WhoIsAPartyDoesNotConcludeOrCorrect"
        self.assertIn("there is no test Cases.Nobody",
                      self.check(TRANSITIONS, lambda text: text.replace(name, "Cases.Nobody")))
        self.assertIn("there is no test e2e/trace_test.py::test_none", self.check(
            REQUIREMENTS, lambda text: text.replace("trace_test.py::test_the_five_questions_as_csv_and_json_in_both_"
                                                    "languages", "trace_test.py::test_none")))

    def test_a_guard_without_a_row_is_refused(self):
        said = self.check("ledger/domain/refusal.h",
                          lambda text: text.replace("  unknown_account,", "  unknown_account,\n  unknown_account,"))
        self.assertIn("answers", said)
        self.assertIn("no row names the guard minutes_missing",
                      self.check(TRANSITIONS, lambda text: text.replace("`quorum_missing` `minutes_missing` |", "– |")))
        self.assertIn("quorum is no refusal code",
                      self.check(TRANSITIONS, lambda text: text.replace("`quorum_missing` `minutes", "`quorum` `minutes")))

    def test_a_row_or_requirement_without_a_test_is_refused(self):
        name = "`Proceedings.ADecisionNeedsItsQuorumAndItsMinutes`"
        self.assertIn("no test shows it", self.check(TRANSITIONS, lambda text: text.replace(name, "")))
        self.assertIn("R12 has 0 rows", self.check(REQUIREMENTS, lambda text: text.replace("| R12 |", "| R-12 |")))
        row = "e2e/trace_test.py::test_the_five_questions_as_csv_and_json_in_both_languages"
        self.assertIn("R18 names no test", self.check(REQUIREMENTS, lambda text: text.replace(f"`{row}`", "")))

    def test_answers_that_are_not_the_codes_are_refused(self):
        self.assertIn("answers are not", self.check("ledger/domain/refusal.cc",
                                                    lambda text: text.replace("Log in again", "Log in once more")))
        self.assertIn("answers are not", self.check("api/http/problem.cc",
                                                    lambda text: text.replace("return 409;", "return 408;", 1)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
