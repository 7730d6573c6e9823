"""A small WeCom on this machine: it answers as the published interface does, over real HTTP."""

import base64
import contextlib
import hashlib
import json
import os
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"
SECRET = "secret-of-the-app"
KFID = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer(b"")

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/cgi-bin/")
        wecom = self.server.wecom
        wecom.calls.append(path)
        status, headers, said = wecom.answer(path, query, body, dict(self.headers))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words):
        """Be silent."""


class Wecom:
    """What the other side knows, and how it is told to misbehave."""

    def __init__(self):
        self.rows = []
        self.sent = []
        self.calls = []
        self.asked = []
        self.media = {}
        self.uploads = {}
        self.names = {}
        self.tokens = 0
        self.good_token = ""
        self.page = 2
        self.faults = {}  # path → answers given before the true one
        self.lost = set()  # paths whose next answer gets lost after the work is done

    # --- what a customer does

    def says(self, who, kind="text", **content):
        content = content or {"content": "在吗"}
        return self._row(
            external_userid=who, origin=3, msgtype=kind, open_kfid=KFID, **{kind: content}
        )

    def happens(self, event_type, who="", **facts):
        event = {"event_type": event_type, "open_kfid": KFID, "external_userid": who, **facts}
        return self._row(origin=4, msgtype="event", event=event)

    def _row(self, **values):
        number = f"msg{len(self.rows) + 1}"
        self.rows.append({"msgid": number, "send_time": int(time.time()) + 1, **values})
        return number

    # --- what the interface answers

    def answer(self, path, query, body, headers):
        if self.faults.get(path):
            fault = self.faults[path].pop(0)
            return fault if isinstance(fault, tuple) else _told(fault)
        if path == "gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != (CORP, SECRET):
                return _told({"errcode": 40001, "errmsg": "invalid credential"})
            self.tokens += 1
            self.good_token = f"token-{self.tokens}"
            return _told({"errcode": 0, "access_token": self.good_token, "expires_in": 7200})
        if query.get("access_token") != self.good_token:
            return _told({"errcode": 42001, "errmsg": "access_token expired"})
        if path == "media/get":
            return self._media(query["media_id"])
        if path == "media/upload":
            return self._upload(query["type"], body)
        what = json.loads(body)
        self.asked.append((path, what))
        told = getattr(self, "_" + path.replace("/", "_"))(what)
        if path in self.lost:
            self.lost.discard(path)
            return 502, {}, b"bad gateway"
        return _told({"errcode": 0, "errmsg": "ok", **told})

    def _kf_sync_msg(self, what):
        start = int(what["cursor"] or 0)
        page = self.rows[start : start + self.page]
        return {
            "next_cursor": str(start + len(page)),
            "has_more": int(start + len(page) < len(self.rows)),
            "msg_list": page,
        }

    def _kf_customer_batchget(self, what):
        known = [
            {"external_userid": each, "nickname": self.names[each]}
            for each in what["external_userid_list"]
            if each in self.names
        ]
        return {"customer_list": known}

    def _kf_account_list(self, _what):
        return {"account_list": [{"open_kfid": KFID, "name": "客服"}]}

    def _kf_send_msg(self, what):
        assert re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", what["msgid"])
        if any(each["msgid"] == what["msgid"] for each in self.sent):
            return {"errcode": 40058, "errmsg": "msgid already used"}
        self.sent.append(what)
        return {"msgid": what["msgid"]}

    def _media(self, media_id):
        if media_id not in self.media:
            return _told({"errcode": 40007, "errmsg": "invalid media_id"})
        name, kind, data = self.media[media_id]
        disposition = f'attachment; filename="{name}"'.encode().decode("latin-1")
        return 200, {"Content-Type": kind, "Content-Disposition": disposition}, data

    def _upload(self, kind, body):
        head, _, rest = body.partition(b"\r\n\r\n")
        name = re.search(r'filename="([^"]*)"', head.decode())[1]
        length = int(re.search(rb"filelength=(\d+)", head)[1])
        number = f"media{len(self.uploads) + 1}"
        self.uploads[number] = (kind, name, rest[:length])
        return _told({"errcode": 0, "type": kind, "media_id": number})


def _told(what):
    return 200, {"Content-Type": "application/json; charset=UTF-8"}, json.dumps(what).encode()


@contextlib.contextmanager
def serve():
    """Run a WeCom; its ``url`` stands for the interface's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.wecom = Wecom()
    server.wecom.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.wecom
    finally:
        server.shutdown()
        server.server_close()


# --- sealing, from the other side


def seal(text, *, receiver=CORP, key=AES_KEY):
    """Seal a text as WeCom does before it calls."""
    secret = base64.b64decode(key + "=")
    data = text.encode()
    plain = os.urandom(16) + len(data).to_bytes(4, "big") + data + receiver.encode()
    count = 32 - len(plain) % 32
    plain += bytes([count]) * count
    closer = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(closer.update(plain) + closer.finalize()).decode()


def signed(sealed, *, stamp, nonce="1372623149", token=TOKEN):
    """The query of a call."""
    texts = sorted([token, str(stamp), nonce, sealed])
    signature = hashlib.sha1("".join(texts).encode(), usedforsecurity=False).hexdigest()
    return urlencode({"msg_signature": signature, "timestamp": stamp, "nonce": nonce})


def news(*, token="PULL", kfid=KFID, event="kf_msg_or_event"):
    """The text inside a call that says there is news."""
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><CreateTime>1348831860</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
        f"<Token><![CDATA[{token}]]></Token><OpenKfId><![CDATA[{kfid}]]></OpenKfId></xml>"
    )
