"""The benchmark behind ops/bench: a real service on a fresh ledger, beside what this machine does without a ledger
and what other software does with the same rows, measured in turns in one run.

One module a kind of measurement. Each has

    NAME                what --only and the JSON call it
    measure(run)        its figures as JSON; `run` (run.py) is what the measurements share
    lines(figures)      its lines of the table (report.Line)
    targets(figures)    what it must show (report.Target)

Add one: a module, and its name in SECTIONS in __main__.py. README.md is written from the JSON, so lines() and
targets() take nothing but what measure() gave.
"""
