"""The benchmark behind ops/bench: durable edits, an import, views and starts of a real service, each
beside what RocksDB alone does with as many bytes in the same run."""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

PASSWORD = "bench bench bench"


def bilingual(text):
    return {"zh": text, "en": text}


def definition():
    columns = [{"key": key, "name": bilingual(key), "type": kind, "max_characters": 200}
               if kind == "text" else {"key": key, "name": bilingual(key), "type": kind}
               for key, kind in (("row_no", "text"), ("name", "text"), ("unit", "text"), ("kind", "text"),
                                 ("year", "year"), ("count", "integer"), ("area", "decimal"), ("note", "text"))]

    def table(key):
        return {"key": key, "printed_no": key, "name": bilingual(key), "owner": "D", "phase": "p",
                "due": "2090-01-01T00:00:00Z", "columns": columns, "key_columns": ["row_no"]}
    return {"format": 1, "id": "bench", "edition": "1", "name": bilingual("bench"),
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
            "tables": [table("edits"), table("sheet")]}


class Service:
    def __init__(self, build, data):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [str(build / "api/countersignd"), "--data", str(data), "--listen", "127.0.0.1:0", "--log_level", "warn"],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise SystemExit("bench: the service did not start")
        self.start_seconds = time.monotonic() - begin
        self.url = line.split("listening on ")[1].split()[0]
        self.tokens = {}

    def request(self, method, target, body=None, account=None, headers=None):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=600)
        headers = dict(headers or {})
        if account:
            headers["Authorization"] = "Bearer " + self.token(account)
        connection.request(method, target, body.encode() if isinstance(body, str) else
                           json.dumps(body).encode() if body is not None else None, headers)
        reply = connection.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise SystemExit(f"bench: {method} {target}: {reply.status} {text[:300]}")
        try:
            return json.loads(text)
        except ValueError:
            return text.decode()

    def token(self, account):
        if account not in self.tokens:
            self.tokens[account] = self.request("POST", "/v1/login", {"account": account, "password": PASSWORD})["token"]
        return self.tokens[account]

    def applied(self):
        return self.request("GET", "/v1/ledger")["applied"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def make(build, data):
    subprocess.run([str(build / "tools/countersign"), "init", "--data", str(data), "--origin", "bench.example/bench",
                    "--name", "Bench"], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "COUNTERSIGN_PASSWORD": PASSWORD})
    service = Service(build, data)
    service.request("PUT", "/v1/campaigns/bench", definition(), "admin")
    for account in ("office", "filler"):
        service.request("POST", f"/v1/accounts/{account}/password", {"password": PASSWORD}, "admin")
    service.request("POST", "/v1/campaigns/bench/assignments", {}, "office")
    service.request("POST", "/v1/campaigns/bench/phases/p/open", {}, "office")
    return service


def wal_bytes(data):
    return sum(file.stat().st_size for file in (data / "db").glob("*.log"))


