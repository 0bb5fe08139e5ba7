"""The offline verifier over the export of all edits, beside SHA-256 of as many bytes on every core."""
import json
import subprocess
import time

from . import limits
from .report import OURS, Line, Target
from .run import medians, ratio

NAME = "verify"


def measure(run):
    ledger = run.edited_ledger()
    file = run.directory / "export.ndjson"
    ledger.request("GET", "/v1/log/export", account="admin", into=file)
    ledger.stop()
    with file.open() as told:
        entries = json.loads(next(told))["entries"]

    def verified():
        begin = time.monotonic()
        subprocess.run([str(run.build / "tools/countersign-verify"), str(file), ledger.key], check=True,
                       stdout=subprocess.DEVNULL)
        return {"entries_per_second": entries / (time.monotonic() - begin)}

    def hashed():
        return {"entries_per_second": entries / limits.sha256_seconds(file)}
    measured = run.in_turns({"ours": verified, "sha256": hashed})
    size = file.stat().st_size
    file.unlink()
    return {"entries": entries, "bytes": size, **medians(measured["ours"]),
            "sha256_entries_per_second": medians(measured["sha256"])["entries_per_second"],
            "ratio": ratio(measured["ours"], measured["sha256"], "entries_per_second")}


def lines(figures):
    size, data = figures["bytes"] // figures["entries"], f"{figures['entries']:,} entries"
    yield Line("offline verify, entries", OURS, rate=figures["entries_per_second"], size=size, data=data,
               proofs="of every entry")
    yield Line("offline verify, entries", "limit: SHA-256 of the file, all cores", rate=figures["sha256_entries_per_second"],
               ratio=figures["ratio"], size=size, data=data)


def targets(figures):
    return [Target("offline verify, entries a second", figures["entries_per_second"], 500000),
            Target("… to SHA-256 of the file", figures["ratio"], None, 0.6, unit="×")]
