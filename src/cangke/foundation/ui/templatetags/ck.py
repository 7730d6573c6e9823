"""The tags every template may use (a builtin library)."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, Form, widgets
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cangke.foundation import wording
from cangke.foundation.access.public import Account, can
from cangke.foundation.money.public import CURRENCIES

from .. import assets, charts, menu, queries
from ..once import FIELD, new_key

register = template.Library()

TONES = ("wait", "late", "done", "block", "accent")
CLOCK_STEPS = ("amber", "red", "dark")
DASHES = BLANK_CHOICE_DASH[0][1]


# --- files and marks


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file."""
    return assets.asset_url(name)


@register.simple_tag
def icon(name: str, css: str = "", *, label: object = "") -> SafeString:
    """An icon of the sprite; decorative unless it has a label."""
    sprite = assets.asset_url("icons.svg")
    if not label:
        return _mute_icon(name, css, sprite)
    about = format_html('role="img" aria-label="{}"', label)
    return _drawn(name, css, sprite, about)


@lru_cache(maxsize=512)
def _mute_icon(name: str, css: str, sprite: str) -> SafeString:
    """The decorative icons are few, and a list draws hundreds of them."""
    return _drawn(name, css, sprite, mark_safe('aria-hidden="true"'))


def _drawn(name: str, css: str, sprite: str, about: SafeString) -> SafeString:
    classes = f"ck-i {css}".strip()
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"></use></svg>', classes, about, sprite, name
    )


@register.simple_tag
def state(tone: str, text: object, icon: str = "") -> SafeString:  # noqa: A002  # the tag's word
    """A state: colour and word, an icon where it decides."""
    css = f"ck-state ck-state--{tone}" if tone in TONES else "ck-state"
    picture = _icon(icon) if icon else ""
    return format_html('<span class="{}">{}{}</span>', css, picture, text)


@register.simple_tag
def tag(text: object, kind: str = "") -> SafeString:
    """A neutral fact; ``fill`` or ``dash`` change its edge."""
    css = f"ck-tag ck-tag--{kind}" if kind in ("fill", "dash") else "ck-tag"
    return format_html('<span class="{}">{}</span>', css, text)


@register.simple_tag
def badge(count: int | None, kind: str = "") -> SafeString:
    """A count; nothing for none."""
    if not count:
        return SafeString()
    css = f"ck-badge ck-badge--{kind}" if kind in ("late", "accent") else "ck-badge"
    return format_html('<span class="{}">{}</span>', css, "99+" if count > 99 else str(count))


_icon = icon


# --- time


