"""A passkey in software: answers what the site asks a browser for, honestly unless told otherwise."""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


def asked(page: str) -> dict[str, Any]:
    """What a page with a passkey form asks the browser for."""
    return json.loads(unescape(re.search(r'data-options="([^"]+)"', page)[1]))["publicKey"]


def asked_at(client: Client, name: str) -> dict[str, Any]:
    return asked(client.get(reverse(name)).text)


@dataclass
class Passkey:
    origin: str = "http://localhost:8000"
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""
    knows_its_owner: bool = True  # asked for finger, face or PIN

    def create(self, options: dict[str, Any]) -> str:
        self.user_handle = options["user"]["id"]
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        auth_data = self._auth_data(options["rp"]["id"], FLAG.AT, credential)
        attestation = AttestationObject.create("none", auth_data, {})
        client_data = self._client_data("webauthn.create", options)
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> str:
        auth_data = self._auth_data(options["rpId"], FLAG(0))
        client_data = self._client_data("webauthn.get", options)
        signature = self.key.sign(auth_data + client_data.hash, ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": client_data, "authenticatorData": auth_data, "signature": signature}
        return self._answer(**answer, userHandle=self.user_handle)

    def _auth_data(self, rp_id: str, flags: AuthenticatorData.FLAG, credential: bytes = b"") -> AuthenticatorData:
        flags |= FLAG.UP | (FLAG.UV if self.knows_its_owner else FLAG(0))
        return AuthenticatorData.create(hashlib.sha256(rp_id.encode()).digest(), flags, 0, credential)

    def _client_data(self, type: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(type=type, challenge=options["challenge"], origin=self.origin)

    def _answer(self, **response: bytes | str) -> str:
        encoded = {name: value if isinstance(value, str) else websafe_encode(value) for name, value in response.items()}
        own_id = websafe_encode(self.id)
        answer = {"type": "public-key", "id": own_id, "rawId": own_id, "clientExtensionResults": {}}
        return json.dumps(answer | {"response": encoded})
