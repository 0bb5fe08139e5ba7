"""All views built again from the log: of a ledger of imported sheets, and of one of single-row edits. From the
start of the process until the last entry is applied."""
import time

from . import imports, rows
from .report import OURS, Line, Target
from .run import medians

NAME = "views"


def imported_ledger(run):
    """The ledger of the imports, and the rows in it."""
    if "imported" not in run.ledgers:
        imports.put(imports.ledger_of(run), "sheet0", rows.sheet(run.rows))
    ledger = imports.ledger_of(run)
    tasks = ledger.request("GET", f"/v1/campaigns/{rows.CAMPAIGN}/tasks", account="office")["tasks"]
    count = sum(task["rows"] for task in tasks)
    return ledger, count


def rebuild(ledger):
    ledger.stop()
    ledger.forget_views()
    begin = time.monotonic()
    ledger.start()
    ledger.catch_up()
    return time.monotonic() - begin


def measure(run):
    imported, count = imported_ledger(run)
    imported.stop()
    edited = run.edited_ledger()
    entries = edited.size()
    edited.stop()

    def of(ledger, rows_in_it):
        seconds = rebuild(ledger)
        ledger.stop()
        return {"seconds": seconds, "rows_per_second": rows_in_it / seconds}
    measured = run.in_turns({"imported": lambda: of(imported, count), "edited": lambda: of(edited, entries)})
    return {"imported": {"rows": count, **medians(measured["imported"])},
            "edited": {"entries": entries, **medians(measured["edited"])}}


def lines(figures):
    imported, edited = figures["imported"], figures["edited"]
    yield Line("all views built again, rows", OURS + ", imported sheets", rate=imported["rows_per_second"],
               data=f"{imported['rows']:,} rows")
    yield Line("all views built again, rows", OURS + ", single-row edits", rate=edited["rows_per_second"],
               data=f"{edited['entries']:,} entries")


def targets(figures):
    return [Target("views built again, imported rows a second", figures["imported"]["rows_per_second"], 150000, 400000)]