def spell_elapsed(seconds: int) -> str:
    """76 → ``1:16``, 4980 → ``1:23:00``, from two days on in days."""
    whole = max(0, int(seconds))
    if whole >= 172800:
        return _("%s 天") % (whole // 86400)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def spell_span(seconds: int) -> str:
    """Hours and minutes: ``2:14``; from two days on in days."""
    minutes = abs(int(seconds)) // 60
    if minutes >= 2880:
        return _("%s 天") % (minutes // 1440)
    return f"{minutes // 60}:{minutes % 60:02}"


def spell_length(seconds: int) -> str:
    """4980 → ``1 小时 23 分``; under a minute in seconds, from two days on in days and hours."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("%s 秒") % whole
    if whole < 3600:
        return _("%s 分") % (whole // 60)
    if whole < 172800:
        hours, minutes = whole // 3600, whole % 3600 // 60
        return _("%(hours)s 小时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    days, hours = whole // 86400, whole % 86400 // 3600
    return _("%(days)s 天 %(hours)s 小时") % {"days": days, "hours": hours}


def _steps(thresholds: str | Sequence[int]) -> list[int]:
    parts = thresholds.split(",") if isinstance(thresholds, str) else thresholds
    found = [int(each) for each in parts]
    if len(found) != 3:
        raise ValueError("a clock needs three thresholds in seconds")
    return found


@register.simple_tag
def clock(
    seconds: int | None = None,
    thresholds: str | Sequence[int] = "60,100,180",
    *,
    since: dt.datetime | None = None,
) -> SafeString:
    """A waiting clock; given ``since`` it ticks."""
    steps = _steps(thresholds)
    if since is not None:
        seconds = int((timezone.now() - since).total_seconds())
    if seconds is None:
        return SafeString()
    tone = ""
    for name, least in zip(CLOCK_STEPS, steps, strict=True):
        if seconds >= least:
            tone = name
    css = f"ck-clock ck-clock--{tone}" if tone else "ck-clock"
    if since is None:
        return format_html('<span class="{}">{}</span>', css, spell_elapsed(seconds))
    return format_html(
        '<span class="{}" data-ck-since="{}" data-ck-thresholds="{}" data-ck-tone="{}">{}</span>',
        css,
        int(since.timestamp()),
        ",".join(str(each) for each in steps),
        tone,
        spell_elapsed(seconds),
    )


@register.simple_tag
def countdown(until: dt.datetime | None, warn_minutes: int = 180) -> SafeString:
    """The time left; amber when little is left, red when past."""
    if until is None:
        return SafeString()
    left = int((until - timezone.now()).total_seconds())
    tone = "ck-late" if left < 0 else "ck-wait" if left < warn_minutes * 60 else ""
    words = (_("剩 %s") if left >= 0 else _("迟 %s")) % spell_span(left)
    return format_html(
        '<span class="ck-countdown {}" data-ck-until="{}" data-ck-warn="{}">{}</span>',
        tone,
        int(until.timestamp()),
        warn_minutes * 60,
        words,
    )


def spell_moment(at: dt.datetime, *, zone: dt.tzinfo | None = None) -> str:
    """``今天 18:00``, ``04-16 18:00``, in another year ``2025-04-16 18:00``; site or own zone."""
    local = timezone.localtime(at, zone)
    today = timezone.localtime(timezone.now(), zone).date()
    hour = local.strftime("%H:%M")
    days = (local.date() - today).days
    near = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}
    if days in near:
        return f"{near[days]} {hour}"
    if local.year == today.year:
        return f"{local:%m-%d} {hour}"
    return f"{local:%Y-%m-%d} {hour}"


@register.simple_tag
def moment(at: dt.datetime | None, zone: str | dt.tzinfo | None = None) -> SafeString:
    """An instant in the person's zone, or in the zone given."""
    if at is None:
        return mark_safe('<span class="ck-mut">—</span>')
    where = _zone(zone)
    local = timezone.localtime(at, where)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}",
        spell_moment(at, zone=where),
    )


def _zone(zone: str | dt.tzinfo | None) -> dt.tzinfo | None:
    return zoneinfo.ZoneInfo(zone) if isinstance(zone, str) and zone else zone or None


@register.simple_tag
def ago(at: dt.datetime | None) -> SafeString:
    """How long ago, kept true by the page; older than a day as a moment."""
    if at is None:
        return mark_safe('<span class="ck-mut">—</span>')
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if minutes >= 1440:
        return moment(at)
    words = (
        _("刚刚")
        if minutes < 1
        else _("%s 分钟前") % minutes
        if minutes < 60
        else _("%s 小时前") % (minutes // 60)
    )
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}" data-ck-ago="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}",
        int(at.timestamp()),
        words,
    )


@register.simple_tag
def day(date: dt.date | None) -> SafeString:
    """A calendar day: ``04-16``, in another year ``2025-04-16``; a day has no zone."""
    if date is None:
        return mark_safe('<span class="ck-mut">—</span>')
    this_year = timezone.localdate().year
    shown = f"{date:%m-%d}" if date.year == this_year else f"{date:%Y-%m-%d}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', f"{date:%Y-%m-%d}", f"{date:%Y-%m-%d}", shown
    )


@register.simple_tag
def length(seconds: int | None = None, minutes: int | None = None) -> str:
    """A length of time in words; give seconds or minutes."""
    if seconds is None and minutes is None:
        return "—"
    return spell_length(int(seconds) if seconds is not None else int(minutes or 0) * 60)


# --- figures and people


def spell_money(amount: Decimal | int | str, currency: str = "") -> str:
    """``-¥1,234.50``: the sign of the currency, thousands apart, as many decimals as it has."""
    known = CURRENCIES.get(currency)
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    digits = known.digits if known else 2
    sign = known.sign if known else (f"{currency} " if currency else "")
    if known and len(known.sign) > 2:
        sign = f"{known.sign} "
    minus = "-" if number < 0 else ""
    return f"{minus}{sign}{abs(number):,.{digits}f}"


