from dataclasses import dataclass


@dataclass(frozen=True)
class AccountDisabled:
    """An account was shut out; its open work must go to somebody else."""

    account_id: int


@dataclass(frozen=True)
class AccountEnabled:
    """A disabled account may sign in again."""

    account_id: int


@dataclass(frozen=True)
class GrantChanged:
    """Something was granted to the account or withdrawn from it."""

    account_id: int


@dataclass(frozen=True)
class RevealsExceeded:
    """The account opened more masked values within an hour than work asks for."""

    account_id: int
    count: int
