"""Conversations, calls, transfers; scripts and articles; the rulebook; reports; the public chat."""

from contextlib import suppress

from cangke.desk import public as desk
from cangke.desk.channels.tests.factories import make_mailbox
from cangke.desk.models import Connector, HandlingResult, QuestionType, QueueGroup, WecomAccount
from cangke.desk.tests.factories import AT, account_of, later, make_channel, make_company
from cangke.foundation.access.public import Account, AccountKind
from cangke.knowledge.actions import ChangeDraft, ask_question, publish_change
from cangke.knowledge.models import Article, ScriptFolder
from cangke.knowledge.tests.factories import make_crew, make_script
from cangke.people.tests.factories import make_employee, make_team
from tests.house.objects import Keys, foreign, prepares


@prepares
def _at_the_desk(account: Account) -> None:
    """Staff are employed somewhere else and serve other queues."""
    if account.kind == AccountKind.STAFF:
        employee = make_employee("cs-specialist", make_team())
        employee.account = account
        employee.save(update_fields=["account"])
        desk.ensure_profile(employee)


@foreign(
    "desk:conversation",
    "desk:head",
    "desk:messages",
    "desk:reply",
    "desk:draft",
    "desk:typing",
    "desk:scripts",
    "desk:answers",
    "desk:suggest",
    "desk:snooze",
    "desk:claim",
    "desk:transfer",
    "desk:assign",
    "desk:take-over",
    "desk:order",
    "desk:ask",
    "desk:priority",
    "desk:major",
    "desk:close",
    "desk:reopen",
    "desk:merge",
    "desk:separate",
    "desk:later",
    "desk:later-new",
    "desk:turns",
)
def _conversation() -> Keys:
    return {"pk": make_company().writes().conversation.pk}


@foreign("desk:later-edit", "desk:later-cancel")
def _later() -> Keys:
    company = make_company()
    agent = account_of(company.agent(online=False))
    pk = company.writes().conversation.pk
    desk.claim(conversation_id=pk, by=agent, at=AT)
    made = desk.schedule_reply(
        conversation_id=pk, body="x", send_at=later(3600), by=agent, at=AT, client_token="x"
    )
    return {"pk": made.pk}


@foreign("desk:accept", "desk:decline")
def _transfer() -> Keys:
    company = make_company()
    first, second = company.agent(online=False), company.agent(online=False)
    pk = company.writes().conversation.pk
    desk.claim(conversation_id=pk, by=account_of(first), at=AT)
    made = desk.request_transfer(
        conversation_id=pk, reason="x", by=account_of(first), at=AT, to_agent=second
    )
    return {"pk": made.pk}


@foreign("desk:visit", "desk:visit-out", "desk:visit-talk")
def _visit() -> Keys:
    agent = make_company().agent(online=False)
    visit = desk.sign_in_visitor(
        site=agent.site,
        visitor_name="x",
        company="y",
        purpose_kind="other",
        purpose="z",
        by=account_of(agent),
        at=AT,
    )
    return {"pk": visit.pk}


@foreign("desk:letter-print", "desk:letter-posted")
def _letter() -> Keys:
    company = make_company()
    agent = company.agent(online=False)
    letters = make_channel(company.shop, kind="letter")
    pk = company.writes(channel=letters).conversation.pk
    return {"pk": desk.reply(conversation_id=pk, body="x", by=account_of(agent), at=AT).pk}


@foreign("desk:conduct-review")
def _conduct_alert() -> Keys:
    company = make_company()
    agent = company.agent(online=False)
    pk = company.writes().conversation.pk
    desk.claim(conversation_id=pk, by=account_of(agent), at=AT)
    with suppress(desk.Discourteous):
        desk.reply(conversation_id=pk, body="白痴", by=account_of(agent), at=AT)
    return {"pk": desk.ConductAlert.objects.get(conversation_id=pk).pk}


@foreign("desk:resend", "desk:recall", "desk:mail-html")
def _message() -> Keys:
    return {"pk": make_company().writes().message.pk}


