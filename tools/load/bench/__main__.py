"""ops/bench: measures, prints one table, writes it as JSON."""
import argparse
import json
import pathlib
import shutil
import signal
import sys
import tempfile

from . import disk, edits, growth, imports, report, rules, start, verify, views
from .machine import machine
from .peers.not_there import NotThere
from .run import Run

SECTIONS = (edits, imports, views, start, verify, disk, growth, rules)


def options():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of one window (default 3)")
    parser.add_argument("--rounds", type=int, default=5, help="windows whose median is told (default 5)")
    parser.add_argument("--rows", type=int, default=50000, help="of an import (default 50000)")
    parser.add_argument("--grow", type=int, nargs="+", metavar="ENTRIES", default=[1_000_000],
                        help="ledgers of ten years to make and measure (default 1000000; 10000000 takes a quarter of an hour, 14 GB)")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[one.NAME for one in SECTIONS],
                        help="of " + ", ".join(one.NAME for one in SECTIONS))
    parser.add_argument("--no-peers", action="store_true", help="neither install nor measure other software")
    parser.add_argument("--demonstration", type=pathlib.Path,
                        help="one that `countersign demo` made: also time all its rules over all its rows")
    parser.add_argument("--directory", type=pathlib.Path, help="on the disk to be measured; emptied afterwards")
    parser.add_argument("--json", type=pathlib.Path, help="file for the figures")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="JSON",
                        help="measure nothing: print the table of these figures as README.md has it")
    parser.add_argument("--build", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def sections_of(figures):
    return [(one, figures[one.NAME]) for one in SECTIONS if one.NAME in figures]


def main():
    arguments = options()
    if arguments.markdown:
        figures = json.loads(arguments.markdown.read_text())
        print(report.markdown(figures, sections_of(figures)))
        return
    directory = pathlib.Path(tempfile.mkdtemp(prefix="countersign-bench.", dir=arguments.directory))
    # So that what was started is stopped whoever ends it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run = Run(arguments, directory)
    figures = {"machine": machine(directory),
               "settings": {"seconds": arguments.seconds, "rounds": arguments.rounds, "rows": arguments.rows}}
    try:
        for one in SECTIONS:
            if arguments.only and one.NAME not in arguments.only:
                continue
            run.settle()
            measured = one.measure(run)
            if measured is not None:
                figures[one.NAME] = measured
        figures["peers"] = run.peers.described()
    except NotThere as why:
        raise SystemExit(f"bench: a peer failed while it was measured: {why}") from None
    finally:
        run.close()
        shutil.rmtree(directory, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    print(report.text(figures, sections_of(figures)))


if __name__ == "__main__":
    main()
