"""The marks and figures of the tag library."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from cangke.foundation.access.public import Account
from cangke.foundation.money.public import Money
from cangke.foundation.ui.public import Series, Step, heat, line, pareto
from cangke.foundation.ui.templatetags import ck


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_icons_are_decorative_unless_they_are_named():
    assert 'aria-hidden="true"' in render('{% icon "chat" %}')
    assert 'aria-label="删除"' in render('{% icon "trash" label="删除" %}')
    assert '#chat"></use>' in render('{% icon "chat" %}')


class Choices(forms.Form):
    must = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")])
    may = forms.ChoiceField(choices=[("", "---------"), ("a", "甲")], required=False)
    said = forms.ChoiceField(choices=[("", "全天"), ("a", "甲")], required=False)
    model = forms.ModelChoiceField(queryset=Account.objects.none(), required=False)
    kind = forms.TypedChoiceField(choices=lambda: [("", "---------"), ("a", "甲")])


@pytest.mark.django_db
def test_that_nothing_is_chosen_is_told_in_words():
    form = Choices()
    for name, word in (
        ("must", "请选择"),
        ("may", "不选"),
        ("said", "全天"),
        ("model", "不选"),
        ("kind", "请选择"),
    ):
        shown = render("{% control field %}", field=form[name])
        assert f">{word}</option>" in shown, shown
        assert "---" not in shown


def test_words_of_a_list_stand_as_the_language_has_them():
    loop = (
        "{% for one in names %}{{ one }}{% if not forloop.last %}{% comma %}{% endif %}{% endfor %}"
    )
    for source in ("{{ names|listed }}", loop):
        assert render(source, names=["甲", "<b>"]) == "甲、&lt;b&gt;"
        with translation.override("en"):
            assert render(source, names=["one", "two"]) == "one, two"
    assert render("{{ names|listed|default:'—' }}", names=[]) == "—"


def test_a_state_is_a_word_with_a_colour_and_escapes_what_it_says():
    assert render('{% state "late" text %}', text="<b>") == (
        '<span class="ck-state ck-state--late">&lt;b&gt;</span>'
    )
    assert render('{% state "pink" "x" %}') == '<span class="ck-state">x</span>'


@pytest.mark.parametrize(
    ("seconds", "shown", "tone"),
    [
        (0, "0:00", ""),
        (59, "0:59", ""),
        (60, "1:00", "amber"),
        (100, "1:40", "red"),
        (180, "3:00", "dark"),
        (4980, "1:23:00", "dark"),
        (172800, "2 天", "dark"),
    ],
)
def test_a_clock_turns_at_its_thresholds(seconds: int, shown: str, tone: str):
    text = render("{% clock seconds=s thresholds='60,100,180' %}", s=seconds)
    assert f">{shown}<" in text
    assert (f"ck-clock--{tone}" in text) if tone else ("ck-clock--" not in text)


def test_a_clock_takes_thresholds_from_the_rulebook_and_ticks():
    since = timezone.now() - dt.timedelta(seconds=45)
    text = render("{% clock since=since thresholds=steps %}", since=since, steps=(30, 40, 50))
    assert 'data-ck-thresholds="30,40,50"' in text
    assert "ck-clock--red" in text
    assert f'data-ck-since="{int(since.timestamp())}"' in text
    with pytest.raises(ValueError, match="three thresholds"):
        render("{% clock seconds=1 thresholds='60,100' %}")


def test_a_countdown_says_left_or_late():
    soon = timezone.now() + dt.timedelta(hours=2, minutes=14, seconds=30)
    past = timezone.now() - dt.timedelta(minutes=46, seconds=30)
    assert "剩 2:14" in render("{% countdown until=at %}", at=soon)
    assert "ck-wait" in render("{% countdown until=at %}", at=soon)
    assert "迟 0:46" in render("{% countdown until=at %}", at=past)
    assert "ck-late" in render("{% countdown until=at %}", at=past)
    assert render("{% countdown until=at %}", at=None) == ""


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal("1234.5"), "CNY", "¥1,234.50"),
        (Decimal("-20"), "EUR", "-€20.00"),
        (1200, "JPY", "JP¥ 1,200"),
        ("0.1", "USD", "$0.10"),
        (Decimal("5"), "", "5.00"),
        (Decimal("5"), "XXX", "XXX 5.00"),
        (Decimal("0.005"), "CNY", "¥0.00"),
    ],
)
def test_money_is_shown_in_its_currency(amount: object, currency: str, shown: str):
    assert f">{shown}<" in render("{% money amount currency %}", amount=amount, currency=currency)


def test_money_knows_its_own_currency_and_nothing_is_a_dash():
    assert "€12.00" in render("{% money m %}", m=Money(Decimal("12"), "EUR"))
    assert "—" in render("{% money m %}", m=None)


def test_moments_are_near_words_then_days_then_years():
    now = timezone.now()
    local = timezone.localtime(now)
    assert ck.spell_moment(now) == f"今天 {local:%H:%M}"
    assert ck.spell_moment(now - dt.timedelta(days=1)).startswith("昨天 ")
    assert ck.spell_moment(now + dt.timedelta(days=1)).startswith("明天 ")
    assert len(ck.spell_moment(now - dt.timedelta(days=800))) == len("2023-01-01 18:00")
    text = render("{% moment at zone='America/Los_Angeles' %}", at=now)
    assert 'title="' in text
    assert ("PST" in text) or ("PDT" in text)
    assert "—" in render("{% moment at %}", at=None)


def test_ago_keeps_itself_for_a_day_then_is_a_moment():
    now = timezone.now()
    assert "刚刚" in render("{% ago at %}", at=now)
    assert "3 分钟前" in render("{% ago at %}", at=now - dt.timedelta(minutes=3))
    assert "5 小时前" in render("{% ago at %}", at=now - dt.timedelta(hours=5))
    assert "data-ck-ago" not in render("{% ago at %}", at=now - dt.timedelta(days=2))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(48, "48 秒"), (83 * 60, "1 小时 23 分"), (300, "5 分"), (200000, "2 天 7 小时")],
)
def test_lengths_are_words(seconds: int, shown: str):
    assert render("{% length seconds=s %}", s=seconds) == shown
    assert render("{% length minutes=83 %}") == "1 小时 23 分"


def test_a_derived_figure_opens_its_explanation():
    text = render("{% why url '¥20.00' tone='late' %}", url="/why/1/")
    assert '<a class="ck-why ck-late" href="/why/1/"' in text
    assert 'aria-haspopup="dialog"' in text
    assert "<a" not in render("{% why url '¥20.00' %}", url="")


@pytest.mark.parametrize(
    ("name", "sign"), [("王芳", "王"), ("Laura Weber", "L"), ("tb_8841", "T"), ("", "?")]
)
def test_an_avatar_is_the_first_sign(name: str, sign: str):
    assert f">{sign}</span>" in render("{% avatar name %}", name=name)


def test_links_in_text_open_elsewhere_and_nothing_else_is_markup():
    text = render("{{ t|urlline }}", t="看 https://a.example/x?a=1&b=2，\r\n<script>1</script>")
    assert 'href="https://a.example/x?a=1&amp;b=2"' in text
    assert 'rel="noopener noreferrer nofollow"' in text
    assert "<br>&lt;script&gt;" in text
    assert "<a" not in render("{{ t|urlline }}", t="javascript:alert(1)")


def test_query_replace_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/x/?a=1&b=2&b=3&page=4")
    text = render("{% query_replace page=2 a=None %}", request=request)
    assert text == "?b=2&amp;b=3&amp;page=2"


def test_steps_draw_the_track_with_the_present_one_marked():
    text = render("{% steps s %}", s=[Step("已付款", "04-15", "done"), Step("签收", tone="now")])
    assert '<li class="is-now" aria-current="step"><b>签收</b>' in text


def test_bars_stay_between_nothing_and_all():
    assert 'width="100"' in render("{% bar 250 %}")
    assert 'width="0"' in render("{% bar none %}", none=None)


def test_a_chart_has_its_table_behind_it():
    chart = line(["一月", "二月"], Series("首响", [Decimal("42.5"), None], unit="秒"))
    text = render("{% chart c caption='说明' %}", c=chart)
    assert '<th scope="col" class="ck-r">首响 (秒)</th>' in text
    assert "42.5" in text
    assert "–" in text
    spec = json.loads(text.split('type="application/json">')[1].split("</script>")[0])
    assert spec["series"][0]["values"] == [42.5, None]


def test_a_chart_without_data_says_so():
    text = render("{% chart c %}", c=line([], Series("首响", [])))
    assert "这段时间没有数据" in text
    assert "data-ck-chart" not in text


def test_a_pareto_runs_up_to_one_hundred():
    chart = pareto(["迟", "破", "错"], [6, 3, 1], name="件", share="累计")
    assert list(chart.series[1].values) == [Decimal("60.0"), Decimal("90.0"), Decimal("100.0")]


def test_a_heat_map_is_a_table_of_rows_and_columns():
    heads, rows = heat(["周一"], ["9", "10"], [[3, None]]).table()
    assert heads == ["", "9", "10"]
    assert rows == [["周一", 3, None]]


class OrderForm(forms.Form):
    name = forms.CharField(label="收件人", help_text="与面单一致")
    urgent = forms.BooleanField(label="加急", required=False)
    gifts = forms.MultipleChoiceField(
        label="礼品", choices=[("a", "贺卡")], widget=forms.CheckboxSelectMultiple, required=False
    )
    secret = forms.CharField(widget=forms.HiddenInput, initial="s")


def test_a_field_has_label_help_and_its_error_at_its_place():
    form = OrderForm({"name": "", "gifts": ["a"]})
    text = render("{% form_rows form %}", form=form)
    assert '<label for="id_name">收件人' in text
    assert 'aria-describedby="id_name_hint id_name_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name_error"' in text
    assert 'type="checkbox" class="ck-check" name="gifts" value="a"' in text
    assert 'type="hidden" name="secret"' in text


def test_named_fields_only_are_shown_when_named():
    text = render("{% form_rows form 'urgent' %}", form=OrderForm())
    assert "加急" in text
    assert "收件人" not in text
    assert "secret" not in text


def test_once_is_a_new_key_each_time():
    first, second = render("{% once 'orders.ship' %}"), render("{% once 'orders.ship' %}")
    assert first != second
    assert 'type="hidden" name="_once"' in first


def test_cells_and_repeats_are_written_rightly_or_not_at_all():
    with pytest.raises(TemplateSyntaxError):
        Template("{% cell %}x{% endcell %}")
    with pytest.raises(TemplateSyntaxError):
        Template("{% repeat %}")
    assert render('{% repeat "title" %}') == ""
