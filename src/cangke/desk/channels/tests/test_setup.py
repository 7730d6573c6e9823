"""Channels are set up on pages; secrets are never shown; mail put aside can be read again."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cangke.desk.channels.mail import fetching, intake
from cangke.desk.models import Channel, Connector, Mailbox, Message, RawMail
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.files.public import ANYTHING, store
from cangke.people.tests.factories import make_shop
from tests.factories import client_for, make_account
from tests.mailservers import PASSWORD, free_port

from .factories import letter, make_channel, make_mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    return client_for(make_account("supervisor"))


@pytest.fixture
def agent():
    return client_for(make_account("agent"))


def mailbox_form(**values) -> dict:
    return {
        "name": "客服邮箱",
        "shop": make_shop().pk,
        "language": "zh-hans",
        "is_active": "on",
        "address": "help@shop.example",
        "imap_host": "127.0.0.1",
        "imap_port": free_port(),
        "imap_security": "none",
        "imap_user": "help",
        "imap_password": PASSWORD,
        "imap_folder": "INBOX",
        "smtp_host": "127.0.0.1",
        "smtp_port": free_port(),
        "smtp_security": "none",
        "smtp_user": "help",
        "smtp_password": PASSWORD,
        "poll_seconds": 30,
        "since_date": "2026-01-01",
        **values,
    }


PAGES = ("/desk/channels/", "/desk/channels/chat/new/", "/desk/channels/mailbox/new/",
         "/desk/channels/mails/")  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_only_who_sets_the_desk_up_gets_in(address, supervisor, agent, client):
    assert supervisor.get(address).status_code == 200
    assert agent.get(address).status_code == 403
    assert client.get(address).status_code == 302


@pytest.mark.requirement("A1")
def test_a_web_chat_is_made_with_its_line_of_code(supervisor):
    shop = make_shop(name="海风小店")
    values = {
        "name": "店铺聊天",
        "shop": shop.pk,
        "language": "zh-hans",
        "is_active": "on",
        "show_agents": "on",
        "origins": "https://shop.example/\nhttps://*.shop.example:8443",
        "greeting_zh": "您好！",
    }
    response = supervisor.post("/desk/channels/chat/new/", values)
    channel = Channel.objects.get(name="店铺聊天")
    assert response.headers["Location"] == f"/desk/channels/chat/{channel.pk}/"
    assert channel.config["origins"] == ["https://shop.example", "https://*.shop.example:8443"]
    assert channel.greetings == {"zh-hans": "您好！"}
    page = supervisor.get(f"/desk/channels/chat/{channel.pk}/").content.decode()
    assert f"/widget/{channel.public_key}.js" in page


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://a.example/path", "https://a; script-src *", "*"]
)
def test_a_site_that_is_no_site_is_refused_and_nothing_changes(supervisor, origin):
    values = {"name": "x", "shop": make_shop().pk, "language": "en", "origins": origin}
    response = supervisor.post("/desk/channels/chat/new/", values)
    assert response.status_code == 422
    assert origin in response.content.decode().replace("&amp;", "&")
    assert not Channel.objects.filter(name="x").exists()


def test_a_mailbox_is_made_and_its_passwords_are_never_shown(supervisor):
    response = supervisor.post("/desk/channels/mailbox/new/", mailbox_form())
    assert response.status_code == 302, response.content.decode()
    box = Mailbox.objects.get()
    assert box.imap_password == PASSWORD
    assert box.channel.kind == "email"
    for page in (f"/desk/channels/mailbox/{box.pk}/", "/desk/channels/"):
        assert PASSWORD not in supervisor.get(page).content.decode()
    kept = str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert PASSWORD not in kept
    assert "imap_password" in kept


def test_an_empty_password_stays_and_a_new_one_replaces(supervisor):
    supervisor.post("/desk/channels/mailbox/new/", mailbox_form())
    box = Mailbox.objects.get()
    Mailbox.objects.update(uidvalidity=7, last_uid=9)
    values = mailbox_form(shop=box.channel.shop_id, imap_password="", smtp_password="new one")
    values |= {"imap_port": box.imap_port, "sender_name": "小店\r\nBcc: x@y.example"}
    assert supervisor.post(f"/desk/channels/mailbox/{box.pk}/", values).status_code == 302
    box.refresh_from_db()
    assert (box.imap_password, box.smtp_password) == (PASSWORD, "new one")
    assert box.sender_name == "小店 Bcc: x@y.example"
    assert box.last_uid == 9
    values["imap_folder"] = "Support"
    supervisor.post(f"/desk/channels/mailbox/{box.pk}/", values)
    box.refresh_from_db()
    assert (box.uidvalidity, box.last_uid) == (None, 0)


def test_two_channels_cannot_share_an_address(supervisor):
    supervisor.post("/desk/channels/mailbox/new/", mailbox_form())
    again = supervisor.post(
        "/desk/channels/mailbox/new/", mailbox_form(address="HELP@shop.example")
    )
    assert again.status_code == 422
    assert Mailbox.objects.count() == 1


def test_a_mailbox_that_fails_is_seen_at_the_top(supervisor, settings):
    settings.CANGKE_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    box = make_mailbox(imap_port=free_port())
    fetching.visit(box.pk, at=timezone.now())
    for page in ("/desk/channels/", f"/desk/channels/mailbox/{box.pk}/"):
        html = supervisor.get(page).content.decode()
        assert "服务器拒绝连接" in html
    checked = supervisor.post(f"/desk/channels/mailbox/{box.pk}/check/", follow=True)
    assert checked.content.decode().count("服务器拒绝连接") >= 2


def put_aside(error: str = "fault") -> RawMail:
    at = timezone.now()
    file = store(
        ContentFile(letter("原来读不懂"), name="1.eml"),
        purpose="desk.mail",
        by=None,
        at=at,
        allowed_types=ANYTHING,
    )
    return RawMail.objects.create(
        mailbox=make_mailbox(),
        uidvalidity=1,
        uid=1,
        digest="d" * 64,
        received_at=at,
        eml=file,
        state="quarantined",
        error=error,
        sender="fish@example.com",
    )


def test_what_was_put_aside_is_listed_masked_and_can_be_read_again(supervisor, agent, client):
    raw = put_aside()
    html = supervisor.get("/desk/channels/mails/").content.decode()
    assert "解析出错" in html
    assert raw.eml.get_absolute_url() in html
    assert supervisor.get(raw.eml.get_absolute_url()).status_code == 200
    assert agent.get(raw.eml.get_absolute_url()).status_code == 404
    assert client.get(raw.eml.get_absolute_url()).status_code == 404
    supervisor.post("/desk/channels/mails/again/", {"ids": [raw.pk]})
    assert Message.objects.get(direction="in").body == "原来读不懂"
    raw.refresh_from_db()
    assert raw.state == "parsed"


def test_a_mail_of_which_only_the_head_is_left_is_not_read(supervisor):
    put_aside("too_large")
    supervisor.post("/desk/channels/mails/again/", {"all": "1"})
    assert not Message.objects.exists()


def test_the_mails_html_is_inert_and_only_for_those_who_see_the_thread(supervisor, client):
    """Design security 27: the one sanitised view of a mail."""
    at = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
    raw = put_aside()
    RawMail.objects.update(state="received")
    intake.take_in(raw.pk, at=at)
    message = Message.objects.get(direction="in")
    RawMail.objects.update(
        html='<p onclick="x()">看<script>x()</script><img src="https://t.example/p.gif"></p>'
    )
    address = f"/desk/message/{message.pk}/mail/"
    shown = supervisor.get(address)
    html = shown.content.decode()
    policy = shown.headers["Content-Security-Policy"]
    assert "<p>看" in html
    for hostile in ("onclick", "<script", "t.example"):
        assert hostile not in html
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "已拦下" in html
    assert "t.example" in supervisor.get(f"{address}?pictures=1").content.decode()
    assert client.get(address).status_code == 302
    stranger = client_for(make_account("agent", scope="self"))
    assert stranger.get(address).status_code == 404


def test_the_list_asks_the_database_a_fixed_number_of_times(
    supervisor, django_assert_max_num_queries
):
    shop = make_shop()
    for _number in range(5):
        make_channel("web_chat", shop)
    supervisor.get("/desk/channels/")
    with django_assert_max_num_queries(16) as few:
        supervisor.get("/desk/channels/")
    for _number in range(10):
        make_channel("web_chat", shop)
    with django_assert_max_num_queries(len(few.captured_queries)):
        supervisor.get("/desk/channels/")


# --- what is written down by hand


def hand(channel, **values):
    form = {
        "name": "客服热线",
        "kind": "phone",
        "site": channel.site_id,
        "language": "zh-hans",
        "is_active": "on",
        "target_seconds": 30,
        "greeting_zh": "您好，这里是海盗船",
    }
    return {**form, **values}


@pytest.mark.requirement("A1", "A4", "AMB-42")
def test_a_phone_of_a_shop_has_its_own_greeting_and_target(supervisor):
    page = supervisor
    door = make_channel("walk_in")
    assert page.post("/desk/channels/hand/new/", hand(door, kind="wecom")).status_code == 422
    made = page.post("/desk/channels/hand/new/", hand(door, shop=door.shop_id))
    channel = Channel.objects.get(name="客服热线")
    assert made.headers["Location"] == f"/desk/channels/hand/{channel.pk}/"
    assert (channel.kind, channel.shop, channel.target_seconds) == ("phone", door.shop, 30)
    assert channel.greetings == {"zh-hans": "您好，这里是海盗船"}
    text = page.get(f"/desk/channels/hand/{door.pk}/").content.decode()
    assert "greeting_zh" not in text, "at the door nothing is said by the house"
    page.post(f"/desk/channels/hand/{door.pk}/", hand(door, name="前台", is_active=""))
    door.refresh_from_db()
    assert (door.name, door.kind, door.is_active) == ("前台", "walk_in", False)


def test_what_a_tool_serves_is_not_set_up_by_hand(supervisor):
    page = supervisor
    chat, market = make_channel("web_chat"), make_channel("marketplace_im")
    assert page.get(f"/desk/channels/hand/{chat.pk}/").status_code == 404
    assert "还没有接入工具" in page.get(f"/desk/channels/hand/{market.pk}/").content.decode()
    assert "未连接" in page.get("/desk/channels/").content.decode()
    Connector.objects.create(channel=market, secret="x" * 20, last_in_at=timezone.now())
    assert page.get(f"/desk/channels/hand/{market.pk}/").status_code == 404
    assert "未连接" not in page.get("/desk/channels/").content.decode()
