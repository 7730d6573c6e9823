"""The front door of reports."""

from .queries import ability_facts, held_work, quality_recorded, training_for, work_done

__all__ = ["ability_facts", "held_work", "quality_recorded", "training_for", "work_done"]
