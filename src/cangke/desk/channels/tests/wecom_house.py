"""A customer of WeCom, and what the house does of itself when WeCom calls."""

import io
import time

from django.test import Client
from django.utils import timezone
from PIL import Image

from cangke.desk.channels.wecom import intake
from cangke.desk.models import Message

from .wecom_server import CORP, news, seal, signed

FISH, SEA = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw", "wmAJ2GCAAASea"


def address(account):
    return f"/desk/connect/wecom/{account.channel.public_key}/"


def ring(account, *, text=None, stamp=None, **values):
    """WeCom calls our address."""
    text = seal(news() if text is None else text, **values)
    body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>"
    query = signed(text, stamp=int(time.time()) if stamp is None else stamp)
    return Client().post(f"{address(account)}?{query}", body, content_type="text/xml")


def pull(account, at=None):
    return intake.visit(account.pk, at=at or timezone.now())


def said():
    return list(
        Message.objects.filter(direction="in").order_by("pk").values_list("body", flat=True)
    )


def picture():
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(kept, "JPEG")
    return kept.getvalue()
