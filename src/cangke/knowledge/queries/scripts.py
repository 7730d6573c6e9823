"""Finding and filling scripts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.search.public import matching_ids
from cangke.orders.public import Order
from cangke.people.public import Shop, employee_of

from .. import permissions, rules
from ..models import Article, Reach, Script, ScriptFolder, ScriptState, ScriptUse, Stage

MOST = 20


def render_script(script: Script, context: rules.ScriptContext) -> str:
    """
    Return the script's words for a customer, in the context's language, variables filled.

    What is not known stays in 【brackets】 for the agent to fill in.
    """
    return "".join(piece.text for piece in render_pieces(script, context))


def render_pieces(script: Script, context: rules.ScriptContext) -> list[rules.Piece]:
    """The same in pieces: words, what was filled in, and what is still open."""
    return rules.fill(script.body_in(context.language), context)


@dataclass(frozen=True)
class FilledScript:
    """A script ready to be inserted; ``is_open`` if something in 【brackets】 is to be filled."""

    pk: int
    title: str
    shortcut: str
    text: str
    pieces: tuple[rules.Piece, ...]
    stage: str
    reach: str
    placeholder: bool
    number: int
    uses: int

    @property
    def is_open(self) -> bool:
        return any(piece.open for piece in self.pieces)


def usable_scripts(account: Account, *, stage: str = "") -> QuerySet[Script]:
    """
    What the account may send: shared with all or an own team, and one's own.

    A proposal for a new script can be sent by its author while it waits.
    """
    own = Q(
        owner=account,
        state__in=(ScriptState.PROPOSED, ScriptState.RETURNED),
        replaces__isnull=True,
    )
    in_use = permissions.readable_scripts(account) & Q(state=ScriptState.ACTIVE)
    # Who wrote for a team and left it does not take its scripts along.
    foreign = Q(reach=Reach.TEAM) & ~permissions.of_own_team(account)
    rows = Script.objects.filter(in_use | own).exclude(foreign)
    if stage in (Stage.PRESALE, Stage.AFTERSALE):
        rows = rows.filter(stage__in=(stage, Stage.ALL))
    return rows


def matching(rows: QuerySet[Script], text: str) -> QuerySet[Script]:
    """The rows whose shortcut begins with the text, or whose title or words hold it."""
    text = text.strip()[:80]
    if not text:
        return rows
    return rows.filter(
        Q(shortcut__startswith=text.lower())
        | Q(title__icontains=text)
        | Q(pk__in=matching_ids("script", text))
    )


def fill_scripts(
    account: Account,
    context: rules.ScriptContext,
    *,
    text: str = "",
    stage: str = "",
    limit: int = 8,
) -> list[FilledScript]:
    """
    Return the scripts for what was typed behind the slash, filled; the best first.

    A shortcut that is exactly what was typed comes first, then shortcuts that begin so, then
    titles and words; within these the more used ones.
    """
    text = text.strip()[:40]
    rank: list[When] = []
    if text:
        rank = [
            When(shortcut=text.lower(), then=Value(0)),
            When(shortcut__startswith=text.lower(), then=Value(1)),
            When(title__startswith=text, then=Value(2)),
            When(title__contains=text, then=Value(3)),
        ]
    best = Case(*rank, default=Value(4), output_field=IntegerField())
    rows = matching(usable_scripts(account, stage=stage), text)
    rows = rows.annotate(rank=best).order_by("rank", "-uses", "title", "pk")
    return [fill_script(script, context) for script in rows[: min(limit, MOST)]]


def fill_script(script: Script, context: rules.ScriptContext) -> FilledScript:
    """One script, ready to be inserted."""
    pieces = tuple(render_pieces(script, context))
    return FilledScript(
        pk=script.pk,
        title=script.title_in(context.language),
        shortcut=script.shortcut,
        text="".join(piece.text for piece in pieces),
        pieces=pieces,
        stage=script.stage,
        reach=script.reach,
        placeholder=script.placeholder,
        number=script.number,
        uses=script.uses,
    )


def blanks_left(account: Account, script_id: int, text: str) -> list[str]:
    """Return what a script that the account may use asks for and the text still does not say."""
    script = usable_scripts(account).filter(pk=script_id).first()
    if script is None:
        return []
    nothing_known = rules.ScriptContext(labels=_labels())
    asked = [
        piece.text
        for body in {script.body, script.body_in("en")}
        for piece in rules.fill(body, nothing_known)
        if piece.open and piece.text in text
    ]
    return sorted(set(asked), key=text.index)


def context_of(
    account: Account,
    *,
    at: dt.datetime,
    customer_name: str = "",
    order: Order | None = None,
    shop: Shop | None = None,
    language: str = "zh-hans",
) -> rules.ScriptContext:
    """
    Build the context of a conversation: its customer, order and shop, and who answers.

    Pass rows that came through their gates; an order's ``shop__site`` and ``shipments`` are read.
    """
    shop = shop or (order.shop if order else None)
    employee = employee_of(account)
    tracking, promised = "", ""
    if order is not None:
        parcels = [parcel.tracking_no for parcel in order.shipments.all() if parcel.tracking_no]
        tracking = (", " if language.startswith("en") else "、").join(parcels)
        if order.promised_ship_at is not None:
            zone = ZoneInfo(order.shop.site.zone)
            promised = rules.spell_promise(
                order.promised_ship_at.astimezone(zone),
                now=at.astimezone(zone),
                language=language,
            )
    return rules.ScriptContext(
        customer_name=customer_name,
        order_number=order.external_no if order else "",
        order_tracking_no=tracking,
        order_promised_at=promised,
        agent_name=_agent_name(employee, account, language),
        shop_name=shop.name if shop else "",
        language=language,
        labels=_labels(),
    )


def _labels() -> dict[str, str]:
    return {name: _(label) for name, label in rules.VARIABLES.items()}


def _agent_name(employee: object, account: Account, language: str) -> str:
    english = getattr(employee, "english_name", "")
    if language.startswith("en") and english:
        return str(english)
    return str(getattr(employee, "name", "") or account)


def sample_context(language: str = "zh-hans") -> rules.ScriptContext:
    """Made-up values to show what a script will read like."""
    english = language.startswith("en")
    return rules.ScriptContext(
        customer_name="Ms Lin" if english else "小鱼妈妈",
        order_number="536365",
        order_tracking_no="SF1390000000000",
        order_promised_at="18 Apr 18:00" if english else "今天 18:00",
        agent_name="Fang" if english else "王芳",
        shop_name="Harbour Gifts" if english else "海港礼品",
        language=language,
        labels=_labels(),
    )


def waiting_scripts(account: Account) -> QuerySet[Script]:
    """Proposals that the account may decide on, oldest first."""
    return (
        scope(account, Script, "review")
        .filter(state=ScriptState.PROPOSED)
        .exclude(reach=Reach.ME)
        .order_by("updated_at", "pk")
    )


def menu_badge(account: Account) -> int:
    """How many proposals wait for the account's decision."""
    return waiting_scripts(account)[:100].count()


