"""The people and places of the demonstration company, all invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from cangke.foundation.access import public as access
from cangke.people import public as people

PASSWORD = "cangke-demo-2026"

SITES: list[dict[str, Any]] = [
    {"code": "ningbo", "name": "宁波客服中心", "zone": "Asia/Shanghai"},
    {
        "code": "ontario",
        "name": "洛杉矶安大略仓",
        "zone": "America/Los_Angeles",
        "country": "US",
        "currency": "USD",
    },
]
DEPARTMENTS = [
    ("office", "总经理办公室", "office", ""),
    ("service", "客服部", "ecommerce", "office"),
    ("overseas", "海外仓客服部", "overseas_warehouse", "office"),
    ("warehouse", "仓储部", "warehouse", "office"),
    ("finance", "财务部", "office", "office"),
    ("hr", "人事行政部", "office", "office"),
]
BRANDS = [("haidao", "海盗船"), ("yijing", "亿境"), ("mojia", "魔甲人")]
SHOPS: list[dict[str, Any]] = [
    {
        "code": "haidao-tm",
        "name": "海盗船旗舰店",
        "brand": "haidao",
        "marketplace": "天猫",
        "site": "ningbo",
        "colour": "#1f5fbf",
    },
    {
        "code": "yijing-tb",
        "name": "亿境家居旗舰店",
        "brand": "yijing",
        "marketplace": "淘宝",
        "site": "ningbo",
        "colour": "#2c7a4b",
    },
    {
        "code": "yijing-us",
        "name": "Yijing Home US",
        "brand": "yijing",
        "marketplace": "Amazon",
        "site": "ontario",
        "language": "en",
        "currency": "USD",
        "colour": "#7a3e9d",
    },
]
UPCOMING: dict[str, Any] = {
    "code": "mojia-tm",
    "name": "魔甲人旗舰店",
    "brand": "mojia",
    "marketplace": "天猫",
    "site": "ningbo",
    "state": "upcoming",
}
TEAMS = [
    ("pre-hd", "售前一组", "service", "ningbo", ["haidao-tm", "yijing-tb"]),
    ("after-hd", "售后一组", "service", "ningbo", ["haidao-tm", "yijing-tb"]),
    ("us", "北美服务组", "overseas", "ontario", ["yijing-us"]),
    ("3pl", "仓储客户组", "overseas", "ningbo", []),
    ("floor-nb", "宁波仓作业组", "warehouse", "ningbo", []),
    ("floor-la", "安大略仓作业组", "warehouse", "ontario", []),
]


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    post: str
    department: str
    team: str = ""
    site: str = "ningbo"
    english: str = ""
    languages: tuple[str, ...] = ("zh-hans",)
    months: int = 14  # employed since
    leads: bool = False


PEOPLE = [
    Person("gaoyuan", "高远", "general-manager", "office", months=60),
    Person("zhanghui", "张慧", "cs-supervisor", "service", months=40),
    Person("linyue", "林悦", "cs-deputy", "service", months=30),
    Person("chenjing", "陈静", "cs-leader", "service", "pre-hd", months=26, leads=True),
    Person("liqiang", "李强", "pre-sales", "service", "pre-hd", months=20),
    Person("wulei", "吴磊", "pre-sales", "service", "pre-hd", months=18),
    Person("sunyue", "孙悦", "pre-sales", "service", "pre-hd", months=9),
    Person("zhengshuang", "郑爽", "pre-sales", "service", "pre-hd", months=7),
    Person("fenglin", "冯琳", "pre-sales", "service", "pre-hd", months=2),
    Person("xujie", "徐洁", "pre-sales", "service", "pre-hd", months=12),
    Person(
        "hanmei", "韩梅", "pre-sales", "service", "pre-hd", months=5, languages=("zh-hans", "en")
    ),
    Person("zhouping", "周萍", "cs-leader", "service", "after-hd", months=33, leads=True),
    Person("wangfang", "王芳", "after-sales", "service", "after-hd", months=24),
    Person("zhaomin", "赵敏", "after-sales", "service", "after-hd", months=2),
    Person(
        "hejia",
        "何佳",
        "after-sales",
        "service",
        "after-hd",
        months=16,
        languages=("zh-hans", "en"),
    ),
    Person("machao", "马超", "after-sales", "service", "after-hd", months=11),
    Person("tangxin", "唐欣", "after-sales", "service", "after-hd", months=8),
    Person("luojun", "罗军", "after-sales", "service", "after-hd", months=15),
    Person("songqian", "宋倩", "after-sales", "service", "after-hd", months=3),
    Person(
        "emily",
        "陈艾米",
        "cs-leader",
        "overseas",
        "us",
        "ontario",
        "Emily Chen",
        ("en", "zh-hans"),
        28,
        True,
    ),
    Person(
        "jason",
        "刘杰森",
        "pre-sales",
        "overseas",
        "us",
        "ontario",
        "Jason Liu",
        ("en", "zh-hans"),
        13,
    ),
    Person(
        "maria", "玛丽亚", "after-sales", "overseas", "us", "ontario", "Maria Lopez", ("en",), 10
    ),
    Person(
        "kevin",
        "吴凯文",
        "after-sales",
        "overseas",
        "us",
        "ontario",
        "Kevin Wu",
        ("en", "zh-hans"),
        6,
    ),
    Person(
        "zhouting",
        "周婷",
        "storage-cs",
        "overseas",
        "3pl",
        months=22,
        leads=True,
        languages=("zh-hans", "en"),
    ),
    Person("duanrui", "段睿", "logistics-cs", "overseas", "3pl", months=10),
    Person("yanling", "严玲", "warehouse-cs", "overseas", "3pl", months=6),
    Person("shenwei", "沈伟", "warehouse-manager", "warehouse", months=48),
    Person(
        "liuyang", "刘洋", "warehouse-coordinator", "warehouse", "floor-nb", months=19, leads=True
    ),
    Person("gaofeng", "高峰", "receiving-dispatch-leader", "warehouse", "floor-nb", months=27),
    Person("pengbo", "彭博", "warehouse-clerk", "warehouse", "floor-nb", months=15),
    Person("jiangtao", "江涛", "warehouse-clerk", "warehouse", "floor-nb", months=9),
    Person("caiwen", "蔡雯", "order-printing-clerk", "warehouse", "floor-nb", months=12),
    Person("renhao", "任浩", "material-controller", "warehouse", "floor-nb", months=21),
    Person(
        "diego",
        "迭戈",
        "warehouse-coordinator",
        "warehouse",
        "floor-la",
        "ontario",
        "Diego Ramos",
        ("en",),
        17,
        True,
    ),
    Person(
        "tony",
        "托尼",
        "warehouse-clerk",
        "warehouse",
        "floor-la",
        "ontario",
        "Tony Park",
        ("en",),
        8,
    ),
    Person(
        "rosa",
        "罗莎",
        "warehouse-clerk",
        "warehouse",
        "floor-la",
        "ontario",
        "Rosa Diaz",
        ("en",),
        5,
    ),
    Person("qianlan", "钱兰", "finance-clerk", "finance", months=36),
    Person("sunli", "孙莉", "finance-clerk", "finance", months=13),
    Person("wenjing", "文静", "hr-clerk", "hr", months=31),
    Person("fangfang", "方芳", "hr-clerk", "hr", months=3),
]
SHOWN = [  # the accounts printed at start, one for each kind of day
    ("admin", "系统管理员 · administrator"),
    ("zhanghui", "客服主管 张慧 · supervisor"),
    ("chenjing", "售前组长 陈静 · team leader"),
    ("liqiang", "售前客服 李强 · pre-sales"),
    ("wangfang", "售后客服 王芳 · after-sales"),
    ("emily", "北美组长 Emily Chen · English desk"),
    ("liuyang", "仓库协调 刘洋 · warehouse"),
    ("wenjing", "人事 文静 · HR"),
    ("qianlan", "财务 钱兰 · finance"),
]


@dataclass
class Company:
    sites: dict[str, people.Site] = field(default_factory=dict)
    shops: dict[str, people.Shop] = field(default_factory=dict)
    teams: dict[str, people.Team] = field(default_factory=dict)
    staff: dict[str, people.Employee] = field(default_factory=dict)

    def of_post(self, team: str, *posts: str) -> list[people.Employee]:
        """The people of a team who hold one of the posts."""
        return [
            self.staff[each.username] for each in PEOPLE if each.team == team and each.post in posts
        ]


def found(*, at: dt.datetime) -> Company:
    """Set up sites, departments, shops, teams and about forty people."""
    company = Company()
    started = at - dt.timedelta(days=60)
    people.load_post_catalogue(by=None, at=at)
    posts = {each.code: each for each in people.Post.objects.all()}
    for values in SITES:
        company.sites[values["code"]] = people.save_site(by=None, at=started, **values)
    departments: dict[str, people.Department] = {}
    for code, name, kind, parent in DEPARTMENTS:
        departments[code] = people.save_department(
            code=code, name=name, kind=kind, parent=departments.get(parent), by=None, at=started
        )
    brands = {
        code: people.save_brand(code=code, name=name, by=None, at=started) for code, name in BRANDS
    }
    launch = at.date() + dt.timedelta(days=20)
    for values in [*SHOPS, {**UPCOMING, "launch_date": launch}]:
        given = {
            **values,
            "site": company.sites[str(values["site"])],
            "brand": brands[str(values["brand"])],
        }
        company.shops[str(values["code"])] = people.save_shop(by=None, at=started, **given)
    for code, name, department, site, shops in TEAMS:
        company.teams[code] = people.save_team(
            code=code,
            name=name,
            department=departments[department],
            site=company.sites[site],
            shop_ids=[company.shops[each].pk for each in shops],
            by=None,
            at=started,
        )
    leaders: dict[str, people.Employee] = {}
    for person in PEOPLE:
        above = leaders.get(person.team) or leaders.get(person.department) or leaders.get("office")
        joined = (at - dt.timedelta(days=30 * person.months)).date()
        on_probation = person.months <= 3
        employee = people.hire(
            name=person.name,
            english_name=person.english,
            department=departments[person.department],
            team=company.teams.get(person.team),
            post=posts[person.post],
            site=company.sites[person.site],
            superior=above,
            employed_from=joined,
            status=people.Status.PROBATION if on_probation else people.Status.REGULAR,
            probation_until=joined + dt.timedelta(days=92) if on_probation else None,
            username=person.username,
            languages=person.languages,
            language="en" if person.languages == ("en",) else "",
            by=None,
            at=at,
        )
        company.staff[person.username] = employee
        if person.leads:
            leaders[person.team] = employee
            people.save_team(pk=company.teams[person.team].pk, leader=employee, by=None, at=started)
        if person.post in ("general-manager", "cs-supervisor", "warehouse-manager"):
            leaders[person.department] = employee
            people.save_department(
                pk=departments[person.department].pk, head=employee, by=None, at=started
            )
    # One hash for all: hashing a password is slow on purpose.
    access.Account.objects.filter(
        pk__in=[each.account_id for each in company.staff.values()]
    ).update(password=make_password(PASSWORD))
    for department, post, team, planned in (
        ("service", "pre-sales", "pre-hd", 8),
        ("service", "after-sales", "after-hd", 8),
        ("overseas", "after-sales", "us", 3),
        ("warehouse", "warehouse-clerk", "floor-nb", 4),
    ):
        people.set_headcount(
            department_id=departments[department].pk,
            post_id=posts[post].pk,
            team_id=company.teams[team].pk,
            planned=planned,
            by=None,
            at=started,
        )
    return company
