"""Every rule over every table of a demonstration, each run recorded."""
import shutil
import time

from .report import OURS, Line
from .run import medians
from .service import Ledger

NAME = "rules"


def measure(run):
    """None without a demonstration."""
    if run.demonstration is None:
        return None
    data = run.directory / "demonstration"
    shutil.copytree(run.demonstration, data)
    ledger = run.ledgers["demonstration"] = Ledger.of(run.build, data)
    account, campaign = "centre.1", "/v1/campaigns/2020"
    ledger.token(account, f"jiangpan-{account}-2020")
    rules = ledger.request("GET", campaign + "/rules", account=account)["rules"]
    tables = sorted({check["table"] for rule in rules for check in rule["checks"]})

    def all_of_them():
        begin = time.monotonic()
        for one in tables:
            ledger.request("POST", f"{campaign}/tables/{one}/validation", {}, account)
        return {"seconds": time.monotonic() - begin}
    measured = run.in_turns({"ours": all_of_them})
    rows = sum(task["rows"] for task in ledger.request("GET", campaign + "/tasks", account=account)["tasks"])
    return {"rules": len(rules), "checks": sum(len(rule["checks"]) for rule in rules), "tables": len(tables),
            "rows": rows, **medians(measured["ours"])}


def lines(figures):
    yield Line(f"{figures['rules']} rules ({figures['checks']} checks) of {figures['tables']} tables, rows", OURS,
               rate=figures["rows"] / figures["seconds"], synced="each run", data=f"{figures['rows']:,} rows")


def targets(figures):
    return []
