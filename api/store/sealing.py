"""Encryption of claim content at rest: AES-256-GCM, bound to the place where the bytes are kept."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NAME, _NONCE = 4, 12


class SealError(Exception):
    """Sealed bytes cannot be opened: another key, another place, or a changed byte."""


class Seal:
    """Seals bytes with the first key, opens them with whichever key sealed them.

    Sealed bytes are: version, first four bytes of the key's SHA-256, nonce, ciphertext. ``place`` is authenticated
    (not stored): a value moved to another row does not open.

    >>> seal = Seal([bytes(32)])
    >>> seal.open(seal.close(b"claim", "check 1"), "check 1")
    b'claim'
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {hashlib.sha256(key).digest()[:_NAME]: AESGCM(key) for key in keys}
        self._first = hashlib.sha256(keys[0]).digest()[:_NAME]
        self._index = [hmac.digest(key, b"cleanclaim patient index", "sha256") for key in keys]

    def close(self, content: bytes, place: str) -> bytes:
        """Sealed bytes for a place."""
        nonce = os.urandom(_NONCE)
        return _VERSION + self._first + nonce + self._ciphers[self._first].encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed for a place.

        Raises:
            SealError: it cannot be opened.
        """
        name, nonce = sealed[1 : 1 + _NAME], sealed[1 + _NAME : 1 + _NAME + _NONCE]
        cipher = self._ciphers.get(name)
        if sealed[:1] != _VERSION or cipher is None:
            raise SealError(f"sealed with key {name.hex()}, which is not among CLEANCLAIM_CONTENT_KEY")
        try:
            return cipher.decrypt(nonce, sealed[1 + _NAME + _NONCE :], place.encode())
        except InvalidTag:
            raise SealError("the bytes in the store were changed") from None

    def blind(self, text: str) -> list[str]:
        """Keyed hashes of a text, for look-ups by something that must not be read from the store; one for each key."""
        return [hmac.digest(key, text.encode(), "sha256").hex() for key in self._index]
