from cangke.customers.events import CustomersMerged

from . import actions


def follow_merge(event: CustomersMerged) -> None:
    """Orders of a merged customer belong to the kept one."""
    actions.move_customer(kept_id=event.kept_id, merged_id=event.merged_id)
