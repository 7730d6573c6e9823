import datetime as dt
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.foundation.notices import rules

SHANGHAI, LA = "Asia/Shanghai", "America/Los_Angeles"


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "zone", "start", "end", "until"),
    [
        (utc(2026, 11, 23, 15), SHANGHAI, "22:00", "08:00", utc(2026, 11, 24, 0)),
        (utc(2026, 11, 23, 23, 59), SHANGHAI, "22:00", "08:00", utc(2026, 11, 24, 0)),
        (utc(2026, 11, 24, 0), SHANGHAI, "22:00", "08:00", None),
        (utc(2026, 11, 23, 5), SHANGHAI, "22:00", "08:00", None),
        (utc(2026, 11, 23, 5), SHANGHAI, "12:00", "14:00", utc(2026, 11, 23, 6)),
        (utc(2026, 11, 23, 5), SHANGHAI, "12:00", "12:00", None),
        (utc(2026, 3, 8, 9, 30), LA, "22:00", "06:00", utc(2026, 3, 8, 13)),
    ],
)
def test_quiet_hours_by_the_persons_clock(at, zone, start, end, until):
    first, last = dt.time.fromisoformat(start), dt.time.fromisoformat(end)
    assert rules.quiet_until(at, zone=zone, start=first, end=last) == until


def test_without_both_ends_it_is_never_quiet():
    at = utc(2026, 11, 23, 15)
    assert rules.quiet_until(at, zone=SHANGHAI, start=None, end=dt.time(8)) is None
    assert rules.quiet_until(at, zone=SHANGHAI, start=dt.time(8), end=None) is None


def test_waiting_grows_and_ends():
    waits = [rules.wait_after(n) for n in range(1, 9)]
    assert waits == sorted(waits)
    assert rules.wait_after(9) is None


@pytest.mark.parametrize("url", ["", "/", "/orders/12?x=1#y", "/查"])
def test_links_that_stay(url):
    assert rules.is_local_path(url)


@pytest.mark.parametrize(
    "url",
    ["//evil", "/\\evil", "https://evil", "javascript:alert(1)", "/a\r\nb", "/a b", "x", "\\x"],
)
def test_links_that_leave(url):
    assert not rules.is_local_path(url)


def test_addresses_in_what_a_server_says_are_masked():
    said = "{'wang.li@example.com': (550, b'<li@x.cn> no such user')} at 10:30"
    assert rules.without_addresses(said) == (
        "{'w***@example.com': (550, b'<l***@x.cn> no such user')} at 10:30"
    )


@given(text=st.text(max_size=500))
def test_one_line_is_one_plain_line(text):
    line = rules.one_line(text)
    assert len(line) <= 200
    assert line.isprintable()
    assert "\n" not in line


def test_a_signature_holds_for_five_minutes_and_for_its_body_alone():
    at = utc(2026, 11, 23)
    stamp = int(at.timestamp())
    good = {"timestamp": str(stamp), "body": b"{}", "signature": rules.sign("key", stamp, b"{}")}
    assert rules.is_signed("key", at=at, **good)
    assert rules.is_signed("key", at=at + dt.timedelta(minutes=5), **good)
    assert not rules.is_signed("key", at=at + dt.timedelta(minutes=5, seconds=1), **good)
    assert not rules.is_signed("key", at=at - dt.timedelta(minutes=6), **good)
    assert not rules.is_signed("other", at=at, **good)
    assert not rules.is_signed("", at=at, **good)
    assert not rules.is_signed("key", at=at, **{**good, "body": b"[]"})
    assert not rules.is_signed("key", at=at, **{**good, "signature": ""})
    assert not rules.is_signed("key", at=at, **{**good, "signature": "sha256=é"})
    for stamp in ("", "x", "-1", "１", "9" * 30):
        assert not rules.is_signed("key", at=at, **{**good, "timestamp": stamp})


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://x",
        "example.com",
        "//example.com",
        "http://",
        "http://user:pw@example.com/",
        "http://example.com@127.0.0.1/",
        "http://exa mple.com/",
        "http://example.com/\r\nX: y",
        "http://example.com\\@evil/",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://example.com:x/",
        "http://[::1/",
        "http://" + "a" * 70 + ".com/",
        "http://ex$ample.com/",
        "http://example.com/" + "a" * 2000,
    ],
)
def test_addresses_that_are_none(url):
    with pytest.raises(rules.BadAddress):
        rules.read_url(url)


def test_addresses_that_are_some():
    for url in ("https://example.com", "http://example.com:8080/a?b=c", "https://例子.com/x"):
        assert rules.read_url(url).hostname


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.1.2", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
        "2001:db8::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
        "100::1", "x", "",
    ],
)  # fmt: skip
def test_networks_that_may_not_be_called(address):
    assert not rules.is_callable_address(address, 443)


def test_networks_that_may():
    assert rules.is_callable_address("8.8.8.8", 443)
    assert rules.is_callable_address("2606:4700::1111", 80)
    for port in (22, 25, 3306, 6379, 1):
        assert not rules.is_callable_address("8.8.8.8", port)
    house = [ipaddress.ip_network("127.0.0.0/8")]
    assert rules.is_callable_address("127.0.0.1", 25, allowed=house)
    assert not rules.is_callable_address("::ffff:127.0.0.1", 25, allowed=house)
    assert not rules.is_callable_address("10.0.0.1", 443, allowed=house)


@given(address=st.ip_addresses(), port=st.integers(0, 65535))
def test_whatever_may_be_called_is_public(address, port):
    if rules.is_callable_address(str(address), port):
        assert address.is_global
        assert not address.is_private
        assert not address.is_multicast
