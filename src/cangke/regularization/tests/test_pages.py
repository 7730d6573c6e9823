import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.approvals import public as approvals
from cangke.approvals.models import Objection
from cangke.foundation.audit.models import AuditEntry
from cangke.people.models import Post
from cangke.people.tests.factories import make_employee
from cangke.regularization import actions, ports, toml
from cangke.regularization.models import ProcessTemplate, RegularizationFile
from cangke.regularization.rules import FileState, Recorded
from cangke.regularization.tests.factories import (
    WORDS,
    answers_for,
    decide,
    make_file,
    make_ladder,
    make_other_department,
    submit,
    through,
)
from cangke.rulebook import public as rulebook
from tests.factories import client_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def ladder(today):
    return make_ladder(employed_from=today - 80 * DAY, probation_until=today + 10 * DAY)


def page(file, name="file", *more):
    return reverse(f"regularization:{name}", args=[file.pk, *more])


def post_decision(client, file, decision="approve", outcome="", **given):
    file.refresh_from_db()
    file.case.refresh_from_db()
    task = file.case.tasks.filter(state="open").order_by("pk").first()
    prefix = f"t{task.pk}-"
    answers = answers_for(file, task.step, **given.pop("answers", {}))
    data = {
        "decision": decision,
        "outcome": outcome,
        "seen": file.case.fingerprint,
        f"{prefix}comment": "",
        **{f"{prefix}answer_{key}": value for key, value in answers.items() if key != "outcome"},
        **{f"{prefix}{key}": value for key, value in given.items()},
    }
    return client.post(page(file, "decide", task.pk), data)


@pytest.mark.requirement("N15")
def test_n15_the_board_shows_remaining_days_step_and_owner(
    today, ladder, django_assert_max_num_queries
):
    team = ladder.employees["agent"].team
    for days in (-2, 0, 3, 60):
        make_employee(
            "pre-sales",
            team,
            superior=ladder.employees["leader"],
            employed_from=today - 90 * DAY,
            probation_until=today + days * DAY,
        )
    actions.sweep(at=timezone.now())
    file = RegularizationFile.objects.get(employee=ladder.employees["agent"])
    submit(file, at=timezone.now())
    client = client_for(ladder.hr)
    address = reverse("regularization:list")
    client.get(address)
    with django_assert_max_num_queries(22):
        shown = client.get(address).content.decode()
    for words in ("过期 2 天", "今天届满", "剩 3 天", "剩 10 天", "剩 60 天"):
        assert words in shown
    assert ladder.leader.display_name in shown
    assert "上级评价" in shown
    over = client.get(address + "?view=over&part=over").content.decode()
    assert ("过期 2 天" in over, "剩 3 天" in over) == (True, False)
    assert client.get(address + "?q=nobody-by-that-name").status_code == 200


@pytest.mark.requirement("N15")
def test_a_leader_sees_the_own_team_and_an_agent_only_the_own_file(ladder):
    file = make_file(ladder)
    colleague = make_employee("pre-sales", ladder.employees["agent"].team, status="regular")
    stranger = make_ladder(employed_from=file.begins_on, probation_until=file.ends_on)
    other = make_file(stranger)
    for account, seen in [
        (ladder.agent, True),
        (ladder.leader, True),
        (ladder.boss, True),
        (ladder.hr, True),
        (colleague.account, False),
        (stranger.leader, False),
        (stranger.agent, False),
    ]:
        client = client_for(account)
        shown = client.get(reverse("regularization:list")).content.decode()
        assert (page(file) in shown) is seen
        for name in ("file", "print", "export"):
            assert client.get(page(file, name)).status_code == (200 if seen else 404)
    assert client_for(ladder.leader).get(page(other)).status_code == 404
    assert client_for(ladder.leader).get(page(file, "apply")).status_code == 404, "the own only"


