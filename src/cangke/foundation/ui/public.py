"""The front door of ui."""

from cangke.foundation.refusal import Conflict, Refusal

from .acting import act
from .actions import forget_once_keys
from .assets import is_built as assets_built
from .charts import Chart, Series, across, bar, heat, line, pareto, pie, stacked
from .errors import error_page
from .listing import Bulk, Column, Empty, ListPage, Preset
from .masked import KeepsMasked
from .menu import Badge, MenuItem, Panel
from .once import answer_once, once
from .ports import areas_off, exported
from .replies import allow_framing, go_to, refused, toast, trigger
from .requests import PageRequest, SignedInRequest
from .shapes import Explanation, Fact, Happening, Step, Sum
from .widgets import (
    DateInput,
    DateRange,
    DateTimeInput,
    FileDrop,
    MonthField,
    Search,
    SearchSelect,
    SearchSelectMultiple,
    Switch,
)

__all__ = [
    "assets_built",
    "Badge",
    "Bulk",
    "Chart",
    "Column",
    "Conflict",
    "DateInput",
    "DateRange",
    "DateTimeInput",
    "Empty",
    "Explanation",
    "Fact",
    "FileDrop",
    "Happening",
    "KeepsMasked",
    "ListPage",
    "MenuItem",
    "MonthField",
    "PageRequest",
    "Panel",
    "Preset",
    "Refusal",
    "Search",
    "SearchSelect",
    "SearchSelectMultiple",
    "Series",
    "SignedInRequest",
    "Step",
    "Sum",
    "Switch",
    "across",
    "act",
    "allow_framing",
    "answer_once",
    "areas_off",
    "bar",
    "error_page",
    "forget_once_keys",
    "exported",
    "go_to",
    "heat",
    "line",
    "once",
    "pareto",
    "pie",
    "refused",
    "stacked",
    "toast",
    "trigger",
]
