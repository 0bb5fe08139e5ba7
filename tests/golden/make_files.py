"""How the golden files were made that the service itself gives out: a small campaign, late on purpose, changed and signed
again, with a witness. They are made once and kept; run it only to add what a later version gives out, into another directory:

    COUNTERSIGN_BUILD=build/release python3 tests/golden/make_files.py DIRECTORY"""
import json
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness import Client, Service, cli, parse_checkpoint, password  # noqa: E402
from witness_test import Witness  # noqa: E402

CAMPAIGN = "/v1/campaigns/safety-2021"
BUILDINGS = CAMPAIGN + "/tables/buildings"


class School:
    def __init__(self, root):
        data = root / "ledger"
        cli("init", "--data", str(data), "--origin", "golden.example/log", "--name", "管理员",
            "--simulated", "2021-02-25T09:00:00+08:00", COUNTERSIGN_PASSWORD=password("admin"))
        self.vkey = (data / "vkey").read_text()
        self.witness = Witness(root / "witness", "witness.example/one", self.vkey.strip())
        self.service = Service(data, "--witness", self.witness.setting)
        self.clients = {}

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def act(self, account, target, body, method="POST"):
        status, reply = self.client(account).request(method, target, body)
        assert status in (200, 201), (target, reply)
        return reply

    def fetch(self, account, target):
        status, _, body = self.client(account).raw("GET", target)
        assert status == 200, (target, body)
        return body

    def submit(self):
        version = self.client("inf.filler").get(BUILDINGS + "/version")
        named = {"number": version["number"], "hash": version["hash"]}
        self.act("inf.filler", BUILDINGS + "/submit", {"version": named, "password": password("inf.filler")})

    def live(self):
        definition = json.loads((ROOT / "tools/demo/safety-2021.json").read_text())
        self.act("admin", CAMPAIGN, definition, "PUT")
        for account in definition["accounts"]:
            self.act("admin", f"/v1/accounts/{account['id']}/password", {"password": password(account["id"])})
        self.act("safety.1", CAMPAIGN + "/assignments", {})
        self.act("admin", "/v1/simulation/clock", {"to": "2021-03-01T08:00:00+08:00"})
        self.act("safety.1", CAMPAIGN + "/phases/self_check/open", {})
        due = self.client("inf.filler").get(BUILDINGS + "/status")["due"]
        cells = {"building_no": "J1", "building_name": "第一教学楼", "floors": "6", "use": "教学"}
        self.act("inf.filler", BUILDINGS + "/rows", {"rows": [
            {"cells": cells}, {"cells": {**cells, "building_no": "H2", "building_name": "化学楼", "use": "实验"}}]})
        self.act("admin", "/v1/simulation/clock", {"to": due.replace("Z", "+00:00")})
        self.act("admin", "/v1/simulation/clock", {"to": "2021-03-30T10:00:00+08:00"})
        self.submit()
        reply = self.act("inf.filler", BUILDINGS + "/rows/J1", {"cells": {"floors": "7"}, "reason": "核对后更正"}, "PATCH")
        self.submit()
        return reply


def replaced_keys(root):
    """The keys of a log that replaced its key twice."""
    data = str(root / "replaced")
    cli("init", "--data", data, "--origin", "golden.example/log", "--name", "x", COUNTERSIGN_PASSWORD=password("admin"))
    for _ in range(2):
        cli("ledger-keys", "rotate", "--data", data, "--account", "admin", "--reason", "yearly",
            COUNTERSIGN_PASSWORD=password("admin"))
    service = Service(data)
    try:
        return Client(service).raw("GET", "/log/keys")[2]
    finally:
        service.kill()


def main(directory):
    directory = pathlib.Path(directory)
    with tempfile.TemporaryDirectory() as root:
        school = School(pathlib.Path(root))
        try:
            receipt = school.live()["receipts"][0]
            packs = {"pack.zip": ("inf.head", f"/v1/departments/INF/pack.zip?campaign=safety-2021&receiver=%E8%AF%84%E4%BC%B0%E9%99%A2"),
                     "pack_table.zip": ("inf.filler", BUILDINGS + "/pack.zip")}
            files = {name: school.fetch(*asked) for name, asked in packs.items()}
            size = school.client("admin").get("/v1/ledger")["size"]
            end = time.monotonic() + 60
            note = b""
            while time.monotonic() < end and (not note or parse_checkpoint(note.decode())[0] < size):
                time.sleep(0.2)
                status, _, body = school.client("admin").raw("GET", "/log/cosigned-checkpoint")
                note = body if status == 200 else note
            assert parse_checkpoint(note.decode())[0] >= size, note
            files |= {"cosigned_checkpoint.txt": note, "export.ndjson": school.fetch("admin", "/v1/log/export"),
                      "receipt.json": json.dumps(receipt, ensure_ascii=False).encode() + b"\n",
                      "log_keys.json": replaced_keys(pathlib.Path(root)), "vkey": school.vkey.encode(), "witness.vkey": school.witness.vkey.encode() + b"\n"}
        finally:
            school.service.kill()
            school.witness.kill()
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
