"""An issuer of tokens on loopback: it publishes its keys as OpenID Connect has it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Serves its keys while it is entered; ``asked`` counts how often."""

    def __enter__(self):
        self.keys = {"one": new_key()}
        self.asked = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    body = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"}
                else:
                    issuer.asked += 1
                    body = {
                        "keys": [
                            {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
                            for name, key in issuer.keys.items()
                        ]
                    }
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    def token(self, *, scope="check", seconds=3600, key=None, kid="one", algorithm="RS256", **changes):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "cleanclaim",
            "sub": "dana",
            "iat": now - 7200,
            "exp": now + seconds,
            "scope": scope,
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(claims, key or self.keys[kid], algorithm=algorithm, headers={"kid": kid})
