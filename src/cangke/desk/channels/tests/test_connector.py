"""The generic channel: signed in, signed out, once, with word of how far an answer came."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.channels import duties
from cangke.desk.channels.connector import outgoing
from cangke.desk.models import Connector, Conversation, Message, OutgoingCall
from cangke.desk.tests.factories import account_of, go_online, make_company
from cangke.foundation.notices.public import is_signed, sign
from tests.factories import client_for

from .factories import make_channel

SECRET = "a-secret-of-the-tool"


class Tool(BaseHTTPRequestHandler):
    """An outside tool that notes what it is handed and answers as it is told."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        status, said = self.server.answers.pop(0) if self.server.answers else (200, b"{}")
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words):
        """Be silent."""


@pytest.fixture
def tool(settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tool)
    server.heard, server.answers = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def connector(company, tool):
    channel = make_channel("marketplace_im", company.shop)
    return Connector.objects.create(
        channel=channel,
        secret=SECRET,
        identity_kind="im_nick",
        url=f"http://127.0.0.1:{tool.server_port}/hook",
    )


def bring(connector, *, what="messages", secret=SECRET, late=0, **values):
    body = json.dumps(values).encode()
    stamp = int(timezone.now().timestamp()) - late
    return Client().post(
        f"/desk/connect/{connector.channel.public_key}/{what}/",
        body,
        content_type="application/json",
        headers={"X-Cangke-Timestamp": str(stamp), "X-Cangke-Signature": sign(secret, stamp, body)},
    )


def ask(connector, **values):
    complete = {"id": "m1", "from": {"id": "tb小鱼", "name": "小鱼"}, "text": "在吗"}
    return bring(connector, **{**complete, **values})


@pytest.mark.requirement("A1", "X11")
def test_a_signed_message_becomes_a_conversation_once(connector):
    """Design security 52: replayed."""
    first = ask(connector)
    again = ask(connector)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "duplicate": True}
    talk = Conversation.objects.get()
    assert talk.channel == connector.channel
    assert talk.customer.display_name == "小鱼"
    assert talk.waiting_since is not None
    assert ask(connector, id="m2", text="还在吗").json()["conversation"] == talk.number
    connector.refresh_from_db()
    assert connector.last_in_at is not None


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"secret": "another"}, 403),
        ({"late": 400}, 403),
        ({"late": -400}, 403),
        ({"text": "", "files": []}, 422),
        ({"from": {"id": ""}}, 422),
        ({"id": ""}, 422),
        ({"text": "x" * 20_001}, 422),
        ({"surprise": 1}, 422),
        ({"files": [{"name": "a.png", "data": "***"}]}, 422),
    ],
)
def test_what_is_not_signed_or_not_understood_changes_nothing(connector, values, status):
    """Design security 52: bad or no signature."""
    answer = ask(connector, **values)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Conversation.objects.exists()


def test_a_signature_of_another_body_is_worth_nothing(connector):
    stamp = int(timezone.now().timestamp())
    answer = Client().post(
        f"/desk/connect/{connector.channel.public_key}/messages/",
        b'{"id": "m9"}',
        content_type="application/json",
        headers={
            "X-Cangke-Timestamp": str(stamp),
            "X-Cangke-Signature": sign(SECRET, stamp, b"{}"),
        },
    )
    assert answer.status_code == 403


def test_unknown_and_closed_channels_are_not_found(connector):
    connector.channel.is_active = False
    connector.channel.save()
    assert ask(connector).status_code == 404
    connector.channel.public_key = "nobody"
    assert ask(connector).status_code == 404


def test_a_file_comes_along(connector):
    data = base64.b64encode("第一行".encode()).decode()
    ask(connector, files=[{"name": "说明.txt", "content_type": "text/plain", "data": data}])
    assert Message.objects.get(direction="in").attachments.get().file.name == "说明.txt"


# --- out


@pytest.fixture
def answered(connector, company):
    """A reply that waits to be handed over."""
    ask(connector)
    agent = company.agent()
    go_online(agent)
    return desk.reply(
        conversation_id=Conversation.objects.get().pk,
        body="在的，您好",
        by=account_of(agent),
        at=timezone.now(),
    )


@pytest.mark.requirement("X11")
def test_a_reply_is_handed_over_signed_and_its_receipts_come_back(connector, tool, answered):
    tool.answers = [(200, b'{"id": "theirs-1"}')]
    duties.hand_over_waiting(timezone.now())
    [(headers, body)] = tool.heard
    told = json.loads(body)
    assert told["to"] == {"id": "tb小鱼"}
    assert (told["id"], told["text"], told["automatic"]) == (answered.pk, "在的，您好", False)
    assert is_signed(
        SECRET,
        timestamp=headers["X-Cangke-Timestamp"],
        body=body,
        signature=headers["X-Cangke-Signature"],
        at=timezone.now(),
    )
    answered.refresh_from_db()
    assert (answered.delivery, answered.external_id) == ("sent", "theirs-1")
    duties.hand_over_waiting(timezone.now())
    assert len(tool.heard) == 1
    assert bring(connector, what="deliveries", id=answered.pk, state="read").status_code == 200
    assert bring(connector, what="deliveries", id=answered.pk, state="delivered").json() == {
        "id": answered.pk,
        "state": "read",
    }


