"""The nginx of `deploy/` before a started SmartBank: on free ports, with a certificate of its own."""

import http.client
import shutil
import socket
import ssl
import subprocess

import pytest
from websockets.sync.client import connect as websocket

from tests.certificates import write_certificate
from tests.start.processes import ROOT, WITHIN_S, free_port, wait_for

NAME = "smartbank.bank.example"
OF = "X-Answer-Of"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def configuration(folder, *, port, other, plain, tls):
    """Return the configuration of `deploy/`, with other paths and ports and nothing else changed.

    A second process is put in as the comment there says, and then answers say which of the two they are of.
    """
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    of_two = (
        ("# server 127.0.0.1:8502", f"server 127.0.0.1:{other}"),
        (
            "always;\n        add_header Set-Cookie",
            f"always;\n        add_header {OF} $upstream_addr always;\n        add_header Set-Cookie",
        ),
    )
    for ours, here in (
        *(of_two if other else ()),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/etc/nginx/tls/", f"{folder}/"),
        ("127.0.0.1:8501", f"127.0.0.1:{port}"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
    ):
        assert ours in text, ours
        text = text.replace(ours, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    return text if "_temp_path" in text else text.replace("http {\n", f"http {{\n{temporary}", 1)


class Edge:
    """A started nginx, and requests to it as a browser would make them."""

    def __init__(self, folder, *, port, other=None):
        if NGINX is None:
            pytest.skip("nginx is not installed: apt-get install nginx-light")
        self.folder = folder
        self.plain, self.tls = free_port(), free_port()
        certificate, key = write_certificate(folder, host=NAME)
        certificate.rename(folder / "smartbank.crt")
        key.rename(folder / "smartbank.key")
        self.file = folder / "nginx.conf"
        self.file.write_text(configuration(folder, port=port, other=other, plain=self.plain, tls=self.tls))
        self.command = [NGINX, "-p", str(folder), "-c", str(self.file), "-e", str(folder / "start.log")]
        self.process = subprocess.Popen([*self.command, "-g", "daemon off;"])
        wait_for(self._listens)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    @property
    def origin(self):
        return f"https://{NAME}:{self.tls}"

    def trust(self):
        return ssl.create_default_context(cafile=self.folder / "smartbank.crt")

    def connect(self, name=NAME):
        """Return a socket to nginx over TLS, which asks for a name."""
        return self.trust().wrap_socket(socket.create_connection(("127.0.0.1", self.tls), 30), server_hostname=name)

    def stream(self, *, origin):
        """Open the web socket of a page, as a page of an origin does."""
        plain = socket.create_connection(("127.0.0.1", self.tls), 30)
        address = f"wss://{NAME}:{self.tls}/_stcore/stream"
        own = {"ssl": self.trust(), "open_timeout": WITHIN_S}
        return websocket(address, sock=plain, origin=origin, subprotocols=["streamlit"], **own)

    def ask(self, path, method="GET", body=None, **headers):
        """Return the answer to a request, read to its end."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=60)
        connection.sock = self.connect()
        try:
            connection.request(method, path, body=body, headers={"Host": f"{NAME}:{self.tls}"} | headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode(errors="replace")
            return answer
        finally:
            connection.close()
