"""
Raw mails through intake: stored first as the visitor of the mailbox stores them, then taken in.

Run inside the installation: ``python -m bench.mail COUNT``; prints rate, percentiles, queries.
"""

from __future__ import annotations

import json
import sys
import time

LETTER = """From: Buyer {n} <buyer{n}@mail.example>
To: bench@shop.example
Subject: Where is parcel {n}?
Message-ID: <bench-{n}@mail.example>
Date: Sat, 28 Nov 2026 08:00:00 +0000
Content-Type: text/plain; charset=utf-8

请问我的包裹 {n} 到哪里了？谢谢。
"""


def main(count: int) -> dict[str, object]:
    import django

    django.setup()
    from django.core.files.base import ContentFile
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from bench.figures import percentile
    from cangke.desk.channels.mail import fetching, intake
    from cangke.desk.models import Mailbox, RawMail
    from cangke.foundation.files.public import store

    box = _mailbox(timezone.now())
    raws = []
    for n in range(count):
        data = LETTER.format(n=n).encode()
        file = store(
            ContentFile(data, name=f"{n}.eml"), purpose=fetching.PURPOSE, by=None,
            at=timezone.now(), allowed_types=fetching.ANYTHING,
        )  # fmt: skip
        raws.append(
            RawMail.objects.create(
                mailbox=box,
                uidvalidity=1,
                uid=n + 1,
                size=len(data),
                digest=fetching.digest_of(data),
                received_at=timezone.now(),
                eml=file,
                state="received",
            )  # fmt: skip
        )
    taken = []
    with CaptureQueriesContext(connection) as queries:
        intake.take_in(raws[0].pk, at=timezone.now())
    began = time.perf_counter()
    for raw in raws[1:]:
        started = time.perf_counter()
        intake.take_in(raw.pk, at=timezone.now())
        taken.append((time.perf_counter() - started) * 1000)
    seconds = time.perf_counter() - began
    assert isinstance(box, Mailbox)
    return {
        "taken": RawMail.objects.filter(mailbox=box, state="parsed").count(),
        "rate": round(len(taken) / seconds, 1),
        "p50": round(percentile(taken, 0.5), 1),
        "p95": round(percentile(taken, 0.95), 1),
        "queries": len(queries),
    }


def _mailbox(at: object) -> object:
    import datetime as dt

    from cangke.desk.models import Channel, Mailbox

    like = Channel.objects.get(code="bench-web")
    channel = Channel.objects.create(
        code="bench-mail", name="bench mail", kind="email", site=like.site, shop=like.shop,
        default_group=like.default_group,
    )  # fmt: skip
    return Mailbox.objects.create(
        channel=channel, address="bench@shop.example", sender_name="bench",
        imap_host="127.0.0.1", imap_port=1, imap_security="none", imap_user="bench",
        imap_password="bench", smtp_host="127.0.0.1", smtp_port=1, smtp_security="none",
        smtp_user="bench", smtp_password="bench", since_date=dt.date(2020, 1, 1),
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
