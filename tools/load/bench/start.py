"""How long a start takes until the service answers, with the ledger of the edits and with a new one."""
from .report import OURS, Line
from .run import medians

NAME = "start"


def restart(ledger):
    ledger.stop()
    seconds = ledger.start()
    ledger.stop()
    return {"seconds": seconds}


def measure(run):
    edited, fresh = run.edited_ledger(), run.ledger("fresh")
    entries = edited.size()
    measured = run.in_turns({"edited": lambda: restart(edited), "fresh": lambda: restart(fresh)})
    return {"entries": entries, **medians(measured["edited"]), "seconds_when_new": medians(measured["fresh"])["seconds"]}


def lines(figures):
    yield Line("start until it answers", OURS, p50_us=figures["seconds"] * 1e6, data=f"{figures['entries']:,} entries")
    yield Line("start until it answers", OURS, p50_us=figures["seconds_when_new"] * 1e6, data="a new ledger")


def targets(figures):
    return []
