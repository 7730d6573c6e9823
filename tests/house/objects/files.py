"""Files, imports, notices."""

from django.core.files.base import ContentFile
from django.utils import timezone

from cangke.foundation.files.public import store
from cangke.foundation.notices.models import Notice, OutboxItem, Webhook
from cangke.foundation.sheets.models import ImportRun, ImportTemplate
from cangke.foundation.sheets.registry import IMPORTERS
from tests.factories import make_account
from tests.house.objects import Keys, foreign


@foreign("files:download", public=True)
def _file() -> Keys:
    return {"key": "there-is-no-such-key"}


@foreign("sheets:upload", "sheets:blank", common="kinds of tables", asks_more=True)
def _kind() -> Keys:
    return {"kind": next(iter(IMPORTERS))}


@foreign("sheets:run", "sheets:map", "sheets:read", "sheets:start", "sheets:cancel")
def _run() -> Keys:
    owner = make_account()
    upload = ContentFile(b"a,b\n1,2\n", "t.csv")
    stored = store(upload, by=owner, purpose="sheets.import", at=timezone.now())
    run = ImportRun.objects.create(
        kind=next(iter(IMPORTERS)), file=stored, started_by=owner, created_at=timezone.now()
    )
    return {"key": run.key}


@foreign("sheets:template-drop")
def _template() -> Keys:
    made = ImportTemplate.objects.create(
        kind="x", name="x", mapping={}, saved_by=make_account(), saved_at=timezone.now()
    )
    return {"pk": made.pk}


@foreign("notices:open")
def _notice() -> Keys:
    made = Notice.objects.create(
        account=make_account(), kind="x", title="x", created_at=timezone.now()
    )
    return {"pk": made.pk}


@foreign("notices:webhook-edit", "notices:webhook-delete", "notices:webhook-test")
def _webhook() -> Keys:
    made = Webhook.objects.create(name="x", url="https://example.com/", created_at=timezone.now())
    return {"pk": made.pk}


@foreign("notices:outbox-retry", "notices:outbox-discard")
def _item() -> Keys:
    made = OutboxItem.objects.create(
        way="mail", state="dead", created_at=timezone.now(), next_try_at=timezone.now()
    )
    return {"pk": made.pk}