@pytest.mark.requirement("N2")
def test_n2_the_application_is_kept_handed_in_and_printed_with_all_fields(ladder):
    file = make_file(ladder, "v4")
    client = client_for(ladder.agent)
    shown = client.get(page(file, "apply")).content.decode()
    assert "自我评价" in shown
    saved = client.post(page(file, "apply"), {"do": "save", "performance": "写到一半"})
    assert saved.status_code == 302
    bad = client.post(page(file, "apply"), {"do": "submit", **WORDS, "performance": ""})
    assert bad.status_code == 422
    assert "请填写工作表现" in bad.content.decode()
    assert WORDS["wish"] in bad.content.decode(), "what was typed stays"
    file.refresh_from_db()
    assert (file.state, file.performance) == (FileState.OPEN, "写到一半")
    sent = client.post(page(file, "apply"), {"do": "submit", **WORDS})
    assert sent.status_code == 302
    paper = client.get(page(file, "print")).content.decode()
    employee = file.employee
    for words in (
        employee.name,
        employee.number,
        employee.department.name,
        employee.post.name,
        *(str(value) for name, value in WORDS.items() if name != "declared"),
        "本人签字",
    ):
        assert words in paper
    assert client.get(page(file, "apply")).status_code == 302, "on its way: nothing to write"


@pytest.mark.requirement("N5", "N9")
def test_n5_the_superior_rates_on_the_file_s_page_and_personnel_sees_all_steps(ladder):
    file = submit(make_file(ladder, "v3"), at=timezone.now())
    other = make_other_department()
    actions.ask_departments(
        file_id=file.pk, departments=[other], by=ladder.leader, at=timezone.now()
    )
    client = client_for(ladder.leader)
    assert "每一项都要评分并写明说明" in client.get(page(file)).content.decode()
    bad = post_decision(client, file, answers={"teamwork_words": ""})
    assert bad.status_code == 422
    assert bad.context["asked"][0]["form"].errors.keys() == {"answer_teamwork_words"}
    done = post_decision(client, file, answers={"teamwork": "5", "teamwork_words": "常常帮人"})
    assert done.status_code == 302
    answered = post_decision(client_for(other.head.account), file, comment="追问清楚")
    assert answered.status_code == 302
    shown = client_for(ladder.hr).get(page(file)).content.decode()
    for words in ("常常帮人", "追问清楚", WORDS["performance"], "未届满", "提交结论"):
        assert words in shown
    assert "提交结论" not in client_for(ladder.agent).get(page(file)).content.decode()


@pytest.mark.requirement("N10", "N11")
def test_n11_the_final_decision_is_made_on_the_page(
    ladder, today, django_capture_on_commit_callbacks
):
    file = submit(make_file(ladder), at=timezone.now())
    through(file, at=timezone.now())
    client = client_for(ladder.boss)
    none = post_decision(client, file)
    assert none.status_code == 422
    assert "请选择结论" in none.content.decode()
    early = post_decision(
        client, file, outcome="pass", answer_effective_on=str(today - DAY), comment="很好"
    )
    assert early.status_code == 422
    assert "很好" in early.content.decode(), "what was typed stays"
    with django_capture_on_commit_callbacks(execute=True):
        done = post_decision(
            client, file, outcome="pass", answer_pay_scheme="正式客服方案", comment="很好"
        )
    assert done.status_code == 302
    file.refresh_from_db()
    assert (file.state, file.effective_on) == (FileState.PASSED, file.ends_on + DAY)
    shown = client_for(ladder.agent).get(page(file)).content.decode()
    assert "正式客服方案" in shown
    panel = client_for(ladder.hr).get(
        reverse("regularization:employee-panel", args=[file.employee_id])
    )
    assert file.number in panel.content.decode()
    regular = reverse("regularization:employee-panel", args=[ladder.employees["leader"].pk])
    assert "没有转正档案" in client_for(ladder.hr).get(regular).content.decode()
    assert client_for(ladder.agent).get(regular).status_code == 404


