"""oidc-provider-mock, whose tokens can be spoilt: `python -m tests.oidc_process PORT`.

PUT /spoil takes what to change in the next tokens: `claims` to put in, `drop` to leave out, `key` "other" for a
signature by a key it does not publish, `alg` "none" or "HS256". PUT /metadata takes what its metadata say instead. GET
/seen returns the parameters of the last requests.
"""

import base64
import hashlib
import json
import sys

import jwt
import oidc_provider_mock
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, request
from oidc_provider_mock import _storage
from werkzeug.serving import make_server

SPOILT: dict = {}
SEEN: dict = {}
METADATA: dict = {}
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def spoilt(token):
    """Return a token as the tests want it: changed claims, signed by the published key unless they say otherwise."""
    claims = jwt.decode(token, options={"verify_signature": False}) | SPOILT.get("claims", {})
    claims = {name: value for name, value in claims.items() if name not in SPOILT.get("drop", ())}
    kid = jwt.get_unverified_header(token).get("kid")
    alg = SPOILT.get("alg", "RS256")
    if alg == "none":
        return jwt.encode(claims, None, algorithm="none")
    if alg == "HS256":
        return jwt.encode(claims, "known to everybody, and long enough to be a key", algorithm="HS256")
    key = OTHER_KEY if SPOILT.get("key") == "other" else _storage.storage.jwk.as_pem(is_private=True)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid} if kid else None)


def is_verified(challenge, verifier):
    """Whether a verifier belongs to an S256 challenge (RFC 7636)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    return digest.rstrip(b"=").decode() == challenge


def with_controls(app: Flask) -> Flask:
    @app.before_request
    def note():
        if request.path == "/oauth2/authorize":
            SEEN["authorize"] = request.args.to_dict()
        if request.path == "/oauth2/token":
            SEEN["token"] = request.form.to_dict()
            asked = SEEN["authorize"]
            if not is_verified(asked.get("code_challenge"), request.form.get("code_verifier", "")):
                return jsonify(error="invalid_grant"), 400
        return None

    @app.after_request
    def change(response: Response) -> Response:
        if request.path == "/oauth2/token" and response.status_code == 200:
            answer = response.get_json()
            response.set_data(json.dumps(answer | {"id_token": spoilt(answer["id_token"])}))
        if request.path == "/.well-known/openid-configuration":
            said = response.get_json() | METADATA
            response.set_data(json.dumps({name: value for name, value in said.items() if value is not None}))
        return response

    @app.put("/spoil")
    def spoil():
        SPOILT.clear()
        SPOILT.update(request.get_json())
        return ""

    @app.put("/metadata")
    def metadata():
        METADATA.clear()
        METADATA.update(request.get_json())
        return ""

    @app.get("/seen")
    def seen():
        return jsonify(SEEN)

    return app


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), with_controls(oidc_provider_mock.app()), threaded=True).serve_forever()
