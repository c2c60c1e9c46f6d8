# SPDX-License-Identifier: Apache-2.0
"""Just enough of JWT with RS256 to check a token, and to forge one with a stolen key."""
import base64
import hashlib
import json

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2


def decode_part(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode_part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(text):
    return int.from_bytes(decode_part(text), "big")


def padded_hash(signed, size):
    """What RSA is applied to, of `size` bytes."""
    digest = SHA256_PREFIX + hashlib.sha256(signed.encode()).digest()
    return b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest


def header_of(token):
    return json.loads(decode_part(token.split(".")[0]))


def claims_of(token):
    return json.loads(decode_part(token.split(".")[1]))


def is_signed_by(token, jwk):
    """Does the public key verify the token?"""
    signed, _, signature = token.rpartition(".")
    modulus, exponent = number(jwk["n"]), number(jwk["e"])
    size = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(decode_part(signature), "big"), exponent, modulus)
    return opened.to_bytes(size, "big") == padded_hash(signed, size)


def sign(header, claims, jwk):
    """A token, signed with the private key."""
    signed = ".".join(encode_part(json.dumps(part).encode()) for part in (header, claims))
    modulus = number(jwk["n"])
    size = (modulus.bit_length() + 7) // 8
    raw = pow(int.from_bytes(padded_hash(signed, size), "big"), number(jwk["d"]), modulus)
    return signed + "." + encode_part(raw.to_bytes(size, "big"))
