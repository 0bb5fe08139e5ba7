"""What changes as a ledger grows: start after a kill, memory, the rate of edits beside that of a new ledger, and
questions about the past; over a ledger that countersign-grow makes, ten years of campaigns.

Alone, over one that is there already or is made (it gets the benchmark's campaign and its edits, and stays):
    PYTHONPATH=tools/load python3 -B -m bench.growth --build build/optimised --ledger DIR
"""
import argparse
import http.client
import json
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from urllib.parse import quote

from . import rows
from .report import OURS, Line, Target
from .run import MANY_CLIENTS, bytes_of, say
from .service import PASSWORD, Ledger

NAME = "growth"
QUESTIONS = 400
# Of the grown campaigns: tables that are about nobody, so that looking at them is no entry; and the largest.
HISTORY_TABLES = ("lab_equipment", "practice_sites", "lab_courses", "admission_by_major", "major_course_delivery")
LARGEST = "undergraduates"
OFFICE = "centre.1"
STARTS = 3


class Connection:
    """One connection kept open, as one account."""

    def __init__(self, ledger, account):
        self.connection = http.client.HTTPConnection(ledger.url.removeprefix("http://"), timeout=600)
        self.headers = {"Authorization": "Bearer " + ledger.token(account)}

    def get(self, target):
        self.connection.request("GET", target, headers=self.headers)
        reply = self.connection.getresponse()
        body = reply.read()
        if reply.status >= 300:
            raise SystemExit(f"bench: GET {target}: {reply.status} {body[:300]}")
        return body

    def timed(self, target):
        begin = time.monotonic()
        self.get(target)
        return (time.monotonic() - begin) * 1e6


