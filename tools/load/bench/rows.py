"""The rows of every measurement: those of staff_basic, as the demonstration's definition has them, with values
worked out from their number."""
import json
import pathlib

DEMONSTRATION = pathlib.Path(__file__).resolve().parents[2] / "demo/campaign-2020.json"
CAMPAIGN = "bench"
# Each client edits so many rows of its own, one after another, and again.
ROWS_OF_A_CLIENT = 500
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙", "明华建国丽敏静强磊洋勇艳杰娟涛"
ETHNICITIES = ("汉族", "汉族", "汉族", "土家族", "苗族", "回族")


def staff_basic():
    tables = json.loads(DEMONSTRATION.read_text())["tables"]
    return next(table for table in tables if table["key"] == "staff_basic")


SHAPE = staff_basic()
COLUMNS = [column["key"] for column in SHAPE["columns"]]
ALLOWED = {column["key"]: column["allowed"] for column in SHAPE["columns"] if "allowed" in column}


def row(number):
    """The cells of a row, by column."""
    values = {
        "staff_no": str(1000000 + number),
        "name": SURNAMES[number % len(SURNAMES)] + GIVEN[number // 7 % len(GIVEN)] + GIVEN[number % len(GIVEN)],
        "born": f"{1961 + number % 34}-{1 + number % 12:02}", "joined": f"{1990 + number % 30}-{1 + number // 5 % 12:02}",
        "unit_no": f"C{1 + number % 18:02}", "unit_name": f"教师教育第{1 + number % 18}学院", "discipline": "教育学",
        "ethnicity": ETHNICITIES[number % len(ETHNICITIES)]}
    for column, allowed in ALLOWED.items():
        values[column] = allowed[number // 3 % len(allowed)]
    return {column: values[column] for column in COLUMNS}


def compact(cells):
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def edited_row():
    """A row as countersign-load takes it: {row} becomes its key, {value} what changes."""
    return {**row(29), "staff_no": "{row}", "discipline": "{value}"}


def edited_cells():
    return compact(edited_row())


# Of one row as JSON, as an edit sends it: 350.
RECORD_BYTES = len(edited_cells().replace("{row}", "c12-345").replace("{value}", "1600000000000000").encode())


def sheet(count):
    """Rows as CSV, a header line first."""
    lines = [",".join(COLUMNS)]
    lines += [",".join(row(number).values()) for number in range(count)]
    return "\r\n".join(lines) + "\r\n"


def lines(count):
    """The same rows as NDJSON, as json.dumps writes them: neither sorted nor compact."""
    return "".join(json.dumps(row(number), ensure_ascii=False) + "\n" for number in range(count))


def path(table):
    return f"/v1/campaigns/{CAMPAIGN}/tables/{table}"


def bilingual(text):
    return {"zh": text, "en": text}


def definition(tables):
    """A campaign of one department, with these tables, each of the shape of staff_basic."""
    def table(key):
        return {"key": key, "printed_no": key, "name": bilingual(key), "owner": "D", "phase": "p",
                "due": "2090-01-01T00:00:00Z", "columns": SHAPE["columns"], "key_columns": SHAPE["key_columns"],
                "subject_column": SHAPE["subject_column"]}
    return {"format": 1, "id": CAMPAIGN, "edition": "1", "name": bilingual("bench"),
            "institution": bilingual("bench"), "notice": "bench", "calendar": {"utc_offset": "+08:00"},
            "phases": [{"id": "p", "name": bilingual("p"), "opens": "2020-01-01T00:00:00Z",
                        "closes": "2090-01-01T00:00:00Z"}],
            "departments": [{"id": "D", "name": bilingual("D"), "kind": "office"}],
            "persons": [{"id": "p-1", "name": "office"}, {"id": "p-2", "name": "filler"}],
            "accounts": [{"id": "office", "person": "p-1", "hats": [{"role": "centre_office"}]},
                         {"id": "filler", "person": "p-2", "hats": [{"role": "filler", "department": "D"}]}],
            "submission_meaning": bilingual("m"),
            "approval_chain": [{"id": "r", "name": bilingual("r"), "meaning": bilingual("m"), "state": bilingual("s"),
                                "verb": "pass", "role": "reviewer"}],
            "tables": [table(key) for key in tables]}
