"""The table of a run, as text and as Markdown, from its JSON alone."""
import dataclasses
import unicodedata

HEADINGS = ("What", "Who", "clients", "a second", "p50 ms", "p99 ms", "ours/theirs", "synced", "bytes", "data",
            "proofs verified")
TARGET_HEADINGS = ("It must show", "Measured", "At least", "Met", "Wanted")
OURS = "Countersign"


@dataclasses.dataclass
class Line:
    """One line of the table. What a line has not is empty."""
    what: str
    who: str
    clients: int | None = None
    rate: float | None = None
    p50_us: float | None = None
    p99_us: float | None = None
    ratio: float | None = None   # of our rate to theirs
    synced: str = ""             # what is on disk when it is answered
    size: float | None = None    # bytes of one row, one record or one entry
    data: str = ""               # what it was measured over
    proofs: str = ""             # who verified how many

    def cells(self):
        return [self.what, self.who, number(self.clients), number(self.rate), milliseconds(self.p50_us),
                milliseconds(self.p99_us), "" if self.ratio is None else f"{self.ratio:.2f}", self.synced,
                number(self.size), self.data, self.proofs]


@dataclasses.dataclass
class Target:
    """What a figure must be. `measured` is None when the other side was not measured."""
    figure: str
    measured: float | None
    at_least: float | None       # None: only wanted
    wanted: float | None = None
    unit: str = ""
    at_most: bool = False        # less is better

    def met(self):
        """Whether it is what it must be; None when that cannot be said."""
        if self.measured is None or self.at_least is None:
            return None
        return self.measured <= self.at_least if self.at_most else self.measured >= self.at_least

    def cells(self):
        sign = "≤ " if self.at_most else "≥ "
        marks = ["" if mark is None else sign + self.told(mark) for mark in (self.at_least, self.wanted)]
        measured = "not measured" if self.measured is None else self.told(self.measured)
        return [self.figure, measured, marks[0], {True: "yes", False: "no", None: ""}[self.met()], marks[1]]

    def told(self, value):
        return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}") + (f" {self.unit}" if self.unit else "")


def number(value):
    return "" if value is None else f"{value:,.0f}"


def milliseconds(micros):
    return "" if micros is None else f"{micros / 1000:.2f}"


def without_repeats(rows):
    """What is measured is said once for those who are measured by the same number of clients."""
    before = None
    for row in rows:
        group = (row[0], row[2])
        yield row if group != before else ["", *row[1:]]
        before = group


def tables(sections):
    lines = [line.cells() for module, figures in sections for line in module.lines(figures)]
    targets = [target.cells() for module, figures in sections for target in module.targets(figures)]
    return [(HEADINGS, list(without_repeats(lines))), (TARGET_HEADINGS, targets)]


def notes(figures):
    """Sentences that belong under the table: the machine, the settings, the peers."""
    of, settings = figures["machine"], figures["settings"]
    yield (f"{of['date']}, {of['cores']} cores ({of['processor']}), {of['memory_gib']} GiB, {of['disk']}, "
           f"{of['system']}; load generator on the same machine. Medians of {settings['rounds']} rounds taken in turns, "
           f"windows of {settings['seconds']:g} s. Ratios are medians of the rounds' own ratios.")
    for name, peer in figures["peers"].items():
        if "not_measured" in peer:
            yield f"{name} was not measured: {peer['not_measured']}."
        else:
            told = ", ".join(f"{key} = {value}" for key, value in peer["settings"].items())
            yield f"{name} {peer['version']}: {told}."


def width(cell):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cell)


def text(figures, sections):
    out = []
    for headings, rows in tables(sections):
        used = [i for i in range(len(headings)) if any(row[i] for row in rows)]
        if not rows:
            continue
        rows = [list(headings), *rows]
        widths = [max(width(row[i]) for row in rows) for i in range(len(headings))]
        for row in rows:
            cells = [row[i] + " " * (widths[i] - width(row[i])) if i < 2 else " " * (widths[i] - width(row[i])) + row[i]
                     for i in used]
            out.append("  ".join(cells).rstrip())
        out.append("")
    return "\n".join(out + list(notes(figures)))


def markdown(figures, sections):
    out = []
    for headings, rows in tables(sections):
        used = [i for i in range(len(headings)) if any(row[i] for row in rows)]
        if not rows:
            continue
        out.append("| " + " | ".join(headings[i] for i in used) + " |")
        out.append("|" + "|".join("---" if i < 2 else "---:" for i in used) + "|")
        out += ["| " + " | ".join(row[i] for i in used) + " |" for row in rows]
        out.append("")
    for note in notes(figures):
        out += [note, ""]
    return "\n".join(out).rstrip()
