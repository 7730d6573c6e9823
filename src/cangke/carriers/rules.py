"""Tracking addresses of carriers: plain Python."""

import re
from urllib.parse import quote

NUMBER = "{number}"
TEMPLATE = re.compile(r"https://[\w.-]+(:\d+)?(/\S*)?")


def is_tracking_template(text: str) -> bool:
    """Whether the text is an https address with exactly one place for the number."""
    return (
        bool(TEMPLATE.fullmatch(text))
        and text.count(NUMBER) == 1
        and "{" not in text.replace(NUMBER, "")
    )


def tracking_link(template: str, number: str) -> str:
    """Return the carrier's page of a parcel; empty where the carrier has none."""
    return template.replace(NUMBER, quote(number, safe="")) if template else ""
