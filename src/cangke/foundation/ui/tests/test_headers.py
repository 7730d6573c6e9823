"""Every answer carries its headers; no page needs an inline style or script."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

GALLERY = [
    "/ui/gallery/",
    "/ui/gallery/list/",
    "/ui/gallery/list/?kind=none&state=wait",
    "/ui/gallery/list/?kind=first",
    "/ui/gallery/form/",
    "/ui/gallery/form/?kind=errors",
    "/ui/gallery/detail/",
    "/ui/gallery/charts/",
    "/ui/gallery/desk/",
    "/ui/gallery/board/",
    "/ui/gallery/explain/",
    "/ui/gallery/print/",
    "/ui/gallery/error/500/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/logout/",
    "/people/",
]
OUTSIDE = ["/account/login/", "/account/password/reset/", "/account/password/reset/done/"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 302),
        ("/account/login/", 200),
        ("/nowhere/", 404),
        ("/fault/refusal/", 422),
        ("/fault/denied/", 403),
        ("/fault/bad/", 400),
    ],
)
def test_every_answer_has_its_headers(client: Client, db: None, path: str, status: int):
    answer = client.get(path)
    assert answer.status_code == status
    policy = answer["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "HX-Request" in answer.get("Vary", "")


def test_the_nonce_is_new_each_time_and_stands_in_the_page(client: Client, db: None):
    seen = set()
    for _visit in range(2):
        answer = client.get("/account/login/")
        (nonce,) = re.findall(r"'nonce-([^']+)'", answer["Content-Security-Policy"])
        assert f'nonce="{nonce}"' in answer.content.decode()
        seen.add(nonce)
    assert len(seen) == 2


def test_only_a_view_that_asks_for_it_may_be_framed(client: Client):
    answer = client.get("/framed/")
    assert "frame-ancestors https://shop.example;" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer


def test_pages_of_somebody_signed_in_are_not_kept(member: Client, client: Client):
    assert member.get("/")["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/framed/").get("Cache-Control", "")


class Inline(HTMLParser):
    """Collects what the content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style":
            self.found.append("<style>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("<script>")
        if tag == "script" and "src" in given and not given.get("nonce"):
            self.found.append(f"script without nonce: {given['src']}")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on", "hx-vals")) and value:
                self.found.append(f"{tag} {name}={value}")
            if (value or "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("path", GALLERY)
def test_no_page_holds_inline_style_or_script(member: Client, path: str):
    answer = member.get(path)
    assert answer.status_code in (200, 422, 500)
    page = Inline()
    page.feed(answer.content.decode())
    assert page.found == []


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_page_before_the_login_holds_inline_style_or_script(client: Client, db: None, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    page = Inline()
    page.feed(answer.content.decode())
    assert page.found == []
