"""What a post demands, held against what somebody brings (R4, R5, R7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Education(StrEnum):
    """Levels of education, lowest first."""

    ANY = ""
    JUNIOR = "junior"
    SENIOR = "senior"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"


class Demand(StrEnum):
    """How firmly something is asked for."""

    FREE = ""
    PREFERRED = "preferred"
    REQUIRED = "required"


class Part(StrEnum):
    """What a demand is about."""

    EDUCATION = "education"
    MAJOR = "major"
    EXPERIENCE = "experience"
    SKILL = "skill"
    LANGUAGE = "language"
    QUALITY = "quality"


@dataclass(frozen=True)
class Profile:
    """The qualification that a job description asks for."""

    education: Education = Education.ANY
    major: str = ""
    major_demand: Demand = Demand.FREE
    experience_years: int = 0
    experience_demand: Demand = Demand.FREE
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brought:
    """
    What is on record about somebody.

    ``has_major`` says whether the training was in the field the post names; ``qualities`` are
    those a superior has confirmed.
    """

    education: Education = Education.ANY
    has_major: bool = False
    experience_years: int = 0
    skills: Collection[str] = ()
    languages: Collection[str] = ()
    qualities: Collection[str] = ()


@dataclass(frozen=True)
class Line:
    """One demand and whether it is met; one that is only preferred is no gap."""

    part: Part
    wanted: str
    is_met: bool
    is_required: bool = True

    @property
    def is_gap(self) -> bool:
        return self.is_required and not self.is_met


def _same(words: Collection[str]) -> set[str]:
    return {word.strip().casefold() for word in words}


def compare(profile: Profile, brought: Brought) -> list[Line]:
    """
    Hold somebody against the profile of a post, demand by demand (R5).

    ``wanted`` holds the level, the years or the word asked for. Education and years count from
    the level asked for upward; words are compared without regard to capitals.
    """
    lines = []
    levels = list(Education)
    if profile.education:
        met = levels.index(brought.education) >= levels.index(profile.education)
        lines.append(Line(Part.EDUCATION, profile.education, met))
    if profile.major and profile.major_demand:
        required = profile.major_demand == Demand.REQUIRED
        lines.append(Line(Part.MAJOR, profile.major, brought.has_major, required))
    if profile.experience_demand:
        met = brought.experience_years >= max(1, profile.experience_years)
        required = profile.experience_demand == Demand.REQUIRED
        years = str(max(1, profile.experience_years))
        lines.append(Line(Part.EXPERIENCE, years, met, required))
    listed: Sequence[tuple[Part, tuple[str, ...], Collection[str]]] = (
        (Part.SKILL, profile.skills, brought.skills),
        (Part.LANGUAGE, profile.languages, brought.languages),
        (Part.QUALITY, profile.qualities, brought.qualities),
    )
    for part, wanted, found in listed:
        has = _same(found)
        lines += [Line(part, word, word.strip().casefold() in has) for word in wanted]
    return lines


def gaps(lines: Sequence[Line]) -> list[Line]:
    """The demands that are not met: what hiring asks about and training closes."""
    return [line for line in lines if line.is_gap]


class WorkField(StrEnum):
    """The five core fields of every post of customer service (R11)."""

    LOGISTICS = "logistics"
    ORDERS = "orders"
    PROBLEMS = "problems"
    CARE = "care"
    DATA = "data"


# The written parts of a job description, in the order of the usual layout (R4, R9, R11).
WORDS: tuple[str, ...] = (
    "position",
    "reporting",
    "duties",
    "authority",
    "equipment",
    "experience",
    "special",
    "contacts_inside",
    "contacts_outside",
    "appraisal",
    "workplace",
    "hours",
    "conditions",
    *(f"field_{each}" for each in WorkField),
)
