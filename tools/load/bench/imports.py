"""A sheet of rows in the shape of staff_basic, imported as CSV into an empty table, until the views hold every row;
then the same sheet once more, which changes nothing; and one of the same rows as NDJSON. Beside it the same sheet by COPY into PostgreSQL under an
audit trigger, as many records appended to hypercore in batches, and as many bytes written by RocksDB alone."""
import time

from . import limits, rows
from .report import OURS, Line, Target
from .run import bytes_of, medians, ratio

NAME = "imports"
CSV, NDJSON = {"Content-Type": "text/csv"}, {"Content-Type": "application/x-ndjson"}

LABELS = {"ours": OURS + ", views caught up", "ndjson": OURS + ", views caught up, NDJSON",
          "again": OURS + ", the same sheet again",
          "rocksdb": "limit: RocksDB alone, synced batches", "trigger": "PostgreSQL COPY, audit trigger",
          "statement": "PostgreSQL COPY, audit trigger a statement",
          "chain": "PostgreSQL COPY, hash chain in the trigger", "hypercore": "hypercore, appended in batches"}
SYNCED = {"ours": "each entry", "ndjson": "each entry", "again": "", "rocksdb": "each batch", "trigger": "at the end",
          "statement": "at the end", "chain": "at the end", "hypercore": "no"}


def ledger_of(run):
    """Two tables a round, and one to begin with."""
    return run.ledger("imported", [f"{form}{number}" for number in range(run.rounds + 1) for form in ("sheet", "lines")])


def put(ledger, table, sheet, form=CSV):
    """Imports; returns the answer and after how many seconds it came, and the views held all of it."""
    begin = time.monotonic()
    reply = ledger.request("PUT", rows.path(table) + "/sheet", sheet, "filler", form)
    answered = time.monotonic() - begin
    ledger.catch_up()
    return reply, answered, time.monotonic() - begin


def measure(run):
    sheet = rows.sheet(run.rows)
    file = run.directory / "sheet.csv"
    file.write_text(sheet)
    ledger = ledger_of(run)
    before = bytes_of(ledger.data / "db")
    first, _, _ = put(ledger, "sheet0", sheet)
    assert first["import"]["added"] == run.rows
    stored = max(1, (bytes_of(ledger.data / "db") - before) // run.rows)
    batch = -(-run.rows // max(1, first["count"] - 1))  # all entries but the one that records the import
    again, numbers, further = [], iter(range(1, run.rounds + 1)), iter(range(1, run.rounds + 1))
    ndjson = rows.lines(run.rows)

    def ours():
        table = f"sheet{next(numbers)}"
        reply, answered, seconds = put(ledger, table, sheet)
        assert reply["import"]["added"] == run.rows
        same, repeated, _ = put(ledger, table, sheet)
        assert same["import"]["identical"] == run.rows
        again.append({"rows_per_second": run.rows / repeated, "to_first": answered / repeated})
        return {"rows_per_second": run.rows / seconds, "answered_rows_per_second": run.rows / answered}

    def as_lines():
        reply, answered, seconds = put(ledger, f"lines{next(further)}", ndjson, NDJSON)
        assert reply["import"]["added"] == run.rows
        return {"rows_per_second": run.rows / seconds, "answered_rows_per_second": run.rows / answered}

    contestants = {"ours": ours, "rocksdb": lambda: limits.rocksdb_import(run, run.rows, batch, stored)}
    postgresql, hypercore = run.peers.postgresql(), run.peers.hypercore()
    if postgresql:
        for table in ("trigger", "statement", "chain"):
            contestants[table] = lambda table=table: postgresql.copy(table, file, run.rows)
    if hypercore:
        contestants["hypercore"] = lambda: hypercore.batches(rows.RECORD_BYTES, run.rows)
    # What one import of ours leaves for later, such as compaction, the next of ours would pay for: NDJSON afterwards.
    measured = {**run.in_turns(contestants), **run.in_turns({"ndjson": as_lines})}
    mine = measured["ours"]
    return {"rows": run.rows, "csv_bytes": len(sheet.encode()), "record_bytes": rows.RECORD_BYTES,
            "stored_bytes_per_row": stored, "entries": first["count"], "again": medians(again),
            **{name: {**medians(figures), "ratio": ratio(mine, figures, "rows_per_second")}
               for name, figures in measured.items()}}


def lines(figures):
    what = f"import of {figures['rows']:,} rows, rows"
    yield Line(what, OURS + ", answered", 1, figures["ours"]["answered_rows_per_second"], synced=SYNCED["ours"],
               size=figures["record_bytes"])
    for name, label in LABELS.items():
        if name in figures:
            size = figures["stored_bytes_per_row" if name == "rocksdb" else "record_bytes"]
            yield Line(what, label, 1, figures[name]["rows_per_second"],
                       ratio=None if name in ("ours", "ndjson", "again") else figures[name]["ratio"], synced=SYNCED[name],
                       size=size, data=f"{figures['entries']:,} entries" if name == "ours" else "")


def targets(figures):
    def to(name):
        return figures[name]["ratio"] if name in figures else None
    return [Target("import of a sheet, views caught up, rows a second", figures["ours"]["rows_per_second"], 150000,
                   300000),
            Target("… to PostgreSQL's audit trigger by COPY", to("trigger"), 2, unit="×"),
            Target("… to hypercore's unsynced appends", to("hypercore"), 1.3, unit="×"),
            Target("… to RocksDB alone", to("rocksdb"), 0.2, unit="×"),
            Target("the same sheet again, to the first import", figures["again"]["to_first"], 1.5, 3, unit="×")]
