"""What knowledge tells the rooms above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ScriptShared:
    """A script became usable by a team or by everybody, new or changed."""

    script_id: int
    number: int
    at: datetime


@dataclass(frozen=True)
class ArticlePublished:
    """An article was written or changed."""

    article_id: int
    number: int
    at: datetime


@dataclass(frozen=True)
class ChangePublished:
    """A change of the business was published (J2)."""

    notice_id: int
    at: datetime


@dataclass(frozen=True)
class QuestionAnswered:
    """A point of the question log has its answer (J4)."""

    question_id: int
    asked_by_id: int
    answered_by_id: int
    at: datetime
