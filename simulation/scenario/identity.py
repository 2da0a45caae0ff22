"""The numbers by which chance knows things and customers, so that they do not depend on order or neighbours."""

from __future__ import annotations

from hashlib import blake2b

ENTITY_BITS = 26  # what the counter of a draw has room for, beside the stream


def entity_number(name: str) -> int:
    """A retailer's or outlet's own number, 0 .. 2^26 - 1: a hash of its id, whatever else is in the market."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") >> (64 - ENTITY_BITS)


def customer_number(name: str) -> int:
    """The draw key of a customer from a file, 0 .. 2^64 - 1: a hash of the id."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
