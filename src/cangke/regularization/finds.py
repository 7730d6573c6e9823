"""The kind of matter that is regularization's, and the flows its templates write."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import approval_kind, flows_written_in
from cangke.rulebook.public import register_fact

from . import actions
from .models import RegularizationFile


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