@register.simple_tag
def money(amount: Any, currency: str = "") -> SafeString:
    """An amount of money; a ``Money`` brings its own currency."""
    if amount is None or amount == "":
        return mark_safe('<span class="ck-mut">—</span>')
    if hasattr(amount, "amount"):
        amount, currency = amount.amount, currency or str(amount.currency)
    return format_html('<span class="ck-num">{}</span>', spell_money(amount, currency))


@register.simple_tag
def why(url: str | None, text: object, tone: str = "") -> SafeString:
    """A derived figure that opens its explanation; plain text where there is none."""
    colour = f" ck-{tone}" if tone in TONES else ""
    if not url:
        return format_html('<span class="ck-num{}">{}</span>', colour, text)
    return format_html(
        '<a class="ck-why{}" href="{}" aria-haspopup="dialog" aria-expanded="false" '
        'title="{}">{}</a>',
        colour,
        url,
        _("查看依据"),
        text,
    )


_PRESENCE = {"on": "on", "busy": "busy", "late": "late", "off": "off"}


@register.simple_tag
def avatar(name: object, size: str = "", channel: str = "", presence: str = "") -> SafeString:
    """A round mark; ``channel`` is an icon name, ``presence`` one of on, busy, late, off."""
    text = str(name).strip()
    chinese = re.findall(r"[\u4e00-\u9fff]", text)
    sign = chinese[0] if chinese else text[:1].upper()
    css = f"ck-avatar ck-avatar--{size}" if size in ("sm", "lg") else "ck-avatar"
    extra = SafeString()
    if channel:
        extra += format_html('<span class="ck-avatar__ch">{}</span>', icon(channel))
    if presence in _PRESENCE:
        extra += format_html('<i class="ck-dot ck-dot--{}"></i>', _PRESENCE[presence])
    return format_html(
        '<span class="{}" title="{}" aria-hidden="true">{}{}</span>', css, text, sign or "?", extra
    )


@register.simple_tag
def bar(percent: Any, tone: str = "", css: str = "") -> SafeString:
    """A thin bar from 0 to 100; it shows more at a glance what stands beside it in figures."""
    width = max(0.0, min(100.0, float(percent or 0)))
    kind = f"is-{tone}" if tone in (*TONES, "mut") else ""
    return format_html(
        '<svg class="ck-bar {}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" width="{}" height="4"></rect></svg>',
        css,
        kind,
        f"{width:g}",
    )


@register.simple_tag
def spark(values: Sequence[Any]) -> SafeString:
    """A tiny line without axes; the figure stands beside it."""
    known = [float(each) for each in values if each is not None]
    if len(known) < 2:
        return SafeString()
    low, high = min(known), max(known)
    span = (high - low) or 1
    points = " ".join(
        f"{at * 84 / (len(known) - 1):.1f},{26 - (value - low) * 24 / span:.1f}"
        for at, value in enumerate(known)
    )
    return format_html(
        '<svg class="ck-spark" viewBox="0 0 84 28" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}"></polyline></svg>',
        points,
    )


@register.simple_tag
def steps(items: Sequence[Any]) -> SafeString:
    """A progress track of `Step`."""
    lines = format_html_join(
        "",
        '<li class="is-{}"{}><b>{}</b><small>{}</small></li>',
        (
            (
                item.tone,
                mark_safe(' aria-current="step"') if item.tone == "now" else "",
                item.label,
                item.note,
            )
            for item in items
        ),
    )
    return format_html('<ol class="ck-track">{}</ol>', lines)


_LINK = re.compile(r"https?://[^\s<>\"'，。；、）】》]+", re.IGNORECASE)


@register.filter
def listed(values: Iterable[object] | None) -> str:
    """Several words in one line, with what the language puts between them."""
    return wording.listed(values or ())


@register.simple_tag
def comma() -> str:
    """What stands between two words of a list, for loops."""
    return wording.comma()


