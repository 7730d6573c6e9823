"""What the driver checks afterwards: every accepted message once, with its audit row."""

from __future__ import annotations

import json


def main() -> dict[str, object]:
    import django

    django.setup()
    from collections import Counter

    from cangke.desk.public import Message

    rows = Message.objects.filter(body__startswith="bench ")
    bodies = rows.order_by("conversation", "seq").values_list("body", flat=True)
    tokens = [body.removeprefix("bench ") for body in bodies]
    counted = Counter(tokens)
    return {
        "tokens": list(counted),
        "doubled": sum(1 for many in counted.values() if many > 1),
        "reordered": _reordered(tokens),
    }


def _reordered(tokens: list[str]) -> int:
    """How many messages stand after a later one of the same sender (``sender-turn-clock``)."""
    last: dict[str, int] = {}
    wrong = 0
    for token in tokens:
        sender, turn, _clock = token.split("-")
        wrong += int(turn) < last.get(sender, -1)
        last[sender] = int(turn)
    return wrong


if __name__ == "__main__":
    print(json.dumps(main()))
