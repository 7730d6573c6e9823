"""The front door of reports."""

from .queries import ability_facts, training_for, work_done

__all__ = ["ability_facts", "training_for", "work_done"]
