"""PostgreSQL 15 as a cluster of its own in the directory of the run, over a Unix socket, durable as it is by
default. Tables of the shape of staff_basic: `trigger` writes an audit row of every change, `chain` chains them by
hash, `statement` writes those of a whole import at its end (audit.sql)."""
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import time

from .. import rows
from .not_there import NotThere

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
# Nothing here makes it less durable; the buffers hold all that is measured, and no checkpoint that the write-ahead
# log's size asks for falls into a window.
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "1GB",
            "max_wal_size": "8GB", "checkpoint_timeout": "15min", "max_connections": "100",
            "listen_addresses": "''"}
TOLD = ("fsync", "synchronous_commit", "wal_sync_method", "full_page_writes", "shared_buffers", "max_wal_size",
        "checkpoint_timeout")
# The superuser of the cluster, whoever runs it.
USER = "bench"


class Postgresql:
    def __init__(self, directory):
        if not (PROGRAMS / "postgres").exists() or not (PROGRAMS / "pgbench").exists():
            raise NotThere("PostgreSQL 15 is not installed")
        self.directory, self.data = directory, directory / "data"
        directory.mkdir()
        self.as_user = []
        if os.geteuid() == 0:
            self.become_postgres()
        self.run("initdb", "--pgdata", self.data, "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale",
                 "--no-sync")
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        self.run("pg_ctl", "start", "--wait", "--pgdata", self.data, "--log", directory / "diagnostics",
                 "--options", f"-k {directory}")
        try:
            self.make_tables()
            self.version = self.sql("SHOW server_version").split()[0]
            self.settings = {name: self.sql(f"SHOW {name}") for name in TOLD}
        except NotThere:
            self.close()
            raise

    def become_postgres(self):
        """PostgreSQL refuses to run as root."""
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            raise NotThere("it does not run as root, and there is no account postgres") from None
        os.chown(self.directory, user.pw_uid, user.pw_gid)
        self.as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        # Its way to the directory, which mkdtemp closed to others.
        self.directory.parent.chmod(0o711)

    def run(self, program, *arguments, check=True):
        # pg_ctl leaves a server behind that would keep a pipe open.
        with (self.directory / "output").open("w+") as output:
            done = subprocess.run([*self.as_user, str(PROGRAMS / program), *map(str, arguments)], cwd=self.directory,
                                  stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            output.seek(0)
            told = output.read()
        if check and done.returncode:
            raise NotThere(f"{program} failed: {told.strip()[-600:]}")
        return told

    def sql(self, text):
        return self.run("psql", "--host", self.directory, "--username", USER, "--dbname", "postgres", "--no-psqlrc", "--quiet",
                        "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--command", text).strip()

    def make_tables(self):
        audit = pathlib.Path(__file__).with_name("audit.sql").read_text()
        columns = ", ".join(f"{column} text" + (" PRIMARY KEY" if column == rows.COLUMNS[0] else "")
                            for column in rows.COLUMNS)
        self.sql(audit)
        for table in ("trigger_rows", "trigger_sheet", "chain_rows", "chain_sheet", "statement_sheet"):
            self.sql(f"CREATE TABLE {table} ({columns})")
        self.sql("CREATE TRIGGER audit AFTER INSERT ON statement_sheet REFERENCING NEW TABLE AS added "
                 f"FOR EACH STATEMENT EXECUTE FUNCTION write_statement_audit('{rows.COLUMNS[0]}')")
        for kind in ("trigger", "chain"):
            for table in (f"{kind}_rows", f"{kind}_sheet"):
                self.sql(f"CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table} "
                         f"FOR EACH ROW EXECUTE FUNCTION write_{kind}_audit('{rows.COLUMNS[0]}')")
            (self.directory / f"{kind}.pgbench").write_text(self.edit_script(f"{kind}_rows"))

    @staticmethod
    def edit_script(table):
        """Each client goes round rows of its own, as countersign-load does."""
        values = {"{row}": "'c' || :client_id::text || '-' || :row::text", "{value}": "(:start::bigint + :number::bigint)::text"}
        given = ", ".join(values.get(value, f"'{value}'") for value in rows.edited_row().values())
        updated = ", ".join(f"{column} = EXCLUDED.{column}" for column in rows.COLUMNS[1:])
        return (f"\\set number :number + 1\n\\set row :number % {rows.ROWS_OF_A_CLIENT}\n"
                f"INSERT INTO {table} VALUES ({given}) ON CONFLICT ({rows.COLUMNS[0]}) DO UPDATE SET {updated};\n")

    def edit(self, kind, clients, seconds):
        """Upserts of single rows, prepared, one transaction each, by this many connections."""
        for old in self.directory.glob("latencies.*"):
            old.unlink()
        told = self.run("pgbench", "--host", self.directory, "--username", USER, "--no-vacuum", "--protocol", "prepared",
                        "--client", clients, "--jobs", 1 if clients < 32 else 2, "--time", max(1, round(seconds)),
                        "--define", "number=0", "--define", f"start={time.time_ns() // 1000}",
                        "--file", self.directory / f"{kind}.pgbench", "--log", "--log-prefix", self.directory / "latencies",
                        "postgres")
        micros = sorted(int(line.split()[2]) for file in self.directory.glob("latencies.*")
                        for line in file.read_text().splitlines())
        per_second = float(re.search(r"tps = ([0-9.]+) \(without initial connection time\)", told)[1])
        return {"clients": clients, "writes": len(micros), "per_second": per_second,
                "p50_us": micros[len(micros) // 2], "p99_us": micros[int(0.99 * (len(micros) - 1))]}

    def copy(self, kind, file, count):
        """A CSV file into an empty table, in one transaction, through the client as one sends a sheet."""
        self.sql(f"TRUNCATE {kind}_sheet")
        readable = self.directory / "sheet.csv"
        shutil.copyfile(file, readable)
        readable.chmod(0o644)
        told = self.run("psql", "--host", self.directory, "--username", USER, "--dbname", "postgres", "--no-psqlrc",
                        "--set", "ON_ERROR_STOP=1", "--command", r"\timing on",
                        "--command", rf"\copy {kind}_sheet FROM '{readable}' (FORMAT csv, HEADER true)")
        assert f"COPY {count}" in told, told
        return {"rows_per_second": count / (float(re.search(r"Time: ([0-9.]+) ms", told)[1]) / 1000)}

    def audit_rows(self, kind):
        return int(self.sql(f"SELECT count(*) FROM {kind}_audit"))

    def settle(self):
        """Its own vacuum comes in a minute's time, and takes its time."""
        for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
            self.sql(statement)

    def described(self):
        return {"version": self.version, "settings": self.settings}

    def close(self):
        self.run("pg_ctl", "stop", "--mode", "fast", "--pgdata", self.data, check=False)
