"""Order numbers in what customers write."""

import re
import unicodedata

_NUMBER = re.compile(r"(?<![A-Z0-9-])[A-Z0-9][A-Z0-9-]{3,38}[A-Z0-9](?![A-Z0-9-])")
MOST_NUMBERS = 5
FEWEST_DIGITS = 4


def named_numbers(text: str) -> tuple[str, ...]:
    """
    Return what may be an order number in the text, in order, each once, in capitals.

    Five to forty letters, digits and hyphens with at least four digits; full-width signs count.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    found = (match.group() for match in _NUMBER.finditer(plain))
    likely = (each for each in found if sum(map(str.isdigit, each)) >= FEWEST_DIGITS)
    return tuple(dict.fromkeys(likely))[:MOST_NUMBERS]
