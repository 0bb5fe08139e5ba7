"""What the measurements of one run share: programs, ledgers, peers, and the way of taking turns."""
import json
import os
import pathlib
import statistics
import subprocess
import sys

from . import rows
from .peers import Peers
from .rows import ROWS_OF_A_CLIENT
from .service import Ledger

# Several clients at once is what a deadline's last hour is.
MANY_CLIENTS = 64


class Run:
    def __init__(self, arguments, directory):
        self.build = arguments.build.resolve()
        self.directory, self.seconds, self.rounds = directory, arguments.seconds, arguments.rounds
        self.rows, self.grow, self.demonstration = arguments.rows, arguments.grow, arguments.demonstration
        self.peers = Peers(self.build.parent / "peers", directory, asked=not arguments.no_peers)
        self.ledgers = {}

    def close(self):
        self.peers.close()
        for ledger in self.ledgers.values():
            ledger.stop()

    def settle(self):
        """What was measured before has left work for later, such as what PostgreSQL vacuums: done now, so that
        nothing measured afterwards waits for it."""
        for ledger in self.ledgers.values():
            ledger.stop()
        self.peers.settle()
        os.sync()

    def ledger(self, name, tables=("edits",)):
        """One ledger of each name a run, made when it is first asked for."""
        if name not in self.ledgers:
            self.ledgers[name] = Ledger(self.build, self.directory / name, rows.definition(tables))
        self.ledgers[name].start()
        return self.ledgers[name]

    def edited_ledger(self):
        """The ledger of the edits; with one window of them when they were not measured."""
        if "edited" not in self.ledgers:
            self.edit(self.ledger("edited"), MANY_CLIENTS)
        ledger = self.ledger("edited")
        ledger.catch_up()
        return ledger

    def load(self, *arguments):
        done = subprocess.run([str(self.build / "tools/countersign-load"), *map(str, arguments)],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit("bench: " + done.stderr)
        return json.loads(done.stdout)

    def edit(self, ledger, clients, around=ROWS_OF_A_CLIENT, tcp=False):
        """A window of single-row edits over a Unix socket, as PostgreSQL is asked, or TCP; each client goes round
        `around` rows of its own."""
        return self.load("--url", ledger.url if tcp else ledger.socket, "--token", ledger.token("filler"), "--key", ledger.key,
                         "--path", rows.path("edits") + "/rows", "--cells", rows.edited_cells(), "--clients", clients,
                         "--around", around, "--seconds", self.seconds)

    def in_turns(self, contestants):
        """Every contestant once a round, in another order each: {name: [what it returned, a round each]}.
        `contestants` is {name: function}."""
        measured = {name: [] for name in contestants}
        names = list(contestants)
        for number in range(self.rounds):
            at = number % len(names)
            for name in names[at:] + names[:at]:
                say(name)
                measured[name].append(contestants[name]())
        return measured


def medians(figures):
    """The median of each member of several rounds; the sum of what was verified."""
    return {name: (sum if name == "receipts_verified" else statistics.median)([one[name] for one in figures])
            for name in figures[0]}


def ratio(ours, theirs, member):
    """The median of the rounds' own ratios: what disturbed a round disturbed both."""
    return statistics.median(one[member] / other[member] for one, other in zip(ours, theirs))


def say(what):
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def bytes_of(directory):
    return sum(file.stat().st_size for file in pathlib.Path(directory).rglob("*") if file.is_file())
