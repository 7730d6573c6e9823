"""The public chat: whoever has the channel's key may write; a made-up one opens nothing."""

from tests.house.objects import Keys, foreign


@foreign(
    "portal:chat",
    "portal:messages",
    "portal:seen",
    "portal:rate",
    "portal:typing",
    "portal:stream",
    "portal:colour",
    "portal:widget",
    public=True,
)
def _channel() -> Keys:
    return {"key": "there-is-no-such-key"}
