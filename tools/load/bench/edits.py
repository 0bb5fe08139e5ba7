"""Single-row edits, each a request of its own, synced before it is answered, its receipt in the answer; by 1, 16
and 64 clients, over a Unix socket as PostgreSQL is asked, by 64 over TCP as well. Beside them as many bytes
written and synced by RocksDB alone, as many echoed by Beast alone, and the same rows written to PostgreSQL under
an audit trigger; hypercore appends records of as many bytes."""
from . import limits, rows
from .report import OURS, Line, Target
from .run import MANY_CLIENTS, medians, ratio

NAME = "edits"
CLIENTS = (1, 16, MANY_CLIENTS)

LABELS = {"ours": OURS, "tcp": "Countersign, over TCP", "rocksdb": "limit: RocksDB alone", "echo": "limit: Beast echo",
          "sync": "limit: write and fdatasync", "trigger": "PostgreSQL, audit trigger",
          "chain": "PostgreSQL, hash chain in the trigger",
          "hypercore": "hypercore, append", "hypercore_flushed": "hypercore, append and flush"}
SYNCED = {"ours": "yes", "tcp": "yes", "rocksdb": "yes", "sync": "yes", "echo": "", "trigger": "yes", "chain": "yes",
          "hypercore": "no", "hypercore_flushed": "yes"}


def measure(run):
    ledger = run.ledger("edited")
    before, first = ledger.write_ahead_bytes(), run.edit(ledger, 1)
    stored = max(1, (ledger.write_ahead_bytes() - before) // first["writes"])
    echo = limits.Echo(run, first["answer_bytes"])
    postgresql, hypercore = run.peers.postgresql(), run.peers.hypercore()

    def ours(clients, **how):
        figures = run.edit(ledger, clients, **how)
        # What views still have to do is not done while others are measured.
        figures["views_behind_seconds"] = ledger.catch_up()
        return figures

    def contestants(clients):
        found = {"ours": lambda: ours(clients), "rocksdb": lambda: limits.rocksdb_writes(run, clients, stored),
                 "echo": lambda: echo.measure(clients, ledger.token("filler"))}
        if clients == MANY_CLIENTS:
            found["tcp"] = lambda: ours(clients, tcp=True)
        if clients == 1:
            found["sync"] = lambda: limits.synced_appends(run, stored)
        if postgresql:
            for table in ("trigger", "chain"):
                found[table] = lambda table=table: postgresql.edit(table, clients, run.seconds)
        if hypercore and clients == 1:
            found["hypercore"] = lambda: hypercore.appends(rows.RECORD_BYTES, run.seconds)
            found["hypercore_flushed"] = lambda: hypercore.flushed_appends(rows.RECORD_BYTES, run.seconds)
        return found

    result = {"record_bytes": rows.RECORD_BYTES, "stored_bytes": stored, "request_bytes": first["request_bytes"],
              "answer_bytes": first["answer_bytes"], "by_clients": {}}
    try:
        for clients in CLIENTS:
            measured = run.in_turns(contestants(clients))
            mine = measured["ours"]
            result["by_clients"][str(clients)] = {
                name: {**medians(figures), "ratio": ratio(mine, figures, "per_second")}
                for name, figures in measured.items()}
            if clients == 1:
                floor = [{"p50_us": sync["p50_us"] + echoed["p50_us"]}
                         for sync, echoed in zip(measured["sync"], measured["echo"])]
                result["p50_to_sync_and_echo"] = ratio(mine, floor, "p50_us")
    finally:
        echo.stop()
    result["entries"] = ledger.size()
    if postgresql:
        result["audit_rows"] = {table: postgresql.audit_rows(table) for table in ("trigger", "chain")}
    return result


def lines(figures):
    for clients, measured in figures["by_clients"].items():
        for name, one in measured.items():
            data = f"{figures['entries']:,} entries" if name in ("ours", "tcp") else ""
            if name in figures.get("audit_rows", {}):
                data = f"{figures['audit_rows'][name]:,} audit rows"
            size = {"rocksdb": "stored_bytes", "sync": "stored_bytes", "echo": "answer_bytes"}.get(name, "record_bytes")
            yield Line("single-row edits", LABELS[name], int(clients), one["per_second"], one["p50_us"], one["p99_us"],
                       None if name == "ours" else one["ratio"], SYNCED[name], figures[size], data,
                       f"{one['receipts_verified']:,} receipts" if "receipts_verified" in one else "")


def targets(figures):
    many, one = figures["by_clients"][str(MANY_CLIENTS)], figures["by_clients"]["1"]

    def to(name):
        return many[name]["ratio"] if name in many else None
    return [Target("single-row edits a second, 64 clients", many["ours"]["per_second"], 25000, 40000),
            Target("… p99", many["ours"]["p99_us"] / 1000, 10, unit="ms", at_most=True),
            Target("… to PostgreSQL's audit trigger", to("trigger"), 2.5, unit="×"),
            Target("… to PostgreSQL's hash chain", to("chain"), 12, unit="×"),
            Target("… to the bare echo", to("echo"), None, 0.5, unit="×"),
            Target("single-row edit, 1 client, p50 to fsync and echo", figures["p50_to_sync_and_echo"], 1.5, 1.2,
                   unit="×", at_most=True)]
