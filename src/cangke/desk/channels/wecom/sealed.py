"""
What WeCom sends sealed: a signature over four texts, AES over a padded text, XML inside.

Plain Python. Everything is refused that does not fit to the letter, and nothing is believed before
the signature is checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from xml.parsers import expat

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_SIGNS = 43  # base64 of 32 bytes without its last sign
BLOCK = 32  # the padding is to 32 bytes, though the cipher's blocks have 16
RANDOM, LENGTH = 16, 4
MOST_XML = 64 * 1024
LIFE_SECONDS = 300


class Sealed(ValueError):
    """What came cannot be opened; the text says which step failed, for the log only."""


def key_of(encoding_key: str) -> bytes:
    """
    Return the AES key of an EncodingAESKey.

    :raises Sealed: if it is not 43 signs of base64
    """
    if len(encoding_key) != KEY_SIGNS or not encoding_key.isascii() or not encoding_key.isalnum():
        raise Sealed("key")
    try:
        return base64.b64decode(encoding_key + "=")
    except binascii.Error as error:
        raise Sealed("key") from error


def signature_of(*texts: str) -> str:
    """Return the SHA-1 in hex over the texts in their order of signs (token, time, nonce, seal)."""
    return hashlib.sha1("".join(sorted(texts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(signature: str, *, token: str, timestamp: str, nonce: str, sealed: str) -> bool:
    """Whether the signature is that of the sealed text; without a token nothing is."""
    if not token:
        return False
    right = signature_of(token, timestamp, nonce, sealed)
    return hmac.compare_digest(right.encode(), signature.encode())


def is_fresh(timestamp: str, *, now: float) -> bool:
    """Whether a call's time, in seconds, is within five minutes of now."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    return abs(now - int(timestamp)) <= LIFE_SECONDS


def unseal(sealed: str, *, key: bytes, receiver: str) -> str:
    """
    Return the text that was sealed for the receiver (the corp id).

    :raises Sealed: if it is not base64, not padded as agreed, cut, or meant for somebody else
    """
    try:
        data = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Sealed("base64") from error
    if not data or len(data) % 16:
        raise Sealed("length")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = _unpadded(opener.update(data) + opener.finalize())
    content = plain[RANDOM + LENGTH :]
    size = int.from_bytes(plain[RANDOM : RANDOM + LENGTH], "big")
    if len(plain) < RANDOM + LENGTH or size > len(content):
        raise Sealed("cut")
    if not hmac.compare_digest(content[size:], receiver.encode()):
        raise Sealed("receiver")
    try:
        return content[:size].decode()
    except UnicodeDecodeError as error:
        raise Sealed("text") from error


def _unpadded(plain: bytes) -> bytes:
    count = plain[-1]
    if not 1 <= count <= BLOCK or plain[-count:] != bytes([count]) * count:
        raise Sealed("padding")
    return plain[:-count]


def read_xml(text: str | bytes) -> Mapping[str, str]:
    """
    Return tag → text of the elements right below the root.

    Declarations of a document type are refused, and with them every entity: nothing is looked up,
    nothing unfolds.

    :raises Sealed: if it is too large, no XML, or declares anything
    """
    if len(text) > MOST_XML:
        raise Sealed("xml size")
    found: dict[str, str] = {}
    path: list[str] = []

    def start(tag: str, _attributes: dict[str, str]) -> None:
        path.append(tag)
        if len(path) > 8:
            raise Sealed("xml depth")
        if len(path) == 2:
            found.setdefault(tag, "")

    def end(_tag: str) -> None:
        path.pop()

    def said(signs: str) -> None:
        if len(path) == 2:
            found[path[1]] += signs

    def declared(*_given: object) -> None:
        raise Sealed("xml declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Sealed("xml") from error
    return {tag: words.strip() for tag, words in found.items()}
