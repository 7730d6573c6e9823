"""Days of orders and talk, written with the rooms' own actions."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from decimal import Decimal
from zoneinfo import ZoneInfo

from cangke.carriers import public as carriers
from cangke.catalog import public as catalog
from cangke.customers import public as customers
from cangke.desk import public as desk
from cangke.foundation.calendar import public as calendar
from cangke.foundation.refusal import Refusal
from cangke.orders import public as orders
from cangke.people.public import Employee, Shop

from . import goods, talk
from .company import Company
from .talk import Talk

ORDERS_A_DAY = 11
TALKS_A_DAY = 7
BUSY_DAYS = 21
BUYERS = 160
OWN_CUSTOMER = "老客户，一直由我接待"

#: Which conversations a post's stage lets its holder serve; a post not named serves both.
STAGE_SERVED = {"pre_sales": "presale", "after_sales": "aftersale"}


def write_goods(*, rng: random.Random, at: dt.datetime, company: Company, days: int) -> None:
    """Goods, carriers and the client who stores here."""
    for sku, name, english, price, weight, size in goods.GOODS:
        length, width, height = size
        product = catalog.Product.objects.create(
            sku=sku,
            name=name,
            name_en=english,
            weight_g=weight,
            length_mm=length,
            width_mm=width,
            height_mm=height,
            category="家居",
        )
        catalog.ProductCard.objects.create(product=product, price=Decimal(price))
    for code, name, english, country, services in goods.CARRIERS:
        carrier = carriers.Carrier.objects.create(
            code=code, name=name, name_en=english, country=country
        )
        for place, (service, quickest, slowest, express) in enumerate(services):
            carriers.CarrierService.objects.create(
                carrier=carrier,
                code=f"{code}-{place + 1}",
                name=service,
                days_min=quickest,
                days_max=slowest,
                is_express=express,
            )
    customers.save_client(
        code="qihang",
        name="深圳启航贸易有限公司",
        english_name="Shenzhen Qihang Trading",
        level="A",
        contract_from=(at - dt.timedelta(days=400)).date(),
        contract_to=(at + dt.timedelta(days=330)).date(),
        contact_name="周经理",
        contact_phone="13800138000",
        contact_email="zhou@qihang.example",
        keeper=company.staff["zhouting"],
        by=None,
        at=at,
    )


def write_desk(*, rng: random.Random, at: dt.datetime, company: Company, days: int) -> None:
    """Opening hours, channels, queues and who serves them."""
    desk.ensure_defaults(at=at)
    hours = calendar.OpeningTable.objects.create(
        name="08:30–01:00",
        hours=calendar.OpeningHours(
            zone="Asia/Shanghai",
            weekly=[calendar.Opening(day, 510, 990) for day in range(7)],
        ).as_data(),
    )
    boss = company.staff["zhanghui"].account
    assert boss is not None
    groups = {}
    for code, name, stage, team in (
        ("pre-hd", "售前一组", "presale", "pre-hd"),
        ("after-hd", "售后一组", "aftersale", "after-hd"),
        ("us-pre", "北美售前", "presale", "us"),
        ("us-after", "北美售后", "aftersale", "us"),
    ):
        groups[code] = desk.save_group(
            group=None,
            code=code,
            name=name,
            stage=stage,
            team_id=company.teams[team].pk,
            rank=10,
            by=boss,
            at=at,
        )
    for shop_code, kind, name, language in (
        ("haidao-tm", "web_chat", "海盗船在线客服", "zh-hans"),
        ("haidao-tm", "marketplace_im", "海盗船旺旺", "zh-hans"),
        ("yijing-tb", "web_chat", "亿境在线客服", "zh-hans"),
        ("yijing-tb", "marketplace_im", "亿境旺旺", "zh-hans"),
        ("yijing-us", "web_chat", "Yijing web chat", "en"),
        ("yijing-us", "email", "Yijing support mail", "en"),
    ):
        shop = company.shops[shop_code]
        desk.save_channel(
            channel=None,
            site=shop.site,
            code=f"{shop_code}-{kind.split('_')[0]}",
            name=name,
            kind=kind,
            shop_id=shop.pk,
            language=language,
            opening_id=hours.pk if shop.site.code == "ningbo" else None,
            by=boss,
            at=at,
        )
    trained = {
        "pre-hd": ["pre-hd"],
        "after-hd": ["after-hd"],
        "us": ["us-pre", "us-after"],
    }
    for employee in company.staff.values():
        served = trained.get(employee.team.code if employee.team else "", [])
        if employee.post.stage or employee.post.code == "cs-leader":
            wanted = [
                groups[each]
                for each in served
                if STAGE_SERVED.get(employee.post.stage, groups[each].stage) == groups[each].stage
            ]
            desk.save_profile(
                employee=employee,
                groups=wanted,
                languages=employee.languages,
                serves_presale=any(each.stage == "presale" for each in wanted),
                serves_aftersale=any(each.stage == "aftersale" for each in wanted),
                max_chats=8 if employee.status == "regular" else 4,
                by=boss,
                at=at,
            )


class History:
    """Writes one day after the other; every choice comes from the one generator."""

    def __init__(self, rng: random.Random, at: dt.datetime, company: Company) -> None:
        self.rng, self.at, self.company = rng, at, company
        self.products = list(catalog.Product.objects.order_by("pk"))
        self.prices = dict(catalog.ProductCard.objects.values_list("product__sku", "price"))
        self.services = list(carriers.CarrierService.objects.select_related("carrier"))
        self.channels = list(
            desk.Channel.objects.filter(shop__isnull=False).select_related("site", "shop")
        )
        self.types = {each.code: each for each in desk.QuestionType.objects.all()}
        self.results = {each.code: each for each in desk.HandlingResult.objects.all()}
        self.agents = {
            ("zh-hans", "presale"): company.of_post("pre-hd", "pre-sales"),
            ("zh-hans", "aftersale"): company.of_post("after-hd", "after-sales"),
            ("en", "presale"): company.of_post("us", "pre-sales"),
            ("en", "aftersale"): company.of_post("us", "after-sales"),
        }
        self.buyers: list[tuple[customers.Customer, Shop]] = []
        self.shipped: dict[int, list[orders.Order]] = {}
        self.waiting: dict[int, list[orders.Order]] = {}
        self.served: dict[int | None, list[Employee]] = {}
        self.number = 720000

    def meet_buyers(self) -> None:
        start = self.at - dt.timedelta(days=60)
        shops = [self.company.shops[code] for code in ("haidao-tm", "yijing-tb", "yijing-us")]
        for index in range(BUYERS):
            shop = shops[index % 3]
            foreign = shop.language == "en"
            names = talk.ENGLISH_NAMES if foreign else talk.NAMES
            name = names[index // 3 % len(names)]
            value = f"buyer{index}@mail.example" if foreign else f"tb_{10234 + index * 37}"
            customer = customers.find_or_create_by_identity(
                kind="email" if foreign else "im_nick",
                value=value,
                display_name=name,
                shop_id=shop.pk,
                language=shop.language,
                country="US" if foreign else "CN",
                at=start,
            )
            self.buyers.append((customer, shop))

    def day(self, back: int) -> None:
        """Write the day so many days ago; what lies further back was quieter."""
        share = 1 if back <= BUSY_DAYS else 3
        for _each in range(self.rng.randint(ORDERS_A_DAY - 5, ORDERS_A_DAY + 5) // share):
            self.order(back)
        for _each in range(self.rng.randint(TALKS_A_DAY - 3, TALKS_A_DAY + 4) // share):
            self.talk(back)

    def moment(self, back: int, zone: str, first: int = 9, last: int = 21) -> dt.datetime:
        """A second of the day so many days ago, in the site's opening hours, never ahead."""
        local = self.at.astimezone(ZoneInfo(zone)) - dt.timedelta(days=back)
        chosen = local.replace(
            hour=self.rng.randint(first, last),
            minute=self.rng.randint(0, 59),
            second=self.rng.randint(0, 59),
            microsecond=0,
        ).astimezone(dt.UTC)
        return min(chosen, self.at - dt.timedelta(minutes=self.rng.randint(150, 400)))

    def order(self, back: int) -> None:
        customer, shop = self.rng.choice(self.buyers)
        foreign = shop.language == "en"
        placed = self.moment(back, shop.site.zone)
        self.number += 1
        agents = self.agents["en" if foreign else "zh-hans", "presale"]
        owner = self.rng.choice(agents)
        place = self.rng.choice(goods.AMERICAN if foreign else goods.CITIES)
        province, city, district, street, postcode = place
        paid = self.rng.random() < 0.95
        complete = self.rng.random() < 0.96
        lines = [
            orders.LineDraft(
                sku=product.sku,
                name=product.name_en if foreign else product.name,
                quantity=self.rng.choice((1, 1, 1, 2, 3)),
                unit_price=self.prices[product.sku] or Decimal(0),
            )
            for product in self.rng.sample(self.products, self.rng.choice((1, 1, 2, 3)))
        ]
        local = [
            each for each in self.services if each.carrier.country == ("US" if foreign else "CN")
        ]
        service = self.rng.choice(local)
        received = orders.receive_order(
            draft=orders.OrderDraft(
                shop_id=shop.pk,
                placed_at=placed,
                external_no=str(self.number),
                source="marketplace",
                customer_id=customer.pk,
                buyer_name=customer.display_name,
                buyer_phone="" if not complete else f"138{self.rng.randint(10**7, 10**8 - 1)}",
                country="US" if foreign else "CN",
                province=province,
                city=city,
                district=district,
                street=street,
                postcode=postcode,
                service_id=service.pk,
                paid_at=placed + dt.timedelta(minutes=3) if paid else None,
                promised_ship_at=placed + dt.timedelta(hours=self.rng.choice((24, 30, 48))),
                owner_id=owner.pk,
                lines=lines,
            ),
            by=owner.account,
            at=placed + dt.timedelta(minutes=4),
        )
        self._follow(received.order, owner, service, placed)

    def _follow(
        self,
        order: orders.Order,
        owner: Employee,
        service: carriers.CarrierService,
        placed: dt.datetime,
    ) -> None:
        """Remark, chase, ship and deliver as far as the present allows."""
        assert owner.account is not None
        customer_id = order.customer_id or 0
        ready = order.state in ("paid", "to_ship")
        if ready and self.rng.random() < 0.18:
            orders.add_remark(
                order_id=order.pk,
                logistics=service.carrier.name,
                gift=self.rng.choice(("贺卡", "", "小样")),
                other=self.rng.choice(("写“生日快乐”", "周末送达", "")),
                by=owner.account,
                at=placed + dt.timedelta(minutes=self.rng.randint(8, 50)),
            )
        late = self.rng.random() < 0.07
        leaves = placed + dt.timedelta(hours=self.rng.randint(3, 22) + (40 if late else 0))
        given_up = placed + dt.timedelta(days=3)
        if not ready and given_up < self.at:
            orders.cancel_order(
                order_id=order.pk,
                reason="买家三天没有付款" if order.paid_at is None else "地址补不齐，买家同意取消",
                by=owner.account,
                at=given_up,
            )
            return
        if not ready or leaves > self.at - dt.timedelta(hours=2):
            self.waiting.setdefault(customer_id, []).append(order)
            if ready and late:
                self._chase(order, owner, placed + dt.timedelta(hours=20))
            return
        if late and self.rng.random() < 0.6:
            self._chase(order, owner, placed + dt.timedelta(hours=26))
        clerk = self.company.staff["caiwen"].account
        orders.mark_shipped(
            order_id=order.pk,
            carrier_id=service.carrier_id,
            service_id=service.pk,
            tracking_no=f"{service.carrier.code.upper()}{self.rng.randint(10**11, 10**12 - 1)}",
            by=clerk,
            at=leaves,
        )
        self.shipped.setdefault(customer_id, []).append(order)
        arrives = leaves + dt.timedelta(hours=self.rng.randint(30, 110))
        if arrives < self.at:
            orders.confirm_delivery(order_id=order.pk, by=None, at=arrives)

    def _chase(self, order: orders.Order, owner: Employee, at: dt.datetime) -> None:
        if at >= self.at:
            return
        assert owner.account is not None
        try:
            chase = orders.chase_warehouse(
                order_id=order.pk,
                question="约定时间快到了，今天能否出库？",
                by=owner.account,
                at=at,
            )
        except Refusal:
            return
        answered = at + dt.timedelta(minutes=self.rng.randint(10, 200))
        helper = self.company.staff["liuyang"].account
        if answered < self.at and helper is not None and self.rng.random() < 0.85:
            orders.answer_chase(
                chase_id=chase.pk, answer="缺一件在调，今天 18:00 前出库。", by=helper, at=answered
            )

    def talk(self, back: int, *, unfinished: bool = False) -> None:
        channel = self.rng.choice(self.channels)
        assert channel.shop is not None
        language = channel.language
        here = [each for each in self.buyers if each[1].pk == channel.shop_id]
        customer, _shop = self.rng.choice(here)
        have = self.shipped.get(customer.pk, [])
        stage = "aftersale" if have and not self.waiting.get(customer.pk) else "presale"
        chosen = self.rng.choice(
            [each for each in talk.TALKS if each.stage == stage and each.language == language]
        )
        clock = self.moment(back, channel.site.zone)
        if unfinished:
            clock = self.at - dt.timedelta(seconds=self.rng.randint(30, 600))
        self._speak(channel, customer, chosen, clock, have, unfinished)

    def agent_for(self, group_id: int | None) -> Employee | None:
        """Somebody who serves the queue the conversation landed in."""
        if group_id not in self.served:
            profiles = desk.AgentProfile.objects.filter(groups=group_id).select_related(
                "employee__account", "employee__post"
            )
            self.served[group_id] = [
                each.employee
                for each in profiles.order_by("pk")
                if each.employee.post.code != "cs-leader"
            ]
        people = self.served[group_id]
        return self.rng.choice(people) if people else None

    def _speak(
        self,
        channel: desk.Channel,
        customer: customers.Customer,
        chosen: Talk,
        clock: dt.datetime,
        have: list[orders.Order],
        unfinished: bool,
    ) -> None:
        agent: Employee | None = None
        product = self.rng.choice(self.products)
        words = {
            "product": product.name_en if chosen.language == "en" else product.name,
            "order": have[-1].external_no if have else "",
        }
        conversation: desk.Conversation | None = None
        lines = chosen.lines[: self.rng.randint(1, 3)] if unfinished else chosen.lines
        slow = self.rng.random() < 0.12
        for place, (who, text) in enumerate(lines):
            body = text.format(**words)
            if who == "c":
                clock += dt.timedelta(seconds=self.rng.randint(15, 160) if place else 0)
                received = desk.receive_message(
                    channel=channel,
                    customer=customer,
                    body=body,
                    visitor_key=_visitor(customer) if channel.kind == "web_chat" else "",
                    at=min(clock, self.at),
                )
                conversation = received.conversation
                agent = agent or conversation.assignee or self.agent_for(conversation.group_id)
                continue
            if conversation is None or agent is None or agent.account is None:
                return
            wait = self.rng.randint(150, 700) if slow else self.rng.randint(8, 75)
            clock += dt.timedelta(seconds=wait)
            moment = min(clock, self.at)
            try:
                if conversation.assignee_id is None:
                    held = desk.claim(
                        conversation_id=conversation.pk,
                        reason=OWN_CUSTOMER,
                        by=agent.account,
                        at=moment,
                    )
                    conversation.assignee_id = held.assignee_id
                if who == "n":
                    desk.write_note(
                        conversation_id=conversation.pk, body=body, by=agent.account, at=moment
                    )
                else:
                    desk.reply(
                        conversation_id=conversation.pk,
                        body=body,
                        reason=OWN_CUSTOMER,
                        by=agent.account,
                        at=moment,
                    )
            except Refusal:
                return
        if unfinished or conversation is None or agent is None or agent.account is None:
            return
        if lines[-1][0] == "c":
            clock += dt.timedelta(seconds=self.rng.randint(10, 60))
            desk.reply(
                conversation_id=conversation.pk,
                body="Thank you, have a nice day."
                if chosen.language == "en"
                else "好的，祝您生活愉快。",
                reason=OWN_CUSTOMER,
                by=agent.account,
                at=min(clock, self.at),
            )
        clock += dt.timedelta(minutes=self.rng.randint(2, 30))
        desk.close(
            conversation_id=conversation.pk,
            question_type=self.types.get(chosen.question_type) or self.types["other"],
            handling_result=self.results.get(chosen.handling_result) or self.results["solved"],
            by=agent.account,
            at=min(clock, self.at),
        )


def _visitor(customer: customers.Customer) -> str:
    """Under which name the browser of a made-up customer is known."""
    return hashlib.sha256(f"demo visitor {customer.number}".encode()).hexdigest()


def write_history(*, rng: random.Random, at: dt.datetime, company: Company, days: int) -> None:
    """Orders and talk of the days, and a desk in the middle of its day."""
    history = History(rng, at, company)
    history.meet_buyers()
    for back in range(days, -1, -1):
        history.day(back)
    for employee in (
        *history.agents["zh-hans", "presale"],
        *history.agents["zh-hans", "aftersale"],
    ):
        if employee.account is not None and rng.random() < 0.75:
            desk.set_presence(
                state=desk.Presence.ONLINE,
                by=employee.account,
                at=at - dt.timedelta(minutes=rng.randint(5, 120)),
            )
    for _each in range(14):
        history.talk(0, unfinished=True)
    # Nobody sits at the other end of these channels.
    desk.Message.objects.filter(delivery="queued").update(delivery="sent")
