"""What this machine does without a ledger: RocksDB alone, HTTP alone, the disk alone, SHA-256 alone."""
import concurrent.futures
import hashlib
import mmap
import os
import shutil
import subprocess
import time

from . import rows


class Echo:
    """Beast alone: a server that reads the same requests and answers as many bytes."""

    def __init__(self, run, answer_bytes):
        self.run = run
        program = str(run.build / "tools/countersign-load")
        self.process = subprocess.Popen([program, "--echo", "--bytes", str(answer_bytes), "--unix_socket", str(run.directory / "echo")], stdout=subprocess.PIPE,
                                        text=True)
        self.url = self.process.stdout.readline().split("listening on ")[1].strip()

    def measure(self, clients, token):
        return self.run.load("--no-receipts", "--url", self.url, "--token", token, "--path",
                             rows.path("edits") + "/rows", "--cells", rows.edited_cells(), "--clients", clients, "--seconds", self.run.seconds)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def rocksdb_writes(run, clients, size):
    """Synced writes of `size` bytes from as many threads as clients."""
    return run.load("--raw", run.directory / "raw", "--clients", clients, "--bytes", size, "--around",
                    rows.ROWS_OF_A_CLIENT, "--seconds", run.seconds)


def rocksdb_import(run, count, batch, size):
    """`count` rows of `size` bytes into a new database, in synced batches."""
    directory = run.directory / "raw-import"
    try:
        return run.load("--raw", directory, "--rows", count, "--batch", batch, "--bytes", size)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def synced_appends(run, size):
    """Appending `size` bytes to a file and syncing them, one after another."""
    return run.load("--sync", run.directory / "synced", "--bytes", size, "--seconds", run.seconds)


def sha256_seconds(file):
    """Hashing the bytes of a file, which is in memory, on every core."""
    cores = os.cpu_count()
    with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as held, \
            concurrent.futures.ThreadPoolExecutor(cores) as threads:
        whole = memoryview(held)
        part = -(-len(whole) // cores)
        begin = time.monotonic()
        list(threads.map(lambda i: hashlib.sha256(whole[i * part:(i + 1) * part]).digest(), range(cores)))
        took = time.monotonic() - begin
        whole.release()
    return took
