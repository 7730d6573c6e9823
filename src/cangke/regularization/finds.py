"""The kind of matter that is regularization's, and the flows its templates write."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import Concerned, approval_kind, flows_written_in, objectionable
from cangke.rulebook.public import register_fact, register_figure

from . import actions, rules, wording
from .models import RegularizationFile

MOST_EXTENSIONS = 5  # as many as the rulebook lets anybody allow


def _file(subject_id: int) -> dict[str, Any]:
    try:
        file = RegularizationFile.objects.get(pk=subject_id)
    except RegularizationFile.DoesNotExist as error:
        raise LookupError(subject_id) from error
    return actions.snapshot_of(file)


approval_kind(
    actions.KIND,
    _("转正"),
    snapshot=_file,
    url_name="regularization:file",
    check=actions.check_decision,
    own_page=True,
)
flows_written_in(actions.FLOW_PREFIX, "regularization:templates")
register_fact("regularization.regularizationfile", "regularization:file")
objectionable(
    "regularization.RegularizationFile",
    lambda file: Concerned(file.employee.account_id, name=file.number),
)
for _measure in rules.MEASURES.values():
    for _n in range(MOST_EXTENSIONS + 1):
        register_figure(
            f"criterion_{_measure.key}" + (f"_{_n}" if _n else ""),
            _(_measure.label),
            said=wording.value_text(_measure.key),
        )