@pytest.mark.requirement("N14")
def test_n14_reject_and_return_need_a_reason_on_the_page(ladder):
    file = submit(make_file(ladder), at=timezone.now())
    through(file, at=timezone.now())
    client = client_for(ladder.boss)
    for decision, outcome in (("approve", "reject"), ("return", "")):
        bad = post_decision(client, file, decision, outcome)
        assert bad.status_code == 422
        assert "请写明理由" in bad.content.decode()
    file.case.refresh_from_db()
    assert file.case.state == "running"
    assert post_decision(client, file, "shred").status_code == 404


def test_a_decision_on_a_page_of_yesterday_is_not_taken(ladder):
    file = submit(make_file(ladder), at=timezone.now())
    RegularizationFile.objects.filter(pk=file.pk).update(performance="别的内容")
    stale = post_decision(client_for(ladder.leader), file)
    assert stale.status_code == 422
    assert not file.case.decisions.filter(action="approve").exists()


@pytest.mark.requirement("N12")
def test_n12_the_sheet_shows_answer_threshold_and_link(ladder):
    fact = Recorded(Decimal("93.2"), 412, "/reports/service/?agent=7")
    port = ports.EVIDENCE["satisfaction"]
    port.plug(lambda **_asked: fact)
    try:
        file = submit(make_file(ladder), at=timezone.now())
        shown = client_for(ladder.hr).get(page(file)).content.decode()
        for words in (
            "客户满意度",
            "≥ 90%",
            "93.2%（412 次）",
            "达标",
            "/reports/service/?agent=7",
        ):
            assert words in shown
        port.unplug()
        port.plug(lambda **_asked: Recorded(Decimal("80"), 420))
        later = client_for(ladder.hr).get(page(file)).content.decode()
        assert "现在：80%（420 次） · 未达标" in later
    finally:
        port.unplug()


@pytest.mark.requirement("N13")
def test_n13_recording_accuracy_offers_the_count_of_corrected_remarks(ladder, today):
    from cangke.orders import public as orders
    from cangke.orders.tests.factories import make_order

    order, other = make_order(), make_order()
    now = timezone.now()
    for each, text in ((order, "礼品"), (order, "两份礼品"), (other, "加急")):
        orders.Remark.objects.create(
            order=each, other=text, author=ladder.agent, author_name="x", at=now, text=text
        )
    file = submit(make_file(ladder, "v2"), at=now)
    shown = client_for(ladder.leader).get(page(file)).content.decode()
    assert "备注更正" in shown
    assert "1 次" in shown


