"""A KMS of its own for a test: started, asked for keys, stopped."""

import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

from smartbank.core.wrapping import WrappingKey, parsed_name
from tests.certificates import write_certificate
from tests.start.processes import ROOT, free_port, wait_for

CREDENTIALS = {"aws": {"accessKeyId": "who-asks", "secretAccessKey": "what-only-they-know"}}


class Kms:
    """A started KMS at a free port."""

    def __init__(self, folder):
        self._log = folder / "kms.log"
        self.certificate, self._key = write_certificate(folder, host="127.0.0.1")
        self.endpoint = f"127.0.0.1:{free_port()}"
        self.start()

    def start(self):
        """Start with no keys."""
        port = self.endpoint.rpartition(":")[2]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kms_process", port, self.certificate, self._key],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(lambda: self._is_up() or self._process.poll() is not None, within_s=60)
            assert self._process.poll() is None, self._log.read_text()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        self._process.kill()
        self._process.wait()

    def make_key(self):
        """Return the ARN of a new key."""
        return self._ask("CreateKey", {})["KeyMetadata"]["Arn"]

    def wrapping(self, arn):
        """Return how SmartBank is told of a key."""
        name = parsed_name(f"aws:{arn}", endpoint=self.endpoint)
        return WrappingKey(*name, credentials=CREDENTIALS, tls={"tlsCAFile": str(self.certificate)})

    def _is_up(self):
        try:
            return bool(self._ask("ListKeys", {}))
        except OSError:
            return False

    def _ask(self, action, body):
        request = urllib.request.Request(
            f"https://{self.endpoint}/",
            data=json.dumps(body).encode(),
            headers={
                "X-Amz-Target": f"TrentService.{action}",
                "Content-Type": "application/x-amz-json-1.1",
                "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/kms/aws4_request, Signature=0",
            },
        )
        context = ssl.create_default_context(cafile=self.certificate)
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:  # noqa: S310
            return json.load(answer)
