"""A visitor of the web chat, for tests."""

import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from cangke.desk import actions
from cangke.desk.models import Conversation, Message


class Browser:
    """A visitor's browser: its cookie, and the proof of the page it has open."""

    def __init__(self, channel, **headers) -> None:
        self.client = Client(headers={"accept-language": "zh-CN", **headers})
        self.address = f"/chat/{channel.public_key}/"
        self.proof = ""

    def open(self, query: str = "") -> str:
        response = self.client.get(self.address + query)
        assert response.status_code == 200, response.content
        html = response.content.decode()
        self.proof = re.search(r'name="proof" value="([0-9a-f]+)"', html)[1]
        return html

    def post(self, part: str = "", *, fetch: bool = True, **values):
        if not self.proof:
            self.open()
        headers = {"x-requested-with": "fetch"} if fetch else {}
        return self.client.post(
            self.address + part, {"proof": self.proof, **values}, headers=headers
        )

    def say(self, body: str, token: str = "", **more):
        return self.post(body=body, client_token=token, **more)

    def lines(self, query: str = "") -> str:
        response = self.client.get(f"{self.address}messages/{query}")
        return response.content.decode() if response.status_code == 200 else ""


def reply(agent, body: str, **more) -> Message:
    return actions.reply(
        conversation_id=Conversation.objects.latest("pk").pk,
        body=body,
        by=agent,
        at=timezone.now(),
        **more,
    )


def picture() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    return SimpleUploadedFile("破损.png", drawn.getvalue(), "image/png")
