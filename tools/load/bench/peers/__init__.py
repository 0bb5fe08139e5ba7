"""Other software that keeps what was changed, measured with the same rows in the same run. ops/bench installs it;
what cannot be had is told in the table and nothing else stops."""
from .hypercore import Hypercore
from .not_there import NotThere
from .postgresql import Postgresql


class Peers:
    def __init__(self, installed, directory, asked):
        """`installed`: where ops/bench puts what comes from npm. Nothing is started before it is asked for."""
        self.makers = {"PostgreSQL": lambda: Postgresql(directory / "postgresql"),
                       "hypercore": lambda: Hypercore(installed / "hypercore", directory / "hypercore")}
        self.asked, self.started, self.missing = asked, {}, {}

    def postgresql(self):
        """None when it cannot be measured, as hypercore()."""
        return self.started_once("PostgreSQL")

    def hypercore(self):
        return self.started_once("hypercore")

    def started_once(self, name):
        if self.asked and name not in self.started and name not in self.missing:
            try:
                self.started[name] = self.makers[name]()
            except NotThere as why:
                self.missing[name] = str(why)
        return self.started.get(name)

    def described(self):
        """Of each peer its version and settings, or why it was not measured."""
        def one(name):
            if name in self.started:
                return self.started[name].described()
            return {"not_measured": self.missing.get(name, "it was not needed" if self.asked else "--no-peers was given")}
        return {name: one(name) for name in self.makers}

    def settle(self):
        """Each does at once what it has put off."""
        for peer in self.started.values():
            peer.settle()

    def close(self):
        for peer in self.started.values():
            peer.close()
