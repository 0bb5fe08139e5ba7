"""hypercore from npm: a signed append-only log. Its appends are not synced; hypercore.js says what can be had."""
import json
import os
import pathlib
import shutil
import subprocess

from .not_there import NotThere

# The best of 100, 1,000 and 5,000.
BATCH = 1000


class Hypercore:
    def __init__(self, installed, directory):
        self.modules, self.directory = installed / "node_modules", directory
        if shutil.which("node") is None or not (self.modules / "hypercore").exists():
            raise NotThere("it is not installed")
        self.measure("append", 100, 0.01)

    def measure(self, mode, *arguments):
        script = pathlib.Path(__file__).with_name("hypercore.js")
        done = subprocess.run(["node", str(script), mode, str(self.directory), *map(str, arguments)], capture_output=True,
                              text=True, env={**os.environ, "NODE_PATH": str(self.modules)})
        shutil.rmtree(self.directory, ignore_errors=True)
        if done.returncode:
            raise NotThere("it does not run: " + done.stderr.strip()[-300:])
        return json.loads(done.stdout)

    def appends(self, size, seconds):
        """One after another, each awaited, not synced."""
        return self.measure("append", size, seconds)

    def flushed_appends(self, size, seconds):
        """The same, each written out and synced."""
        return self.measure("flush", size, seconds)

    def batches(self, size, count):
        return self.measure("batches", size, count, BATCH)

    def described(self):
        def version(package):
            return json.loads((self.modules / package / "package.json").read_text())["version"]
        node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
        return {"version": version("hypercore"),
                "settings": {"hypercore-storage": version("hypercore-storage"), "node": node, "batch": BATCH,
                             "synced": "no, there is no such option"}}

    def settle(self):
        """It ended with each measurement."""

    def close(self):
        """Nothing runs between measurements."""
