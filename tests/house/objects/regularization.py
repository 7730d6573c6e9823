from cangke.regularization import actions
from cangke.regularization.models import ProcessTemplate
from cangke.regularization.tests.factories import make_file, make_ladder, submit
from tests.house.objects import Keys, foreign


@foreign(
    "regularization:file",
    "regularization:apply",
    "regularization:ask",
    "regularization:move",
    "regularization:period",
    "regularization:print",
    "regularization:export",
)
def _file() -> Keys:
    return {"pk": make_file(make_ladder()).pk}


@foreign("regularization:decide")
def _task() -> Keys:
    file = submit(make_file(make_ladder()))
    return {"pk": file.pk, "task_id": file.case.tasks.get().pk}


@foreign("regularization:employee-panel")
def _employee() -> Keys:
    return {"pk": make_file(make_ladder()).employee_id}


@foreign(
    "regularization:template",
    "regularization:template-copy",
    "regularization:template-edit",
    "regularization:template-steps",
    "regularization:template-criteria",
    "regularization:template-use",
    "regularization:template-publish",
    "regularization:template-discard",
    common="everybody may read how one is regularized",
)
def _template() -> Keys:
    ladder = make_ladder()
    origin = ProcessTemplate.objects.get(key="v1")
    made = actions.copy_template(
        template_id=origin.pk,
        key=f"copy-{ladder.agent.pk}",
        name="副本",
        by=ladder.hr,
        at=origin.versions.get().created_at,
    )
    return {"pk": made.pk}
