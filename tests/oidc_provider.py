"""Start the tests' identity provider in a process of its own, and tell it whom it knows and what to get wrong."""

import subprocess
import sys
from contextlib import contextmanager

import httpx2

from tests.start.processes import ROOT, free_port, wait_for


class Provider:
    """An identity provider on this computer, at `issuer`."""

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"  # another site to a browser than localhost
        self.metadata_url = f"{self.issuer}/.well-known/openid-configuration"
        self._http = httpx2.Client(base_url=self.issuer, timeout=10)

    def answers(self):
        try:
            return self._http.get("/jwks").status_code == 200
        except httpx2.HTTPError:
            return False

    def put_person(self, subject, **claims):
        """Have it know somebody, and what it says of them."""
        self._http.put(f"/users/{subject}", json=claims).raise_for_status()

    def spoil(self, **how):
        """Have it get its next tokens wrong; without arguments it is honest again."""
        self._http.put("/spoil", json=how).raise_for_status()

    def say_in_metadata(self, **what):
        """Have its metadata say something else, or with None nothing."""
        self._http.put("/metadata", json=what).raise_for_status()

    def seen(self):
        return self._http.get("/seen").json()

    def agree(self, url, subject):
        """Sign somebody in at the address SmartBank leads to, and return where that leads back."""
        return self._http.post(url, data={"sub": subject}).headers["location"]

    def decline(self, url):
        """Refuse to sign in, and return where that leads back."""
        return self._http.post(url, data={"action": "deny"}).headers["location"]


@contextmanager
def started_provider(folder):
    """Yield a provider, and end it."""
    port = free_port()
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.oidc_process", str(port)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            provider = Provider(port)
            wait_for(lambda: provider.answers() or process.poll() is not None)
            assert process.poll() is None, (folder / "provider.log").read_text()
            yield provider
        finally:
            process.terminate()
            process.wait(30)
