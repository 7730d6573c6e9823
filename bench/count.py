"""What the driver checks afterwards: every accepted message once, with its audit row."""

from __future__ import annotations

import json


def main() -> dict[str, object]:
    import django

    django.setup()
    from collections import Counter

    from cangke.desk.public import Message

    bodies = Message.objects.filter(body__startswith="bench ").values_list("body", flat=True)
    counted = Counter(body.removeprefix("bench ") for body in bodies)
    return {
        "tokens": list(counted),
        "doubled": sum(1 for many in counted.values() if many > 1),
    }


if __name__ == "__main__":
    print(json.dumps(main()))
