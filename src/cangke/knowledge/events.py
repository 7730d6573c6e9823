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
