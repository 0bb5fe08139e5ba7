"""A ledger of its own with a simulated clock, and what tests of small campaigns ask of its service."""
import pathlib
import shutil
import tempfile
import unittest

from harness import Client, Service, cli, password

CAMPAIGN = "/v1/campaigns/2020"


def both(text):
    return {"zh": text, "en": text}


class CampaignCase(unittest.TestCase):
    """A subclass says `origin`, the ledger's, and `begins`, the instant at which its clock stands."""
    origin = begins = None

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp())
        data = cls.directory / "ledger"
        cli("init", "--data", str(data), "--origin", cls.origin, "--name", "管理员", "--simulated", cls.begins,
            COUNTERSIGN_PASSWORD=password("admin"))
        cls.service = Service(data)
        cls.clients = {}

    @classmethod
    def tearDownClass(cls):
        cls.service.kill()
        shutil.rmtree(cls.directory)

    def client(self, account):
        if account not in self.clients:
            self.clients[account] = Client(self.service, account)
        return self.clients[account]

    def act(self, account, target, body=None, method="POST", campaign=CAMPAIGN, **headers):
        """Returns the entry it became."""
        status, reply = self.client(account).request(method, campaign + target, body if body is not None else {}, headers)
        self.assertIn(status, (200, 201), (target, reply))
        return reply["first_index"]

    def refused(self, account, target, body, code, method="POST", campaign=CAMPAIGN):
        status, problem = self.client(account).request(method, campaign + target, body)
        self.assertGreaterEqual(status, 400, (target, problem))
        self.assertEqual(problem["code"], code, problem)
        self.assertTrue(problem["guard"]["zh"] and problem["cure"]["en"])
        return problem
