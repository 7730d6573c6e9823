"""Small shapes that the frame draws: steps of a track, entries of a timeline, reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Step:
    """A stage on a progress track; ``tone`` is done, late, now or todo."""

    label: Text
    note: Text = ""
    tone: str = "todo"


@dataclass(frozen=True)
class Happening:
    """One line of a timeline; ``tone`` is empty, done, late, wait or key."""

    at: dt.datetime
    title: Text
    note: Text = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """What a figure was derived from: a name, its value, and where to see it."""

    label: Text
    value: Text
    source: Text = ""
    url: str = ""


@dataclass(frozen=True)
class Sum:
    """One line of arithmetic in words, with its result; ``total`` draws the line above it."""

    words: Text
    value: Text = ""
    tone: str = ""
    total: bool = False


@dataclass(frozen=True)
class Explanation:
    """Why a figure is what it is: clause and version, facts, arithmetic, decision, objection."""

    title: Text
    clause: Text = ""
    clause_url: str = ""
    clause_text: Text = ""
    version: Text = ""
    facts: Sequence[Fact] = ()
    sums: Sequence[Sum] = ()
    decisions: Sequence[Text] = ()
    objection: Text = ""
    objection_url: str = ""
    objection_label: Text = ""
    changed_by: Text = ""
