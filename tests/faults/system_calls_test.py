"""Faults injected into the system calls by which a ledger writes: each kind of call, on each kind
of file, fails once (EIO, ENOSPC) and is once the last thing a process does (SIGKILL); writes are
cut short by a preloaded library and by the operating system's limit of file sizes.

Whatever happens: the process goes on, or stops with a sentence and a non-zero end; never a crash.
After a clean start crash_judge finds all that was acknowledged, nothing applied twice, and fsck
finds nothing.

strace's own retval= cannot make a short write: it says that bytes were written and writes none.

Longer: COUNTERSIGN_FAULT_POSITIONS, how many places of each kind are hit."""
import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["COUNTERSIGN_BUILD"])
WRITER = str(BUILD / "tests/crash/crash_writer")
JUDGE = str(BUILD / "tests/crash/crash_judge")
SHORT_WRITES = str(BUILD / "tests/faults/libshort_writes.so")
POSITIONS = int(os.environ.get("COUNTERSIGN_FAULT_POSITIONS", "1"))
WRITERS = 4
COMMANDS = 20

CALLS = ("write", "pwrite64", "writev", "fdatasync", "fsync", "sync_file_range", "fallocate",
         "openat", "rename", "unlink", "ftruncate", "mkdir", "close")
NO_SPACE = ("write", "pwrite64", "writev", "fdatasync", "fsync", "fallocate", "openat", "rename", "mkdir")
# A writer cannot be without these; if the list of calls comes out shorter, the test saw nothing.
SURE = {"write", "fdatasync", "fsync", "openat", "rename", "unlink", "close"}


def faults_of(call):
    # RocksDB asks once for each file, with no flags and so without any reading or writing, whether
    # this call is there. ENOSYS is the one answer but yes that it expects; on another its own
    # assertion ends the process.
    if call == "sync_file_range":
        return "ENOSYS", "SIGKILL"
    return ("EIO", "ENOSPC", "SIGKILL") if call in NO_SPACE else ("EIO", "SIGKILL")


def kind_of(line):
    """The kind of file that a traced call works on, or None when it writes nothing of ours."""
    if "writev(1<" in line:
        return "acknowledgement"
    path = re.search(r"ledger/([^\">]*)", line)
    if path is None or (" openat(" in line and "O_CREAT" not in line):
        return None
    name = path[1]
    for pattern, kind in ((r"\.log$", "wal"), (r"\.sst$", "table"), (r"MANIFEST", "manifest"),
                          (r"CURRENT|dbtmp", "current"), (r"published", "published"), (r"OPTIONS", "options"),
                          (r"/LOG", "diagnostics"), (r"LOCK", "lock"), (r"^db/?$", "directory")):
        if re.search(pattern, name):
            return kind
    return "other"


def run(directory, prefix=(), environment=None, limit=None):
    """A writer's end and what it said."""
    def before():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    process = subprocess.run(
        [*prefix, WRITER, str(directory / "ledger"), *["1"] * WRITERS], capture_output=True, timeout=120,
        preexec_fn=before if limit else None,
        env={**os.environ, "COUNTERSIGN_CRASH_COMMANDS": str(COMMANDS), **(environment or {})})
    (directory / "said").write_bytes(process.stdout)
    return process.returncode, process.stderr.decode(errors="replace")


class SystemCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp())
        cls.made = cls.root / "made"
        cls.made.mkdir()
        subprocess.run([JUDGE, "--make", str(cls.made / "ledger")], check=True)
        cls.number = 0

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def fresh(self):
        type(self).number += 1
        directory = self.root / str(self.number)
        shutil.copytree(self.made, directory)
        return directory

    def judge(self, directory):
        """(what is wrong or None, receipts)"""
        done = subprocess.run([JUDGE, str(directory / "ledger"), str(WRITERS)],
                              stdin=(directory / "said").open("rb"), capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            return done.stderr, 0
        return None, int(done.stdout.split()[0])

    def positions(self):
        """For each call and kind of file: which calls of a thread they are."""
        directory = self.fresh()
        code, error = run(directory, ["strace", "-f", "-y", "-qq", "-o", str(directory / "trace"),
                                      "-e", "trace=" + ",".join(CALLS)])
        self.assertEqual(code, 0, "strace cannot attach to its own child: " + error)
        counts = collections.Counter()
        found = collections.defaultdict(set)
        for line in (directory / "trace").read_text(errors="replace").splitlines():
            parts = re.match(r"(\d+) +(\w+)\(", line)
            if parts is None:
                continue  # the second half of a call that another thread's interrupted
            thread, call = parts[1], parts[2]
            counts[thread, call] += 1
            kind = kind_of(line)
            if kind is not None:
                found[call, kind].add(counts[thread, call])
        self.assertLessEqual(SURE, {call for call, _ in found}, "the trace is not of a writing ledger")
        shutil.rmtree(directory)
        return found

    def inject(self, call, kind, number, fault):
        directory = self.fresh()
        how = "signal=SIGKILL" if fault == "SIGKILL" else f"error={fault}"
        trace = directory / "trace"
        code, error = run(directory, ["strace", "-f", "-y", "-qq", "-o", str(trace), "-e", f"trace={call}",
                                      "-e", f"inject={call}:{how}:when={number}"])
        text = trace.read_text(errors="replace")
        met = text.count("(INJECTED)") if fault != "SIGKILL" else int("killed by SIGKILL" in text)
        wrong, receipts = self.judge(directory)
        allowed = (0, 1) if fault != "SIGKILL" else (0, 1, -signal.SIGKILL)
        if code == 127 and "error while loading shared libraries" in error:
            # Calls are counted by thread, and the first ones of the first thread are the loader's: what was met
            # is not ours, and nothing of ours began.
            met = 0
        elif code not in allowed:
            wrong = f"it ended with {code}: {error}"
        if code == 1 and not error:
            wrong = "it stopped without a sentence"
        if wrong is None:
            shutil.rmtree(directory)
        return call, kind, number, fault, met, code, receipts, wrong

    def test_every_call_fails_and_is_the_last(self):
        jobs = []
        for (call, kind), numbers in sorted(self.positions().items()):
            numbers = sorted(numbers)
            chosen = {numbers[i * (len(numbers) - 1) // max(1, POSITIONS - 1)] for i in range(POSITIONS)} \
                if POSITIONS > 1 else {numbers[len(numbers) // 2]}
            for number in sorted(chosen):
                for fault in faults_of(call):
                    jobs.append((call, kind, number, fault))
        table = collections.defaultdict(collections.Counter)
        injected = acknowledged = 0
        problems = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for call, kind, number, fault, met, code, receipts, wrong in pool.map(lambda job: self.inject(*job), jobs):
                injected += met
                acknowledged += receipts
                outcome = {0: "went on", 1: "stopped"}.get(code, "killed")
                table[call][fault + " " + outcome] += 1
                if wrong:
                    problems.append(f"{call} {kind} {number} {fault}: {wrong}")
        for call in sorted(table):
            print(f"{call}: " + ", ".join(f"{count} {what}" for what, count in sorted(table[call].items())))
        print(f"system calls: {len(jobs)} runs, {injected} faults injected, {acknowledged} acknowledged, "
              f"lost or wrong {len(problems)}, crashes 0" if not problems else "\n".join(problems))
        self.assertEqual(problems, [])
        self.assertGreaterEqual(injected, len(jobs) * 3 // 4, "most faults were not met")

    def test_short_writes_are_finished(self):
        shorts = 0
        for every in (2, 3, 7):
            directory = self.fresh()
            count = directory / "count"
            code, error = run(directory, environment={
                "LD_PRELOAD": SHORT_WRITES, "COUNTERSIGN_SHORT_EVERY": str(every), "COUNTERSIGN_SHORT_COUNT": str(count)})
            self.assertEqual(code, 0, error)
            self.assertGreater(int(count.read_text()), 0)
            shorts += int(count.read_text())
            wrong, receipts = self.judge(directory)
            self.assertIsNone(wrong)
            self.assertGreaterEqual(receipts, WRITERS * COMMANDS)
        print(f"short writes: {shorts} cut and finished, 0 lost, 0 wrong")

    def test_a_write_cut_short_for_good_stops_the_writer(self):
        """The operating system writes up to the limit and then refuses: the record is torn."""
        for limit in (16_000, 33_333, 50_001):
            directory = self.fresh()
            code, error = run(directory, limit=limit)
            self.assertEqual(code, 1, error)
            self.assertTrue(error)
            wrong, _ = self.judge(directory)
            self.assertIsNone(wrong)


if __name__ == "__main__":
    unittest.main(verbosity=2)
