from dataclasses import dataclass


@dataclass(frozen=True)
class CustomerCreated:
    """A file was opened."""

    customer_id: int


@dataclass(frozen=True)
class ClientOfCustomerChanged:
    """The customer belongs to another client than before, or to none."""

    customer_id: int


@dataclass(frozen=True)
class CustomersMerged:
    """Two files are one now: rows that name the merged one belong to the kept one."""

    kept_id: int
    merged_id: int


@dataclass(frozen=True)
class CustomersImported:
    """Files were opened for the customers of an imported file, a chunk at a time."""

    customer_ids: tuple[int, ...]