@foreign("desk:call-done")
def _call() -> Keys:
    company = make_company()
    agent = company.agent()
    channel = make_channel(company.shop, kind="phone")
    made = desk.log_call(
        channel=channel,
        customer=company.writes().conversation.customer,
        question="x",
        result="x",
        by=account_of(agent),
        at=AT,
        call_back_due_at=later(3600),
    )
    return {"pk": made.pk}


@foreign(
    "knowledge:script",
    "knowledge:script-edit",
    "knowledge:script-review",
    "knowledge:script-retire",
)
def _script() -> Keys:
    return {"pk": make_script(by=make_crew().agent, reach="own").pk}


@foreign(
    "knowledge:change",
    "knowledge:change-confirm",
    "knowledge:change-withdraw",
    common="who edits knowledge sees all notices",
)
def _change() -> Keys:
    crew = make_crew()
    draft = ChangeDraft(title="x", body="y", audience="team", team=crew.team)
    return {"pk": publish_change(draft=draft, by=crew.leader, at=AT).pk}


@foreign("knowledge:question", "knowledge:question-keep", common="questions are everybody's")
def _question() -> Keys:
    return {"pk": ask_question(text="x", by=make_crew().agent, at=AT).pk}


@foreign("knowledge:folder", "knowledge:folder-remove", common="one tree for the company")
def _folder() -> Keys:
    return {"pk": ScriptFolder.objects.create(name="x").pk}


@foreign(
    "knowledge:article",
    "knowledge:article-edit",
    "knowledge:article-retire",
    common="what is known is known to all staff",
)
def _article() -> Keys:
    made = Article.objects.create(
        category="service", title="x", body="x", created_at=AT, updated_at=AT
    )
    return {"pk": made.pk}


@foreign("reports:cost-cases", common="cases within one's own reach")
def _cost_cases() -> Keys:
    return {"kind": 0, "client": 0}


@foreign("reports:service-why", "reports:service-figure", common="figures over one's own reach")
def _figure() -> Keys:
    return {"key": "first_response"}


@foreign("reports:ratings-why", common="ratings of one's own reach")
def _share() -> Keys:
    return {"key": "satisfaction"}


@foreign("desk:chat", common="channels are the company's")
def _chat() -> Keys:
    return {"pk": make_channel().pk}


@foreign("desk:by-hand", common="channels are the company's")
def _by_hand() -> Keys:
    return {"pk": make_channel(kind="phone").pk}


@foreign("desk:mailbox", "desk:mailbox-check", common="channels are the company's")
def _mailbox() -> Keys:
    return {"pk": make_mailbox().pk}


@foreign(
    "desk:connector",
    "desk:connector-check",
    "desk:connector-secret",
    common="channels are the company's",
)
def _connector() -> Keys:
    channel = make_channel(kind="api")
    return {"pk": Connector.objects.create(channel=channel, secret="x").pk}


@foreign("desk:tool-messages", "desk:tool-deliveries", "desk:tool-answers", public=True)
def _tool() -> Keys:
    return {"key": "nobody-has-this-key"}


@foreign("desk:wecom", "desk:wecom-check", "desk:wecom-again", common="channels are the company's")
def _wecom() -> Keys:
    row = WecomAccount.objects.create(
        channel=make_channel(kind="wecom"), corp_id="x", open_kfid="x", since_at=AT
    )
    return {"pk": row.pk}


@foreign("desk:wecom-called", public=True)
def _wecom_called() -> Keys:
    return {"key": "nobody-has-this-key"}


@foreign("desk:group", common="queues are the company's")
def _group() -> Keys:
    return {"pk": QueueGroup.objects.create(code="x", name="x").pk}


@foreign("desk:profile")
def _profile() -> Keys:
    return {"pk": desk.ensure_profile(make_company().agent(online=False)).pk}


@foreign("desk:question-type", common="one list for the company")
def _question_type() -> Keys:
    return {"pk": QuestionType.objects.create(code="x", name="x").pk}


@foreign("desk:handling-result", common="one list for the company")
def _handling_result() -> Keys:
    return {"pk": HandlingResult.objects.create(code="x", name="x").pk}