def list_folders() -> list[tuple[int, ScriptFolder]]:
    """The tree of folders, parents before children, each with its depth."""
    below: dict[int | None, list[ScriptFolder]] = {}
    for folder in ScriptFolder.objects.annotate(held=Count("scripts")):
        below.setdefault(folder.parent_id, []).append(folder)
    tree: list[tuple[int, ScriptFolder]] = []

    def walk(parent: int | None, depth: int) -> None:
        for folder in below.get(parent, ()):
            tree.append((depth, folder))
            walk(folder.pk, depth + 1)

    walk(None, 0)
    return tree


def folders_below(folder: ScriptFolder) -> list[int]:
    """The folder's id and those of all folders in it."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in ScriptFolder.objects.values_list("pk", "parent_id"):
        below.setdefault(parent, []).append(pk)
    found = [folder.pk]
    for pk in found:
        found += below.get(pk, [])
    return found


@dataclass(frozen=True)
class Uses:
    """How often a script was sent lately, and by how many people."""

    days: int
    times: int
    people: int


def count_uses(script: Script, *, at: dt.datetime, days: int = 30) -> Uses:
    """Count the uses of the last days."""
    rows = ScriptUse.objects.filter(script=script, at__gte=at - dt.timedelta(days=days))
    counted = rows.aggregate(times=Count("pk"), people=Count("account", distinct=True))
    return Uses(days=days, times=counted["times"], people=counted["people"])


def matching_articles(rows: QuerySet[Article], text: str) -> QuerySet[Article]:
    """The articles whose title or text holds the words."""
    text = text.strip()[:80]
    return rows.filter(pk__in=matching_ids("article", text)) if text else rows