class Bench:
    def __init__(self, build, directory, seconds, rounds):
        self.build, self.directory, self.seconds, self.rounds = build, directory, seconds, rounds
        self.data = directory / "ledger"
        self.service = make(build, self.data)
        self.key = self.service.request("GET", "/log/vkey").strip()
        self.result = {"fsync": True, "edits": []}

    def load(self, *arguments):
        done = subprocess.run([str(self.build / "tools/countersign-load"), "--seconds", str(self.seconds), *arguments],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit("bench: " + done.stderr)
        return json.loads(done.stdout)

    def edit(self, clients):
        return self.load("--url", self.service.url, "--token", self.service.token("filler"), "--key", self.key,
                         "--path", "/v1/campaigns/bench/tables/edits/rows", "--clients", str(clients))

    def raw(self, clients, size):
        return self.load("--raw", str(self.directory / "raw"), "--clients", str(clients), "--bytes", str(size))

    def measure_edits(self):
        before, first = wal_bytes(self.data), self.edit(1)
        size = max(1, (wal_bytes(self.data) - before) // first["writes"])
        self.result["bytes_per_edit"] = size
        for clients in (1, 16, 64):
            ours, limits = [], []
            for _ in range(self.rounds):
                limits.append(self.raw(clients, size))
                ours.append(self.edit(clients))
                limits.append(self.raw(clients, size))
            ratios = [one["per_second"] / statistics.mean(l["per_second"] for l in limits[2 * i:2 * i + 2])
                      for i, one in enumerate(ours)]
            middle = sorted(ours, key=lambda one: one["per_second"])[len(ours) // 2]
            self.result["edits"].append({**middle, "ratio_to_rocksdb": statistics.median(ratios),
                                         "rocksdb_per_second": statistics.median(l["per_second"] for l in limits),
                                         "rocksdb_p50_us": statistics.median(l["p50_us"] for l in limits),
                                         "receipts_verified": sum(one["receipts_verified"] for one in ours)})

    def measure_import(self, rows):
        lines = ["row_no,name,unit,kind,year,count,area,note"]
        lines += [f"r{i},student {i},college {i % 18},undergraduate,{2017 + i % 4},{i},{i % 97}.5,note" for i in range(rows)]
        sheet = "\r\n".join(lines) + "\r\n"
        begin = time.monotonic()
        reply = self.service.request("PUT", "/v1/campaigns/bench/tables/sheet/sheet", sheet, "filler",
                                     {"Content-Type": "text/csv"})
        took = time.monotonic() - begin
        assert reply["import"]["added"] == rows
        self.result["import"] = {"rows": rows, "seconds": took, "rows_per_second": rows / took,
                                 "bytes": len(sheet), "entries": reply["count"]}

    def measure_views_and_starts(self):
        size = self.service.request("GET", "/v1/ledger")["size"]
        self.catch_up(size)
        self.service.stop()
        starts = []
        for _ in range(3):
            self.service = Service(self.build, self.data)
            starts.append(self.service.start_seconds)
            self.service.stop()
        for file in self.data.glob("views.sqlite*"):
            file.unlink()
        self.service = Service(self.build, self.data)
        took = self.catch_up(size)
        self.result["views"] = {"entries": size, "seconds": took, "entries_per_second": size / took}
        self.service.stop()
        small = make(self.build, self.directory / "small")
        small.stop()
        small = Service(self.build, self.directory / "small")
        self.result["start"] = {"entries": size, "seconds": statistics.median(starts),
                                "seconds_when_small": small.start_seconds}
        small.stop()

    def measure_verify(self):
        """The offline verifier over the export of all these edits, beside SHA-256 of as many bytes on every core."""
        service = Service(self.build, self.data)
        file = self.directory / "export.ndjson"
        connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=600)
        connection.request("GET", "/v1/log/export", headers={"Authorization": "Bearer " + service.token("admin")})
        with file.open("wb") as out:
            shutil.copyfileobj(connection.getresponse(), out, 1 << 20)
        service.stop()
        with file.open() as lines:
            entries = json.loads(lines.readline())["entries"]
        hash_one = "import hashlib, sys; hashlib.sha256(open(sys.argv[1], 'rb').read()).digest()"
        cores = os.cpu_count()
        rounds, limits = [], []
        for _ in range(self.rounds):
            begin = time.monotonic()
            subprocess.run([str(self.build / "tools/countersign-verify"), str(file), self.key], check=True,
                           stdout=subprocess.DEVNULL)
            rounds.append(time.monotonic() - begin)
            begin = time.monotonic()
            for one in [subprocess.Popen([sys.executable, "-c", hash_one, str(file)]) for _ in range(cores)]:
                one.wait()
            limits.append((time.monotonic() - begin) / cores)
        took = statistics.median(rounds)
        self.result["verify"] = {"entries": entries, "bytes": file.stat().st_size, "seconds": took,
                                 "entries_per_second": entries / took,
                                 "ratio_to_sha256": statistics.median(l / r for l, r in zip(limits, rounds))}

    def measure_rules(self, demonstration):
        """Every rule over every table of a demonstration, each run recorded."""
        data = self.directory / "demonstration"
        shutil.copytree(demonstration, data)
        service = Service(self.build, data)
        account = "centre.1"
        service.tokens[account] = service.request("POST", "/v1/login", {
            "account": account, "password": f"jiangpan-{account}-2020"})["token"]
        campaign = "/v1/campaigns/2020"
        rules = service.request("GET", campaign + "/rules", account=account)["rules"]
        tables = sorted({check["table"] for rule in rules for check in rule["checks"]})
        rounds = []
        for _ in range(self.rounds):
            begin = time.monotonic()
            for one in tables:
                service.request("POST", f"{campaign}/tables/{one}/validation", {}, account)
            rounds.append(time.monotonic() - begin)
        rows = sum(t["rows"] for t in service.request("GET", campaign + "/tasks", account=account)["tasks"])
        self.result["rules"] = {"rules": len(rules), "checks": sum(len(rule["checks"]) for rule in rules),
                                "tables": len(tables), "rows": rows, "seconds": statistics.median(rounds)}
        service.stop()

    def catch_up(self, size):
        begin = time.monotonic()
        while self.service.applied() < size:
            time.sleep(0.02)
        return time.monotonic() - begin


def table(result):
    rows = ["durable single-row edits over HTTP, receipt in each answer, fsync on, "
            f"{result['bytes_per_edit']} bytes of log an edit",
            f"{'clients':>8} {'edits/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'RocksDB/s':>10} {'ratio':>6} {'receipts verified':>18}"]
    for one in result["edits"]:
        rows.append(f"{one['clients']:>8} {one['per_second']:>9.0f} {one['p50_us'] / 1000:>8.2f} "
                    f"{one['p99_us'] / 1000:>8.2f} {one['rocksdb_per_second']:>10.0f} "
                    f"{one['ratio_to_rocksdb']:>6.2f} {one['receipts_verified']:>18}")
    sheet, views, start = result["import"], result["views"], result["start"]
    rows += ["", f"import of {sheet['rows']} rows: {sheet['seconds']:.2f} s, {sheet['rows_per_second']:.0f} rows/s, "
             f"{sheet['entries']} entries",
             f"views rebuilt from {views['entries']} entries: {views['seconds']:.2f} s, "
             f"{views['entries_per_second']:.0f} entries/s",
             f"start with {start['entries']} entries: {start['seconds']:.2f} s; with a new ledger "
             f"{start['seconds_when_small']:.2f} s"]
    verify = result["verify"]
    rows.append(f"offline verify of {verify['entries']} entries: {verify['seconds']:.2f} s, "
                f"{verify['entries_per_second']:.0f} entries/s, {verify['ratio_to_sha256']:.2f} of SHA-256 of the file")
    if "rules" in result:
        rules = result["rules"]
        rows.append(f"{rules['rules']} rules ({rules['checks']} checks) over {rules['rows']} rows of {rules['tables']} "
                    f"tables, every run recorded: {rules['seconds']:.2f} s")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=5, help="of one window (default 5)")
    parser.add_argument("--rounds", type=int, default=3, help="windows whose median is told (default 3)")
    parser.add_argument("--rows", type=int, default=50000, help="of the import (default 50000)")
    parser.add_argument("--demonstration", type=pathlib.Path,
                        help="one that `countersign demo` made: also time all its rules over all its rows")
    parser.add_argument("--directory", type=pathlib.Path, help="on the disk to be measured; emptied afterwards")
    parser.add_argument("--json", type=pathlib.Path, help="file for the figures")
    arguments = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(dir=arguments.directory))
    try:
        bench = Bench(arguments.build.resolve(), directory, arguments.seconds, arguments.rounds)
        bench.measure_edits()
        bench.measure_import(arguments.rows)
        bench.measure_views_and_starts()
        bench.measure_verify()
        if arguments.demonstration:
            bench.measure_rules(arguments.demonstration)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print(table(bench.result))
    if arguments.json:
        arguments.json.write_text(json.dumps(bench.result, indent=1))


if __name__ == "__main__":
    main()
