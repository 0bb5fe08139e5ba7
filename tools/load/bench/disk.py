"""What a single-row edit takes on disk: how much the log's database and the views' file have grown by as many edits
as an import has rows, when the views have caught up; views not compacted."""
from . import rows
from .report import OURS, Line, Target
from .run import MANY_CLIENTS, bytes_of

NAME = "disk"
# Of each client: few, for one window is to make them all.
ROWS = 50


def sizes(ledger):
    """Of the log and the views, at rest. A start puts into tables what a stop left in the write-ahead log."""
    ledger.catch_up()
    ledger.stop()
    ledger.start()
    ledger.stop()
    return bytes_of(ledger.data / "db"), sum(file.stat().st_size for file in ledger.data.glob("views.sqlite*"))


def measure(run):
    ledger = run.ledger("grown")
    # The rows are there, so that what is measured changes them.
    run.edit(ledger, MANY_CLIENTS, ROWS)
    before = sizes(ledger)
    ledger.start()
    edits = 0
    while edits < run.rows:
        edits += run.edit(ledger, MANY_CLIENTS, ROWS)["writes"]
    log, views = (after - then for after, then in zip(sizes(ledger), before))
    return {"edits": edits, "record_bytes": rows.RECORD_BYTES, "log_bytes_per_edit": log / edits,
            "views_bytes_per_edit": views / edits, "bytes_per_edit": (log + views) / edits}


def lines(figures):
    for name, told in (("log_bytes_per_edit", "log"), ("views_bytes_per_edit", "views")):
        yield Line(f"disk of an edit of {figures['record_bytes']} bytes", f"{OURS}, {told}", MANY_CLIENTS,
                   size=figures[name], data=f"{figures['edits']:,} edits")


def targets(figures):
    return [Target("disk of a single-row edit", figures["bytes_per_edit"], 1600, 1000, unit="bytes", at_most=True)]
