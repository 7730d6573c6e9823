"""What live does when something happened below it."""

from cangke.foundation.access.events import AccountDisabled

from .actions import signal


def sign_out(event: AccountDisabled) -> None:
    """End the open streams of an account that was shut out (Q8); its pages then ask to sign in."""
    signal(f"account:{event.account_id}", "signed_out")