@pytest.mark.requirement("N16")
def test_n16_the_closed_file_is_given_out_as_one_document_and_nothing_else(
    ladder, django_capture_on_commit_callbacks
):
    file = submit(make_file(ladder), at=timezone.now())
    through(file, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        decide(file, ladder.boss, at=timezone.now())
    client = client_for(ladder.hr)
    answer = client.get(page(file, "export"))
    document = answer.json()
    assert f"{file.number}.json" in answer["Content-Disposition"]
    assert document["application"]["工作表现"] == WORDS["performance"]
    assert [each["step"] for each in document["approval"]["decisions"] if each["step"]] == [
        "evaluate", "interview", "final",
    ]  # fmt: skip
    assert document["conclusions"][0]["outcome"] == "pass"
    assert AuditEntry.objects.filter(action="regularization.exported").count() == 1
    shown = client.get(page(file)).content.decode()
    assert page(file, "move") not in shown
    changed = client.post(page(file, "move"), {"template": ProcessTemplate.objects.first().pk})
    assert changed.status_code == 422
    paper = client.get(page(file, "print")).content.decode()
    assert WORDS["achievements"] in paper


@pytest.mark.requirement("N1")
def test_n1_templates_are_read_copied_edited_published_and_given_to_departments(ladder):
    v3 = ProcessTemplate.objects.get(key="v3")
    client = client_for(ladder.hr)
    listed = client.get(reverse("regularization:templates")).content.decode()
    assert "流程三" in listed
    assert "合并流程" in listed
    shown = client.get(reverse("regularization:template", args=[v3.pk])).content.decode()
    for words in ("6 步", "征求意见的部门负责人", "3 天内", "可选", "C8"):
        assert words in shown
    copied = client.post(
        reverse("regularization:template-copy", args=[v3.pk]),
        {"key": "ours", "name": "我们的流程", "name_en": ""},
    )
    ours = ProcessTemplate.objects.get(key="ours")
    assert copied["location"] == reverse("regularization:template", args=[ours.pk])
    edit = reverse("regularization:template-edit", args=[ours.pk])
    text = client.get(edit).context["form"].initial["text"]
    bad = client.post(edit, {"name": "坏", "text": text.replace('"final"', '"vote"')})
    assert bad.status_code == 422
    assert "步骤 5" in bad.content.decode()
    good = client.post(edit, {"name": "我们的流程", "text": text.replace("人事终审", "人事定")})
    assert good.status_code == 302
    published = client.post(reverse("regularization:template-publish", args=[ours.pk]))
    assert published.status_code == 302
    used = client.post(
        reverse("regularization:template-use", args=[ours.pk]),
        {"departments": [ladder.department.pk]},
    )
    assert used.status_code == 302
    assert list(ours.departments.all()) == [ladder.department]
    agent = client_for(ladder.agent)
    assert agent.get(reverse("regularization:template", args=[ours.pk])).status_code == 200
    assert agent.post(reverse("regularization:template-publish", args=[ours.pk])).status_code == 403


def _rows(form) -> dict[str, object]:
    """What a browser would send back of a set of rows it was given."""
    data: dict[str, object] = {
        f"{form.prefix}-{name}": value
        for name, value in (
            ("TOTAL_FORMS", form.total_form_count()),
            ("INITIAL_FORMS", form.initial_form_count()),
        )
    }
    for row in form.initial_forms:
        for name, value in row.initial.items():
            if value not in (None, False, ""):
                data[f"{row.prefix}-{name}"] = value
    return data


@pytest.mark.requirement("N1")
def test_n1_steps_of_a_copy_are_changed_row_by_row(ladder):
    v3 = ProcessTemplate.objects.get(key="v3")
    actions.copy_template(
        template_id=v3.pk, key="ours", name="我们的", by=ladder.hr, at=timezone.now()
    )
    ours = ProcessTemplate.objects.get(key="ours")
    client = client_for(ladder.hr)
    address = reverse("regularization:template-steps", args=[ours.pk])
    given = _rows(client.get(address).context["rows"])
    unchanged = client.post(address, given)
    assert unchanged.status_code == 302, unchanged.context["rows"].errors
    assert ours.versions.get().parsed == v3.versions.get().parsed, "saved as it was"
    changed = {**given, "s-3-DELETE": "on", "s-2-days": "5"}  # no opinions, more time to evaluate
    changed |= {"s-6-stage": "4", "s-6-kind": "interview", "s-6-name": "面谈", "s-6-who": ["head"]}
    assert client.post(address, changed).status_code == 302
    steps = ours.versions.get().parsed.steps
    assert [step.key for step in steps] == [
        "apply", "submit", "evaluate", "interview", "final", "tell",
    ]  # fmt: skip
    assert (steps[2].days, steps[2].items) == (5, v3.versions.get().parsed.steps[2].items)
    bad = client.post(address, {**given, "s-4-DELETE": "on"})
    assert bad.status_code == 422
    assert "要有而且只有一个终审步骤" in bad.content.decode()
    assert ours.versions.get().parsed.steps == steps
    assert client_for(ladder.agent).get(address).status_code == 403


@pytest.mark.requirement("N1", "N12")
def test_n12_criteria_of_a_copy_are_changed_row_by_row(ladder):
    v3 = ProcessTemplate.objects.get(key="v3")
    actions.copy_template(
        template_id=v3.pk, key="ours", name="我们的", by=ladder.hr, at=timezone.now()
    )
    ours = ProcessTemplate.objects.get(key="ours")
    client = client_for(ladder.hr)
    address = reverse("regularization:template-criteria", args=[ours.pk])
    shown = client.get(address)
    assert "制度：≥ 90%" in shown.content.decode()
    given = _rows(shown.context["rows"])
    assert client.post(address, given).status_code == 302
    assert ours.versions.get().parsed == v3.versions.get().parsed, "saved as it was"
    criteria = v3.versions.get().parsed.criteria
    index = next(n for n, each in enumerate(criteria) if "satisfaction" in each.measures)
    changed = {
        **given,
        f"c-{index}-bound_satisfaction": "95.50",
        f"c-{index}-weight": "3",
        f"c-{index}-advisory": "on",
        "c-0-DELETE": "on" if index else "",
        f"c-{len(criteria)}-name": "英语",
        f"c-{len(criteria)}-item": "communication",
    }
    answer = client.post(address, changed)
    assert answer.status_code == 302, answer.context["rows"].errors
    newest = ours.versions.get().parsed.criteria
    row = next(each for each in newest if "satisfaction" in each.measures)
    assert (str(row.thresholds["satisfaction"]), row.weight, row.required) == ("95.5", 3, False)
    assert newest[-1].name == "英语"
    assert criteria[0].key not in [each.key for each in newest]
    detail = client.get(reverse("regularization:template", args=[ours.pk]))
    assert "客户满意度 ≥ 95.5%" in detail.content.decode()
    text = toml.write_template(ours.versions.get().body)
    assert actions.read_text(text) == ours.versions.get().body, "nothing is lost on the way"
    given = _rows(client.get(address).context["rows"])
    index = newest.index(row)
    bad = client.post(address, {**given, f"c-{index}-bound_satisfaction": "-3"})
    assert bad.status_code == 422
    nothing = client.post(
        address, {**given, f"c-{len(newest)}-name": "空的", f"c-{len(newest)}-item": ""}
    )
    assert nothing.status_code == 422
    assert ours.versions.get().parsed.criteria == newest
    assert client_for(ladder.agent).get(address).status_code == 403


def test_a_flow_of_a_template_is_written_there_and_not_in_approvals(ladder):
    file = make_file(ladder)
    client = client_for(ladder.hr)
    flow = file.version.flow_id
    shown = client.get(reverse("approvals:flow", args=[flow])).content.decode()
    assert reverse("regularization:templates") in shown
    assert reverse("approvals:flow-edit", args=[flow]) not in shown
    sent = client.get(reverse("approvals:flow-edit", args=[flow]))
    assert sent["location"] == reverse("regularization:templates")


def test_the_inbox_leads_to_the_file_where_it_is_decided(ladder):
    file = submit(make_file(ladder), at=timezone.now())
    inbox = client_for(ladder.leader).get(reverse("approvals:case", args=[file.case_id]))
    shown = inbox.content.decode()
    assert page(file) in shown
    assert "去处理" in shown
    assert 'value="approve"' not in shown
    empty = post_decision(client_for(ladder.leader), file, answers={"ability": "", "service": ""})
    errors = empty.context["asked"][0]["form"].errors
    assert set(errors) == {"answer_ability", "answer_service"}, "all that is missing at once"


def test_personnel_gives_the_board_out_as_a_table(ladder):
    make_file(ladder)
    address = reverse("regularization:list")
    assert "export=csv" in client_for(ladder.hr).get(address).content.decode()
    given = client_for(ladder.hr).get(address + "?export=csv")
    assert given.status_code in (200, 302), "a reason is asked for first"
    assert "export=csv" not in client_for(ladder.leader).get(address).content.decode()
    assert client_for(ladder.leader).get(address + "?export=csv").status_code == 400


def test_the_home_page_shows_the_own_probation_and_who_is_due(ladder):
    file = make_file(ladder)
    for account in (ladder.agent, ladder.leader):
        shown = client_for(account).get(reverse("regularization:panel")).content.decode()
        assert page(file) in shown
    assert page(file) not in client_for(ladder.manager).get("/").content.decode()


def test_the_pages_speak_english(ladder):
    file = submit(make_file(ladder, "v3"), at=timezone.now())
    client = client_for(ladder.hr)
    client.cookies["django_language"] = "en"
    ladder.hr.language = "en"
    ladder.hr.save()
    addresses = [
        reverse("regularization:list"),
        page(file),
        page(file, "print"),
        reverse("regularization:templates"),
        reverse("regularization:template", args=[file.version.template_id]),
    ]
    for address in addresses:
        assert client.get(address).status_code == 200
    for address in (page(file), page(file, "print")):
        shown = client.get(address).content.decode()
        assert "Final review by personnel" in shown
        assert "人事终审" not in shown


@pytest.mark.requirement("S7", "N12")
def test_s7_the_employee_opens_a_value_of_the_sheet_and_objects(ladder):
    approvals.ensure(at=timezone.now())
    told_apart = (("处分", 1), ("奖励", 2))
    ports.EVIDENCE["demerits"].plug(lambda **_asked: Recorded(Decimal(1), 1, parts=told_apart))
    try:
        file = submit(make_file(ladder, at=timezone.now()), at=timezone.now())
        client = client_for(ladder.agent)
        why = reverse("rulebook:why", args=["regularization.RegularizationFile", file.pk,
                                            "criterion_demerits"])  # fmt: skip
        assert why in client.get(page(file)).content.decode()
        told = client.get(why).content.decode()
        assert "处分：1 次" in told
        assert "记录 1，要求不超过 0" in told
        form = reverse("approvals:object", args=["regularization.RegularizationFile", file.pk,
                                                 "criterion_demerits"])  # fmt: skip
        assert form in told
        client.get(form)
        sent = client.post(form, {"reason": "不是我的处分"})
        assert sent.status_code == 302
        shown = client_for(ladder.leader).get(page(file)).content.decode()
        assert "有异议，不计" in shown
        ladder.hr.language = "en"
        ladder.hr.save()
        english = client_for(ladder.hr)
        objection = Objection.objects.get()
        shown = english.get(page(file)).content.decode()
        assert "Penalties" in shown
        assert "奖励" not in shown
        for place in ("approvals:objections", "approvals:objection"):
            shown = english.get(
                reverse(place, args=[objection.pk] if place.endswith("objection") else [])
            ).content.decode()
            assert objection.title_en in shown
            assert objection.title not in shown
        assert "Award" in shown, "what the value was made of"
        through(file, at=timezone.now())
        told = client_for(ladder.boss).get(page(file)).content.decode()
        assert "有异议还没有答复，答复以后才能定结论：处分" in told
        stranger = make_employee("pre-sales").account
        assert client_for(stranger).get(why).status_code == 404
    finally:
        ports.EVIDENCE["demerits"].unplug()


@pytest.mark.requirement("S1", "N10")
def test_the_rulebook_names_who_decides_at_last_in_words(ladder):
    rulebook.ensure_first_version(at=timezone.now())
    client = client_for(ladder.hr)
    shown = client.get(reverse("rulebook:book")).content.decode()
    post = Post.objects.get(code="cs-leader")
    assert f"{post.name} → 总经理" in shown
    assert "部门负责人" in shown
    assert "cs-leader" not in shown
    ladder.hr.language = "en"
    ladder.hr.save()
    shown = client.get(reverse("rulebook:book")).content.decode()
    assert f"{post.name_en} → General manager" in shown
    assert "role:manager</a>" not in shown