def hand_over(at):
    """What the duty does, at a moment of our choice."""
    for pk in outgoing.due(at=at):
        outgoing.send(pk, at=at)


def test_a_tool_that_is_down_gets_it_later_and_one_that_refuses_does_not(connector, tool, answered):
    tool.answers = [(503, b"busy"), (400, b"unknown user")]
    now = timezone.now()
    hand_over(now)
    answered.refresh_from_db()
    assert answered.delivery == "queued"
    assert "503" in answered.delivery_note
    hand_over(now)
    assert len(tool.heard) == 1
    hand_over(now + outgoing.BACKOFF[0])
    answered.refresh_from_db()
    assert answered.delivery == "failed"
    assert "unknown user" in answered.delivery_note
    assert Connector.objects.get().state == "failing"


def test_one_that_never_answers_fails_at_last_and_is_sent_again_by_hand(connector, tool, answered):
    at = timezone.now()
    tool.answers = [(500, b"")] * 8
    for wait in (*outgoing.BACKOFF, outgoing.BACKOFF[-1]):
        hand_over(at)
        at += wait
    answered.refresh_from_db()
    assert answered.delivery == "failed"
    assert len(tool.heard) == len(outgoing.BACKOFF) + 1
    client_for(account_of(answered.agent)).post(f"/desk/message/{answered.pk}/resend/")
    hand_over(timezone.now())
    answered.refresh_from_db()
    assert answered.delivery == "sent"


def test_a_recalled_reply_is_not_handed_over(connector, tool, answered):
    desk.recall_message(message_id=answered.pk, by=account_of(answered.agent), at=timezone.now())
    duties.hand_over_waiting(timezone.now())
    assert tool.heard == []
    assert OutgoingCall.objects.get().state == "held"


def test_a_tool_without_an_address_fetches_its_answers(connector, answered):
    Connector.objects.update(url="")
    duties.hand_over_waiting(timezone.now())
    path = f"/desk/connect/{connector.channel.public_key}/answers/"
    stamp = int(timezone.now().timestamp())

    def fetch():
        signature = sign(SECRET, stamp, path.encode())
        return Client().get(
            path,
            headers={"X-Cangke-Timestamp": str(stamp), "X-Cangke-Signature": signature},
        )

    assert [each["id"] for each in fetch().json()["rows"]] == [answered.pk]
    bring(connector, what="deliveries", id=answered.pk, state="sent")
    assert fetch().json()["rows"] == []


def test_word_of_another_channels_answer_is_refused(connector, company, answered):
    """Design security 10: a foreign message in the body."""
    other = Connector.objects.create(
        channel=make_channel("api", company.shop), secret=SECRET, url=""
    )
    assert bring(other, what="deliveries", id=answered.pk, state="read").status_code == 422


# --- set-up


def test_a_supervisor_connects_a_tool_and_sees_the_secret_once(company, db):
    supervisor = client_for(account_of(company.agent("cs-supervisor", online=False)))
    form = {
        "name": "拼多多",
        "shop": company.shop.pk,
        "language": "zh-hans",
        "is_active": "on",
        "kind": "marketplace_im",
        "identity_kind": "marketplace_id",
        "url": "https://tool.example/hook",
    }
    assert (
        supervisor.post("/desk/channels/tool/new/", {**form, "url": "ftp://x"}).status_code == 422
    )
    made = supervisor.post("/desk/channels/tool/new/", form)
    row = Connector.objects.get()
    assert made.headers["Location"] == f"/desk/channels/tool/{row.pk}/"
    again = supervisor.post(f"/desk/channels/tool/{row.pk}/", form)
    assert again.status_code == 302, "whoever saves once more has not seen the secret yet"
    page = supervisor.get(f"/desk/channels/tool/{row.pk}/").content.decode()
    assert "已保存渠道“拼多多”。" in page
    assert str(row.secret) in page
    assert str(row.secret) not in supervisor.get(f"/desk/channels/tool/{row.pk}/").content.decode()
    assert "拼多多" in supervisor.get("/desk/channels/").content.decode()
    agent = client_for(account_of(company.agent(online=False)))
    assert agent.get(f"/desk/channels/tool/{row.pk}/").status_code == 403
