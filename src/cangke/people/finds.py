"""Where the facts of the organisation are opened from an explanation."""

from cangke.rulebook.public import register_fact

register_fact("people.employee", "people:detail")
