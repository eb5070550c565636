"""AWS's KMS as moto imitates it, over TLS: `python -m tests.kms_process PORT CERTIFICATE KEY`; it keeps nothing."""

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

if __name__ == "__main__":
    port, certificate, key = sys.argv[1:]
    application = DomainDispatcherApplication(create_backend_app)
    make_server("127.0.0.1", int(port), application, threaded=True, ssl_context=(certificate, key)).serve_forever()