@register.filter
def urlline(text: object) -> SafeString:
    """Escape everything, keep line breaks, make http(s) addresses links to a new tab."""
    found, end = [], 0
    raw = str(text or "")
    for match in _LINK.finditer(raw):
        found.append(escape(raw[end : match.start()]))
        address = match.group().rstrip(".,;:!?)")
        found.append(
            format_html(
                '<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>',
                address,
                address,
            )
        )
        found.append(escape(match.group()[len(address) :]))
        end = match.end()
    found.append(escape(raw[end:]))
    return mark_safe("".join(found).replace("\r\n", "\n").replace("\n", "<br>"))


@register.filter
def inline_svg(drawn: str) -> SafeString:
    """A picture the server itself drew (the code of the authenticator), without its XML head."""
    return mark_safe(re.sub(r"^<\?xml[^>]*>\s*", "", drawn))


_BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "微信"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """The browser and the system a user agent names, or its first words."""
    name = next((word for mark, word in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return " · ".join(each for each in (name, system) if each) or agent[:40] or "—"


# --- addresses


@register.simple_tag(takes_context=True)
def query_replace(context: Any, **changes: object) -> str:
    """This address's query with keys replaced, or dropped where the value is None."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None:
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.inclusion_tag("ui/_pagination.html")
def pagination(pages: Any) -> dict[str, Any]:
    """The bounded pager of a `ListPage`."""
    return {"list": pages}


@register.simple_tag(takes_context=True)
def slot(context: Any, name: str, on: str = "", **kwargs: Any) -> SafeString:
    """The panels other rooms lend to this page; each loads itself and holds a plain link."""
    request = context.get("request")
    account = getattr(request, "user", None)
    sections = []
    for panel in menu.panels_of(name):
        if panel.permission and not (
            isinstance(account, Account) and can(account, panel.permission)
        ):
            continue
        if isinstance(account, Account) and panel.area in queries.areas_off(account):
            continue
        url = reverse(panel.url_name, kwargs=kwargs or None)
        trigger = f"load, {on} from:body" if on else "load"
        label = panel.label or _("打开")
        sections.append(
            format_html(
                '<section class="ck-slot" data-ck-panel="{}" hx-get="{}" hx-trigger="{}" '
                'hx-target="this" hx-swap="innerHTML">'
                '<a class="ck-slot__link" href="{}">{}</a></section>',
                panel.url_name,
                url,
                trigger,
                url,
                label,
            )
        )
    return mark_safe("".join(sections))


@register.simple_tag(takes_context=True)
def palette_actions(context: Any) -> SafeString:
    """What the rooms offer to do in the palette (slot ``palette.actions``)."""
    account = getattr(context.get("request"), "user", None)
    return format_html_join(
        "",
        '<a role="option" aria-selected="false" href="{}" data-ck-words="{} {}">{}{}</a>',
        (
            (
                reverse(each.url_name),
                each.label,
                each.url_name,
                icon(each.icon or "bolt"),
                each.label,
            )
            for each in menu.panels_of("palette.actions")
            if not each.permission
            or (isinstance(account, Account) and can(account, each.permission))
        ),
    )


class RepeatNode(Node):
    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: template.Context) -> str:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name) if blocks else None
        return SafeString(block.render(context).strip()) if block else ""


@register.tag
def repeat(parser: Parser, token: Token) -> RepeatNode:
    """``{% repeat "title" %}``: what the page put into a block, once more; for bases only."""
    try:
        _name, block = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("repeat takes the name of a block") from None
    return RepeatNode(block.strip("\"'"))


# --- forms


@register.simple_tag
def once(action: str = "") -> SafeString:
    """The hidden one-time key of a form whose view carries ``@once``."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())


def _looks(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.CheckboxInput):
        return "ck-switch" if "ck-switch" in widget.attrs.get("class", "") else "ck-check"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, widgets.Textarea):
        return "ck-input ck-input--lines"
    if isinstance(widget, widgets.NumberInput):
        return "ck-input ck-input--num"
    return "ck-input"


def _control(field: BoundField, described_by: list[str]) -> SafeString:
    widget = field.field.widget
    own = str(widget.attrs.get("class", ""))
    css = " ".join(dict.fromkeys(f"{_looks(widget)} {own}".split()))
    attrs: dict[str, Any] = {"class": css} if css else {}
    if described_by:
        attrs["aria-describedby"] = " ".join(described_by)
    if field.errors:
        attrs["aria-invalid"] = "true"
    _say_nothing_chosen(field)
    return SafeString(field.as_widget(attrs=attrs))


def _say_nothing_chosen(field: BoundField) -> None:
    """A select says in words, not in dashes, that nothing is chosen."""
    widget = field.field.widget
    if not isinstance(widget, widgets.Select) or isinstance(widget, widgets.SelectMultiple):
        return
    if hasattr(field.field, "null_label"):  # of a filter
        word = _("不限")
    else:
        word = _("请选择") if field.field.required else _("不选")
    if hasattr(field.field, "empty_label"):  # a choice of records
        if field.field.empty_label == DASHES:
            field.field.empty_label = word
    else:
        widget.choices = [(k, word if v == DASHES else v) for k, v in widget.choices]


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control of one field alone, for cells of a table; its label stands elsewhere."""
    return _control(field, [])


@register.inclusion_tag("ui/_field.html")
def field_row(field: BoundField, label: object = None, css: str = "") -> dict[str, Any]:
    """Label, control, help and error of one field."""
    widget = field.field.widget
    described_by = []
    if field.help_text:
        described_by.append(f"{field.id_for_label or field.html_name}_hint")
    if field.errors:
        described_by.append(f"{field.id_for_label or field.html_name}_error")
    grouped = isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple)
    mark = "check" if isinstance(widget, widgets.CheckboxSelectMultiple) else "radio"
    return {
        "field": field,
        "label": field.label if label is None else label,
        "key": field.id_for_label or field.html_name,
        "control": "" if grouped else _control(field, described_by),
        "choices": [(choice, mark) for choice in field] if grouped else [],
        "grouped": grouped,
        "checkbox": isinstance(widget, widgets.CheckboxInput),
        "files": isinstance(widget, widgets.FileInput),
        "password": isinstance(widget, widgets.PasswordInput),
        "css": css,
    }


@register.inclusion_tag("ui/_form_rows.html")
def form_rows(form: Form, *names: str) -> dict[str, Any]:
    """All fields of a form (or those named), its hidden ones and what is wrong with the whole."""
    shown = [form[name] for name in names] if names else form.visible_fields()
    return {"form": form, "fields": shown, "hidden": [] if names else form.hidden_fields()}


# --- charts


@register.inclusion_tag("ui/_chart.html", takes_context=True)
def chart(context: Any, described: charts.Chart, height: str = "md", caption: object = "") -> Any:
    """A chart and, behind it, the table it was drawn from."""
    heads, rows = described.table()
    return {
        "spec": described.spec(),
        "height": height,
        "caption": caption,
        "heads": heads,
        "rows": rows,
        "empty": not any(value is not None for row in rows for value in row[1:]),
    }


# --- lists


class CellNode(Node):
    def __init__(self, key: FilterExpression, css: FilterExpression | None, body: NodeList) -> None:
        self.key, self.css, self.nodelist = key, css, body

    def render(self, context: template.Context) -> str:
        found = context["list"].cell_heads.get(self.key.resolve(context))
        if found is None:
            return ""
        css, label = found
        if self.css is not None:
            css = f"{css} {conditional_escape(self.css.resolve(context))}"
        body = self.nodelist.render(context).strip()
        return SafeString(
            f'<td class="{css}" data-label="{label}">{body}</td>'
        )  # parts are escaped


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    """``{% cell "number" %}…{% endcell %}``: a cell of a `ListPage`, printed while shown."""
    parts = token.split_contents()[1:]
    if not 1 <= len(parts) <= 2:
        raise template.TemplateSyntaxError("cell takes a column key and, if wanted, a CSS class")
    body = parser.parse(("endcell",))
    parser.delete_first_token()
    css = parser.compile_filter(parts[1]) if len(parts) == 2 else None
    return CellNode(parser.compile_filter(parts[0]), css, body)


@register.filter
def shown_number(value: Any) -> str:
    """A figure in a table behind a chart; a gap is a dash."""
    if value is None:
        return "–"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(conditional_escape(value))
