"""The hash chain over the audit log, in plain Python."""

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64


def canonical(values: Mapping[str, object]) -> str:
    """Return one spelling for the same values: sorted keys, no spaces, text as it is."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link_hash(previous: str, sequence: int, values: Mapping[str, object]) -> str:
    """Return the SHA-256 that binds an entry to its place and to the entry before it."""
    text = f"{previous}|{sequence}|{canonical(values)}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
