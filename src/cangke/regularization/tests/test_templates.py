"""The ways to regularize: shipped, copied, published, given to departments (N1)."""

import datetime as dt

import pytest

from cangke.people import public as people
from cangke.regularization import actions, queries
from cangke.regularization.models import (
    ProcessTemplate,
    RegularizationFile,
    TemplateVersion,
)
from cangke.regularization.tests.factories import (
    AT,
    make_file,
    submit,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.mark.requirement("N1")
def test_n1_choosing_v3_gives_six_steps_and_a_copy_can_be_edited(ladder):
    file = make_file(ladder, "v3")
    names = [line.step.name for line in queries.track_of(file, language="zh-hans")]
    assert names == [
        "填写申请表", "提交直属上级或人事", "直属上级评价审核", "跨部门意见", "人事终审",
        "通知本人",
    ]  # fmt: skip
    origin = ProcessTemplate.objects.get(key="v3")
    made = actions.copy_template(
        template_id=origin.pk, key="ours", name="我们的流程", by=ladder.hr, at=AT
    )
    draft = made.versions.get()
    body = {**draft.body, "step": [s for s in draft.body["step"] if s["key"] != "opinions"]}
    actions.save_template(template_id=made.pk, name="我们的流程", body=body, by=ladder.hr, at=AT)
    published = actions.publish_template(version_id=draft.pk, by=ladder.hr, at=AT)
    assert len(published.parsed.steps) == 5
    assert len(queries.version_in_force(origin).parsed.steps) == 6, "the original is as it was"
    moved = actions.change_template(file_id=file.pk, template=made, by=ladder.hr, at=AT)
    assert moved.version == published


@pytest.mark.requirement("N1")
def test_n1_a_published_version_never_changes_and_files_stay_with_theirs(ladder):
    file = make_file(ladder, "v1")
    origin = file.version.template
    body = {**file.version.body, "criterion": file.version.body["criterion"][:3]}
    actions.save_template(template_id=origin.pk, name="流程一", body=body, by=ladder.hr, at=AT)
    draft = origin.versions.get(state="draft")
    actions.publish_template(version_id=draft.pk, by=ladder.hr, at=AT)
    file.refresh_from_db()
    assert file.version.number == 1
    assert TemplateVersion.objects.get(pk=file.version_id).state == "superseded"
    with pytest.raises(actions.NotADraft):
        actions.publish_template(version_id=file.version_id, by=ladder.hr, at=AT)
    with pytest.raises(actions.NotADraft):
        actions.discard_draft(version_id=draft.pk, by=ladder.hr, at=AT)
    submit(file)
    assert file.version.flow_id == RegularizationFile.objects.get(pk=file.pk).case.flow_id


def test_a_bad_template_is_refused_with_its_place_and_changes_nothing(ladder):
    template = ProcessTemplate.objects.get(key="v1")
    with pytest.raises(actions.BadTemplate, match="步骤 2 · kind"):
        actions.read_text(
            '[[step]]\nkey="a"\nkind="apply"\nname="x"\n[[step]]\nkey="b"\nkind="vote"\nname="y"'
        )
    with pytest.raises(actions.BadTemplate, match="第 1 行：括号或引号没有收尾"):
        actions.read_text("[[step")
    with pytest.raises(actions.BadTemplate):
        actions.save_template(
            template_id=template.pk, name="坏的", body={"step": []}, by=ladder.hr, at=AT
        )
    template.refresh_from_db()
    assert (template.name, template.versions.count()) == ("流程一", 1)


@pytest.mark.requirement("N1")
def test_n1_a_department_has_its_template_and_those_below_follow(ladder):
    v4 = ProcessTemplate.objects.get(key="v4")
    below = people.save_department(
        code="below", name="下级", kind="ecommerce", parent=ladder.department, by=None, at=AT
    )
    assert queries.template_for(below.pk).template.key == "merged"
    actions.use_template(
        template_id=v4.pk, departments=[ladder.department], is_default=False, by=ladder.hr, at=AT
    )
    assert queries.template_for(below.pk).template == v4
    v2 = ProcessTemplate.objects.get(key="v2")
    actions.use_template(
        template_id=v2.pk, departments=[ladder.department], is_default=True, by=ladder.hr, at=AT
    )
    assert queries.template_for(below.pk).template == v2
    assert v4.departments.count() == 0
    assert list(ProcessTemplate.objects.filter(is_default=True)) == [v2]
    with pytest.raises(actions.BadTemplate):
        actions.use_template(
            template_id=v2.pk, departments=[], is_default=False, by=ladder.hr, at=AT
        )
