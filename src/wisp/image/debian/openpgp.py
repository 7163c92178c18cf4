"""Whether a clear-signed text bears the signature of one of the keys that we know.

Only what Debian's archive uses for its RSA keys: version 4 signatures of canonical text by RSA
with SHA-256 or SHA-512. Any other signature counts as none.

Sources: RFC 4880, sections 5.2 (signature packets), 7 (cleartext signatures), 4.2 (packet headers);
RFC 8017, section 8.2.2 (RSASSA-PKCS1-v1_5).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping

from wisp.errors import WispError
from wisp.values import dataclass

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_SIGNATURE_PACKET = 2
_TEXT_SIGNATURE = 0x01
_RSA = 1
_ISSUER_FINGERPRINT = 33
#: Hash algorithm to its name and the DER prefix of its digest.
_HASHES = {
    8: ("sha256", bytes.fromhex("3031300d060960864801650304020105000420")),
    10: ("sha512", bytes.fromhex("3051300d060960864801650304020305000440")),
}


class SignatureError(WispError):
    """A text is not signed, or by nobody we know."""


@dataclass(frozen=True, slots=True)
class RsaKey:
    """A public key: modulus and exponent."""

    modulus: int
    exponent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    """A signature packet: what is hashed of it, who made it (hex), and its number."""

    algorithm: int
    hashed: bytes
    issuer: str
    value: bytes


def signed_text(message: str, keys: Mapping[str, RsaKey]) -> str:
    """Return the text of a clear-signed message, once one of the keys has signed it.

    `keys` are by fingerprint, in upper-case hex.

    Raises:
        SignatureError: No known key has, or the message has another form.

    """
    text, armour = _parts(message)
    canonical = "\r\n".join(line.rstrip(" \t") for line in text).encode()
    for signature in _signatures(armour):
        key = keys.get(signature.issuer)
        if key is not None and _is_by(signature, key, canonical):
            return "\n".join(text) + "\n"
    raise SignatureError(
        "the text is not signed by a known key",
        hints=["the mirror may be damaged, or newer than this program knows"],
    )


def _parts(message: str) -> tuple[list[str], str]:
    """Return the lines that are signed, without what protects dashes, and the signature."""
    head, begin, rest = message.replace("\r\n", "\n").partition(_BEGIN + "\n")
    body, middle, tail = rest.partition("\n" + _SIGNATURE + "\n")
    armour, end, _ = tail.partition(_END)
    if head.strip() or not (begin and middle and end):
        raise SignatureError("the text is not signed")
    _, _, text = body.partition("\n\n")
    return [line.removeprefix("- ") for line in text.split("\n")], armour


def _signatures(armour: str) -> Iterator[_Signature]:
    lines = armour.split("\n")
    # Headers end with a blank line; the checksum is the line that begins with `=`.
    start = lines.index("") + 1 if "" in lines[:-1] else 0
    coded = "".join(line for line in lines[start:] if line and not line.startswith("="))
    try:
        packets = base64.b64decode(coded, validate=True)
        for tag, body in _packets(packets):
            if tag == _SIGNATURE_PACKET and body[0] == 4 and body[1] == _TEXT_SIGNATURE:
                yield _signature(body)
    except (ValueError, IndexError) as error:
        raise SignatureError("the signature is damaged") from error


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        head = data[at]
        if head & 0x40:
            tag, (length, start) = head & 0x3F, _new_length(data, at + 1)
        else:
            width = 1 << (head & 3)
            tag, start = (head >> 2) & 0xF, at + 1 + width
            length = int.from_bytes(data[at + 1 : start], "big")
        if not head & 0x80 or start + length > len(data):
            raise ValueError("not a packet")
        yield tag, data[start : start + length]
        at = start + length


def _new_length(data: bytes, at: int) -> tuple[int, int]:
    """Read a length of the new form; return it and where what it measures begins."""
    first = data[at]
    if first < 192:
        return first, at + 1
    if first < 224:
        return ((first - 192) << 8) + data[at + 1] + 192, at + 2
    if first == 255:
        return int.from_bytes(data[at + 1 : at + 5], "big"), at + 5
    raise ValueError("partial lengths are for streams")


def _signature(body: bytes) -> _Signature:
    hashed_end = 6 + int.from_bytes(body[4:6], "big")
    rest_end = hashed_end + 2 + int.from_bytes(body[hashed_end : hashed_end + 2], "big")
    return _Signature(
        algorithm=body[3] if body[2] == _RSA else 0,
        hashed=body[:hashed_end],
        issuer=_issuer(body[6:hashed_end]),
        value=body[rest_end + 4 :],  # after two bytes of the digest and the length in bits
    )


def _issuer(subpackets: bytes) -> str:
    at = 0
    while at < len(subpackets):
        length, start = _new_length(subpackets, at)
        if subpackets[start] & 0x7F == _ISSUER_FINGERPRINT:
            return subpackets[start + 2 : start + length].hex().upper()
        at = start + length
    return ""


def _is_by(signature: _Signature, key: RsaKey, text: bytes) -> bool:
    if signature.algorithm not in _HASHES:
        return False
    name, prefix = _HASHES[signature.algorithm]
    trailer = b"\x04\xff" + len(signature.hashed).to_bytes(4, "big")
    digest = hashlib.new(name, text + signature.hashed + trailer).digest()
    width = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature.value, "big")
    if number >= key.modulus:
        return False
    found = pow(number, key.exponent, key.modulus).to_bytes(width, "big")
    padding = b"\xff" * (width - len(prefix) - len(digest) - 3)
    return hmac.compare_digest(found, b"\x00\x01" + padding + b"\x00" + prefix + digest)
