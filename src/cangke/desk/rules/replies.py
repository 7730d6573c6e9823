"""Greetings (A4) and placeholder replies: what is said without answering anything."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class GreetingPolicy:
    """The standard greetings; a channel's own go before them. Empty: no greeting."""

    PREFIX: ClassVar[str] = "greeting"

    phone: str = "您好,仓储服务中心,请问有什么可以帮您?"
    phone_en: str = "Hello, warehouse service centre, how may I help you?"
    web_chat: str = "您好，欢迎咨询，请问有什么可以帮您？"
    web_chat_en: str = "Hello and welcome. How may we help you?"

    def standard(self) -> Mapping[str, Mapping[str, str]]:
        """Return channel kind → language → text."""
        return {
            "phone": {"zh-hans": self.phone, "en": self.phone_en},
            "web_chat": {"zh-hans": self.web_chat, "en": self.web_chat_en},
        }


@dataclass(frozen=True, slots=True)
class ReplyPolicy:
    """
    What counts as “稍等”: a short reply with one of the phrases and nothing else to say.

    ``longest_placeholder`` counts letters without spaces and punctuation, inclusive.
    """

    PREFIX: ClassVar[str] = "replies"

    placeholder_phrases: tuple[str, ...] = (
        "稍等",
        "稍候",
        "等一下",
        "等一会",
        "onemoment",
        "justamoment",
        "pleasewait",
        "holdon",
    )
    longest_placeholder: int = 14
    longest_placeholder_latin: int = 40


def is_placeholder(text: str, policy: ReplyPolicy) -> bool:
    """Say whether the reply only asks the customer to wait."""
    letters = "".join(c for c in text.casefold() if unicodedata.category(c)[0] in "LN")
    latin = letters.isascii()
    longest = policy.longest_placeholder_latin if latin else policy.longest_placeholder
    return len(letters) <= longest and any(p in letters for p in policy.placeholder_phrases)


def choose_greeting(
    *,
    channel_kind: str,
    language: str,
    own: Mapping[str, str],
    standard: Mapping[str, Mapping[str, str]],
    default_language: str = "zh-hans",
) -> str:
    """
    Return the greeting to send, or an empty string if the channel has none.

    The channel's own text (a channel belongs to a shop) goes before the standard text of its kind;
    the customer's language before the default language; an own empty text means: no greeting.
    """
    for texts in (own, standard.get(channel_kind, {})):
        for code in (language, default_language):
            if code in texts:
                return texts[code]
    return ""