def grow(build, directory, entries, years=10):
    """Makes the ledger; returns what countersign-grow says of it."""
    done = subprocess.run([str(build / "tools/countersign-grow"), "--data", str(directory), "--entries", str(entries),
                           "--years", str(years)], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("bench: the ledger could not be grown")
    return json.loads(done.stdout)


def open_for_edits(ledger):
    """The campaign of the benchmark beside those that are there, once."""
    if rows.CAMPAIGN in (one["id"] for one in ledger.request("GET", "/v1/campaigns", account="admin")["campaigns"]):
        return
    ledger.request("PUT", f"/v1/campaigns/{rows.CAMPAIGN}", rows.definition(("edits",)), "admin")
    for account in ("office", "filler"):
        ledger.request("POST", f"/v1/accounts/{account}/password", {"password": PASSWORD}, "admin")
    ledger.request("POST", f"/v1/campaigns/{rows.CAMPAIGN}/assignments", {}, "office")
    ledger.request("POST", f"/v1/campaigns/{rows.CAMPAIGN}/phases/p/open", {}, "office")


def load_command(build, ledger, seconds):
    return [str(build / "tools/countersign-load"), "--url", ledger.socket, "--token", ledger.token("filler"), "--key",
            ledger.request("GET", "/log/vkey").strip(), "--path", rows.path("edits") + "/rows", "--cells",
            rows.edited_cells(), "--clients", str(MANY_CLIENTS), "--seconds", str(seconds)]


def edit(build, ledger, seconds):
    done = subprocess.run(load_command(build, ledger, seconds), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("bench: " + done.stderr)
    return json.loads(done.stdout)


def percentiles(micros):
    ordered = sorted(micros)
    return {"p50_us": statistics.median(ordered), "p99_us": ordered[int(0.99 * (len(ordered) - 1))],
            "questions": len(ordered)}


def campaigns_of(ledger):
    known = ledger.request("GET", "/v1/campaigns", account="admin")["campaigns"]
    return sorted(one["id"] for one in known if one["id"].isdigit())


def memory(ledger):
    """Of the process, in bytes: resident now, and the most it ever was."""
    status = pathlib.Path(f"/proc/{ledger.process.pid}/status").read_text()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith("Vm")}
    return {"resident": kilobytes["VmRSS"] * 1024, "peak": kilobytes["VmHWM"] * 1024}


def kill_and_start(build, ledger, seconds):
    """Killed while it writes for so many seconds, then until it answers, is ready, and its views hold everything."""
    load = subprocess.Popen(load_command(build, ledger, 30), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    ledger.end(signal.SIGKILL)
    load.wait()
    answers = ledger.start()
    begin = time.monotonic()
    while True:
        connection = http.client.HTTPConnection(ledger.url.removeprefix("http://"), timeout=60)
        connection.request("GET", "/readyz")
        reply = connection.getresponse()
        reply.read()
        if reply.status == 200:
            break
        time.sleep(0.01)
    ready = answers + time.monotonic() - begin
    return {"seconds": answers, "ready_seconds": ready, "caught_up_seconds": ready + ledger.catch_up()}


def histories(ledger, count, draw):
    """Of single cells, of all campaigns; the first of a table's rows are the busiest."""
    connection = Connection(ledger, OFFICE)
    cells = []
    for campaign in campaigns_of(ledger):
        for table in HISTORY_TABLES:
            path = f"/v1/campaigns/{campaign}/tables/{table}"
            page = json.loads(connection.get(path + "/rows?limit=200"))["rows"]
            for row in page:
                cells.append((path, row["key"], draw.choice(list(row["cells"]))))

    targets = [f"{path}/history?row={quote(row)}&column={column}" for path, row, column in draw.choices(cells, k=count)]
    for target in targets[:20]:
        connection.get(target)
    return percentiles([connection.timed(target) for target in targets])


def records(ledger, count, draw):
    connection = Connection(ledger, OFFICE)
    definition = ledger.request("GET", f"/v1/campaigns/{campaigns_of(ledger)[-1]}", account=OFFICE)
    departments = [one["id"] for one in definition.get("definition", definition)["departments"]]
    targets = [f"/v1/departments/{one}/record" for one in draw.choices(departments, k=count)]
    for target in targets[:20]:
        connection.get(target)
    return percentiles([connection.timed(target) for target in targets])


def scrapes(ledger, count):
    """Of all metrics, while every task of all years is there."""
    connection = Connection(ledger, "admin")
    return percentiles([connection.timed("/metrics") for _ in range(count)])


def past_sheet(ledger, campaign):
    """The largest table as of a past instant, as CSV: until its first byte, and its rows a second."""
    connection = Connection(ledger, OFFICE)
    target = f"/v1/campaigns/{campaign}/tables/{LARGEST}/sheet?at={campaign}-10-13T12:00:00Z"
    begin = time.monotonic()
    connection.connection.request("GET", target, headers={**connection.headers, "Accept": "text/csv"})
    reply = connection.connection.getresponse()
    first = reply.read(1)
    first_byte = time.monotonic() - begin
    count = -1  # the header line
    while chunk := reply.read(1 << 16):
        count += chunk.count(b"\n")
    took = time.monotonic() - begin
    if reply.status != 200 or not first:
        raise SystemExit(f"bench: GET {target}: {reply.status}")
    return {"rows": count, "first_byte_us": first_byte * 1e6, "per_second": count / took}


def past_sheets(ledger, rounds, draw):
    measured = [past_sheet(ledger, campaign) for campaign in draw.choices(campaigns_of(ledger), k=rounds)]
    return {name: statistics.median(one[name] for one in measured) for name in measured[0]}


def mixed_load(build, ledger, seconds, draw):
    """Edits of many clients, and every question meanwhile; then what the process holds."""
    asked = threading.Thread(target=lambda: (histories(ledger, QUESTIONS, draw), records(ledger, QUESTIONS, draw),
                                             past_sheets(ledger, 3, draw)))
    asked.start()
    edit(build, ledger, seconds)
    asked.join()
    return memory(ledger)


def compare_rates(build, grown, new, seconds, rounds):
    """Windows in turns. The views of one have caught up before the other is edited."""
    rates = {"grown": [], "new": []}
    for number in range(rounds):
        pair = [("grown", grown), ("new", new)]
        for name, ledger in pair if number % 2 else reversed(pair):
            rates[name].append(edit(build, ledger, seconds))
            ledger.catch_up()
    middle = sorted(rates["grown"], key=lambda one: one["per_second"])[rounds // 2]
    return {"per_second": middle["per_second"], "p50_us": middle["p50_us"], "p99_us": middle["p99_us"],
            "per_second_when_new": statistics.median(one["per_second"] for one in rates["new"]),
            "receipts_verified": sum(one["receipts_verified"] for one in rates["grown"]),
            "ratio": statistics.median(g["per_second"] / n["per_second"]
                                       for g, n in zip(rates["grown"], rates["new"]))}


def measure_ledger(build, grown, new, seconds=3, rounds=5):
    """The figures of a ledger that runs, beside a new one that runs. Both have the benchmark's campaign."""
    draw = random.Random(1)
    grown.catch_up()
    figures = {"entries": grown.size(), "log_bytes": bytes_of(grown.data / "db"),
               "views_bytes": sum(file.stat().st_size for file in grown.data.glob("views*.sqlite*"))}
    new.catch_up()
    figures["edits"] = compare_rates(build, grown, new, seconds, rounds)
    figures["history"] = histories(grown, QUESTIONS, draw)
    figures["record"] = records(grown, QUESTIONS, draw)
    figures["past_sheet"] = past_sheets(grown, rounds, draw)
    figures["metrics"] = scrapes(grown, QUESTIONS // 4)
    figures["memory"] = mixed_load(build, grown, 3 * seconds, draw)
    starts = [kill_and_start(build, grown, seconds) for _ in range(min(STARTS, rounds))]
    figures["start"] = {name: statistics.median(one[name] for one in starts) for name in starts[0]}
    return figures


def new_ledger(build, directory):
    return Ledger(build, directory, rows.definition(("edits",)))


def grown_ledger(build, directory):
    """The ledger, and after how many seconds its views held everything; None when they were there already."""
    there = any(directory.glob("views*.sqlite"))
    begin = time.monotonic()
    ledger = Ledger.of(build, directory)
    ledger.catch_up()
    built = None if there else time.monotonic() - begin
    open_for_edits(ledger)
    return ledger, built


def measure_size(run, entries):
    """Grows a ledger of so many entries and measures it."""
    say(f"growing {entries:,} entries")
    directory = run.directory / "years"
    made = grow(run.build, directory, entries)
    grown, built = grown_ledger(run.build, directory)
    try:
        say(f"{entries:,} entries")
        return {"made_per_second": made["entries"] / made["seconds"], "views_built_seconds": built,
                **measure_ledger(run.build, grown, run.ledger("young"), run.seconds, run.rounds)}
    finally:
        grown.stop()
        shutil.rmtree(directory)


def measure(run):
    return [measure_size(run, entries) for entries in sorted(run.grow)]


def lines(sizes):
    for figures in sizes:
        yield from lines_of(figures)


def lines_of(figures):
    data = f"{figures['entries']:,} entries"
    edits, history, record, sheet = (figures[name] for name in ("edits", "history", "record", "past_sheet"))
    yield Line("single-row edits", OURS, MANY_CLIENTS, edits["per_second"], edits["p50_us"], edits["p99_us"],
               edits["ratio"], "yes", data=data, proofs=f"{edits['receipts_verified']:,} receipts")
    yield Line("history of one cell", OURS, 1, None, history["p50_us"], history["p99_us"], data=data)
    yield Line("a department's record", OURS, 1, None, record["p50_us"], record["p99_us"], data=data)
    yield Line(f"{sheet['rows']:,.0f} rows as of a past instant", OURS, 1, sheet["per_second"],
               sheet["first_byte_us"], data=data)
    yield Line("all metrics", OURS, 1, None, figures["metrics"]["p50_us"], figures["metrics"]["p99_us"], data=data)
    yield Line("start after a kill until ready", OURS, p50_us=figures["start"]["ready_seconds"] * 1e6, data=data)
    if figures["views_built_seconds"]:  # they were not there already
        yield Line("views built, entries", OURS, rate=figures["entries"] / figures["views_built_seconds"], data=data)
    yield Line("resident memory, serving", OURS, size=figures["memory"]["resident"], data=data)


def targets(sizes):
    """Of the largest: what is met there is met before."""
    figures = sizes[-1]
    many = f"at {figures['entries']:,} entries"
    sheet = figures["past_sheet"]
    return [Target(f"history of one cell {many}, p99", figures["history"]["p99_us"] / 1000, 2, 1, "ms", True),
            Target(f"a department's record {many}, p99", figures["record"]["p99_us"] / 1000, 10, 3, "ms", True),
            Target(f"table as of a past instant {many}, first byte", sheet["first_byte_us"] / 1000, 50, None, "ms", True),
            Target("… rows a second", sheet["per_second"], 150_000, 300_000),
            Target(f"start after a kill {many}", figures["start"]["ready_seconds"], 2, 0.5, "s", True),
            Target(f"resident memory {many}", figures["memory"]["resident"] / (1 << 20), 500, 250, "MB", True),
            Target(f"rate of edits {many} to that of a new ledger", figures["edits"]["ratio"], 0.85, 0.95, "×")]


def main():
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--ledger", type=pathlib.Path, required=True, help="made when it is not there")
    parser.add_argument("--entries", type=int, default=1_000_000, help="of a ledger that is made (default 1,000,000)")
    parser.add_argument("--seconds", type=float, default=3, help="of one window (default 3)")
    parser.add_argument("--rounds", type=int, default=5, help="windows whose median is told (default 5)")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    made = {} if arguments.ledger.exists() else grow(build, arguments.ledger, arguments.entries)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="countersign-new.", dir=arguments.ledger.resolve().parent))
    grown = new = None
    try:
        grown, built = grown_ledger(build, arguments.ledger)
        new = new_ledger(build, scratch / "ledger")
        print(json.dumps({"made": made, "views_built_seconds": built, **measure_ledger(build, grown, new, arguments.seconds, arguments.rounds)},
                         indent=1))
    finally:
        for ledger in (grown, new):
            if ledger is not None:
                ledger.stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
