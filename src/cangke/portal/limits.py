"""How much one visitor, or one address, may ask of the portal."""

from cangke.foundation.limits import TooMany, address_of, check, limit, spend

__all__ = ["TooMany", "address_of", "check", "spend"]

limit("chat.write.visitor", 20, 60)
limit("chat.write.address", 300, 60)
limit("chat.begin.address", 60, 3600)
limit("chat.file.visitor", 30, 600)
limit("chat.file.address", 200, 600)
limit("chat.read.visitor", 240, 60)
limit("chat.tell.visitor", 120, 60)
limit("chat.open.address", 600, 60)
limit("track.miss.address", 10, 600)
limit("track.miss.order", 10, 3600)
