"""What ops/ says is what the programs do: settings, metrics, alerts and their pages."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = pathlib.Path(os.environ["COUNTERSIGN_BUILD"]) / "api/countersignd"


def options():
    """The service's options with their defaults, None where there is none, from its --help."""
    text = subprocess.run([SERVICE, "--help"], capture_output=True, text=True, check=True).stdout
    found = {}
    for name, rest in re.findall(r"^  --(\w+)(.*)$", text, re.MULTILINE):
        default = re.search(r"=(\S+)\s*$", rest)
        found[name] = default[1] if default and not rest.strip().startswith("ENUM") else None
    for name in ("version", "config"):
        del found[name]
    return found


class Operations(unittest.TestCase):
    def test_the_first_commands_need_nothing_that_is_not_installed(self):
        blocks = re.findall(r"^```\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        commands = [line.split("  #")[0] for block in blocks[:2] for line in block.splitlines()]
        words = {one.strip().split()[0] for line in commands for one in re.split(r"&&|\$\(", line) if one.strip()}
        self.assertEqual(words, {"ops/run", "ops/test", "export", "countersign", "cat"})
        # The key comes from the directory that ops/run makes, not from the service that is checked.
        data = re.search(r"data:-([\w/]+)", (ROOT / "ops/run").read_text())[1]
        keys = [line for line in commands if "--key" in line]
        self.assertEqual(len(keys), 3)
        for line in keys:
            self.assertIn(f'--key "$(cat {data}/vkey)"', line)

    def test_the_settings_file_names_every_setting_with_its_default(self):
        file = ROOT / "ops/countersignd.toml"
        written = tomllib.loads(file.read_text())
        named = set(written) | set(re.findall(r"^# (\w+) = ", file.read_text(), re.MULTILINE))
        self.assertEqual(named, set(options()))
        for name, default in options().items():
            if default is not None:
                self.assertEqual(str(written[name]), default, name)
        # Every setting has a sentence above it, or shares that of its neighbour.
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.match(r"\w+ = ", line):
                self.assertTrue(lines[number - 1].startswith("#") or " = " in lines[number - 1], line)

    def test_the_service_takes_the_settings_file(self):
        with tempfile.TemporaryDirectory() as nothing:
            done = subprocess.run([SERVICE, "--config", ROOT / "ops/countersignd.toml", "--data", nothing],
                                  capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)  # 2 would be a setting that it does not know
        self.assertIn("cannot start", done.stderr)

    def test_every_alert_is_over_metrics_that_there_are_and_has_its_page(self):
        served = set(re.findall(r'"(countersign_\w+)"', (ROOT / "api/telemetry/metrics.cc").read_text()))
        rules = (ROOT / "ops/prometheus/alerts.yml").read_text()
        alerts = re.findall(r"- alert: (\w+)", rules)
        self.assertEqual(len(alerts), len(set(alerts)))
        self.assertEqual({page.stem for page in (ROOT / "ops/runbooks").glob("*.md")}, set(alerts))
        for alert in alerts:
            self.assertIn(f"runbook: ops/runbooks/{alert}.md", rules)
            page = (ROOT / f"ops/runbooks/{alert}.md").read_text()
            for part in ("**What it means.**", "**Look at**", "**Do.**", "**Do not**"):
                self.assertIn(part, page, alert)
        used = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"countersign_\w+", rules)}
        self.assertLessEqual(used, served)
        labels = set(re.findall(r"\{(\w+)=", rules))
        self.assertLessEqual(labels, set(re.findall(r'\{"(\w+)", ', (ROOT / "api/telemetry/metrics.cc").read_text())))

    def test_every_department_is_told_by_its_own_receiver(self):
        file = (ROOT / "ops/alertmanager/alertmanager.yml").read_text()
        campaign = json.loads((ROOT / "tools/demo/campaign-2020.json").read_text())
        owners = {table["owner"] for table in campaign["tables"]}
        routes = re.findall(r"""^ +- \{matchers: \['department="(\w+)"'\], receiver: (\w+)\}$""", file, re.MULTILINE)
        self.assertEqual(dict(routes), {owner: owner for owner in owners})
        self.assertEqual(len(routes), len(owners))
        receivers = re.findall(r"^  - name: (\w+)", file, re.MULTILINE)
        self.assertEqual(len(receivers), len(set(receivers)))
        self.assertEqual(set(receivers), owners | {"operators", "centre"})
        self.assertLessEqual(set(re.findall(r"receiver: (\w+)", file)), set(receivers))
        # Both kinds of message come by those routes, grouped by department, and are repeated.
        self.assertIn("routes: &departments", file)
        self.assertIn("routes: *departments", file)
        rules = (ROOT / "ops/prometheus/alerts.yml").read_text()
        service = (ROOT / "api/routes/reminders.cc").read_text()
        for severity, source in (("reminder", rules), ("chase", service)):
            self.assertIn(severity, source)
            branch = file.split(f"""matchers: ['severity="{severity}"']""")[1].split("- matchers")[0]
            self.assertRegex(branch, r"group_by: \[campaign, department")
            self.assertIn("repeat_interval:", branch)
        # An inhibition over alerts that there are, where the same table is meant.
        inhibition = file.split("inhibit_rules:")[1].split("receivers:")[0]
        named = re.findall(r'alertname="(\w+)"', inhibition)
        self.assertEqual(named, ["TaskOverdue", "TaskDueSoon"])
        for alert in named:
            self.assertIn(f"- alert: {alert}\n", rules)
        self.assertIn("equal: [campaign, department, table]", inhibition)

    def test_prometheus_own_tools_agree_where_they_are(self):
        for tool, arguments in (("promtool", ["check", "rules", ROOT / "ops/prometheus/alerts.yml"]),
                                ("promtool", ["test", "rules", ROOT / "ops/prometheus/alerts_test.yml"]),
                                ("amtool", ["check-config", ROOT / "ops/alertmanager/alertmanager.yml"])):
            with self.subTest(tool=tool, arguments=arguments[:-1]):
                if not shutil.which(tool):
                    self.skipTest(f"no {tool} here")
                done = subprocess.run([tool, *arguments], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_indicators_that_documents_ask_for_are_there(self):
        campaign = json.loads((ROOT / "tools/demo/campaign-2020.json").read_text())
        indicators, quantities = ({one["id"] for one in campaign[kind]} for kind in ("indicators", "quantities"))
        for document in ("README.md", "tools/README.md"):
            text = (ROOT / document).read_text()
            asked = re.findall(r"/indicators/(\w+)", text) + re.findall(r"indicator (?:show|cells) (\w+)", text)
            self.assertTrue(asked, document)
            self.assertLessEqual(set(asked), indicators)
            of = re.findall(r"cells\?quantity=(\w+)", text) + re.findall(r"indicator cells \w+ (\w+)", text)
            self.assertLessEqual(set(of), quantities)

    def script(self, root, name, text):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/bash\n" + text + "\n")
        file.chmod(0o755)

    def test_run_makes_and_serves_one_directory_whatever_it_is_called(self):
        with tempfile.TemporaryDirectory() as temporary:
            root = pathlib.Path(temporary).resolve()
            tree, stands = root / "tree", root / "stands"
            stands.mkdir()
            (tree / "ops").mkdir(parents=True)
            shutil.copy(ROOT / "ops/run", tree / "ops/run")
            # Everything but what ops/run itself does.
            self.script(tree, "ops/lib.sh", 'set -euo pipefail; root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd); cd "$root"; '
                        'say() { :; }; fail() { exit 1; }; install_packages() { :; }; build() { :; }')
            self.script(tree, "build/release/tools/countersign", 'echo "made $3"; mkdir -p "$3"; echo key >"$3/vkey"')
            self.script(tree, "build/release/api/countersignd", 'echo "served $2"; [ -f "$2/vkey" ]')

            def run(data=None):
                environment = {**os.environ, "COUNTERSIGN_DATA": data} if data else os.environ
                done = subprocess.run([tree / "ops/run"], cwd=stands, env=environment, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                return re.findall(r"^((?:made|served) .*)$", done.stdout, re.MULTILINE)
            (root / "empty").mkdir()
            for named, at in ((f"{root}/one/", f"{root}/one"), (f"{root}/empty", f"{root}/empty"), ("here/", f"{stands}/here"),
                              (None, "data/demo")):
                self.assertEqual(run(named), [f"made {at}", f"served {at}"])
                self.assertEqual(run(named), [f"served {at}"])

    def test_packages_are_installed_without_questions_and_as_root(self):
        with tempfile.TemporaryDirectory() as temporary:
            root = pathlib.Path(temporary)
            self.script(root, "bin/dpkg-query", "exit 1")
            self.script(root, "bin/id", "echo 1000")
            self.script(root, "bin/sudo", 'exec env -i PATH="$PATH" "$@"')
            self.script(root, "bin/apt-get", 'echo "$1 ${DEBIAN_FRONTEND:-asks} ${*: -1}"')
            done = subprocess.run(["bash", "-c", f"source {ROOT}/ops/lib.sh; install_packages; install_missing one"],
                                  capture_output=True, text=True, env={**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}"})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(re.findall(r"^install .*$", done.stdout, re.MULTILINE),
                             ["install noninteractive procps", "install noninteractive one"])
        # The chores that need what building does not.
        chores = (ROOT / "tools/dev").read_text()
        for chore, program in (("format", "clang-format-14"), ("tidy", "clang-tidy-14")):
            part = chores.split(f"\n  {chore})")[1].split(";;")[0]
            self.assertLess(part.index(f"install_missing git {program}\n"), part.index(f"xargs {program}"))

    def test_every_diagnostic_is_on_its_page_with_its_fields(self):
        rows = re.findall(r"^\| `([\w.]+)` \| (\w+) \| ([^|]*)\| ", (ROOT / "ops/diagnostics.md").read_text(), re.MULTILINE)
        told = {event: (level, tuple(re.findall(r"`(\w+)`", fields))) for event, level, fields in rows}
        self.assertEqual(len(told), len(rows))
        written = {}
        for part in ("ledger", "projections", "api"):
            for source in (ROOT / part).rglob("*.cc"):
                for level, call in re.findall(r"\bdiag::(\w+)\(\s*(.*?)\);\n", source.read_text(), re.DOTALL):
                    if found := re.match(r'(?:level,\s*)?"([\w.]+)"', call):
                        level = "debug" if level == "write" else level
                        written[found[1]] = (level, tuple(re.findall(r'\{"(\w+)",', call)))
        self.assertEqual(written, told)

    def test_the_unit_starts_what_the_settings_say(self):
        unit = (ROOT / "ops/systemd/countersignd.service").read_text()
        start = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1]
        self.assertLessEqual(set(re.findall(r"--(\w+)", start)), set(options()) | {"config"})
        settings = tomllib.loads((ROOT / "ops/countersignd.toml").read_text())
        self.assertGreater(int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]), settings["stop_seconds"])
        for hardening in ("NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryDenyWriteExecute=yes",
                          "SystemCallFilter=@system-service"):
            self.assertIn(hardening, unit)


if __name__ == "__main__":
    unittest.main()
