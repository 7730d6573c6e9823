import pytest

from cangke.customers import rules


@pytest.mark.requirement("G1")
@pytest.mark.parametrize(
    ("kind", "value", "norm"),
    [
        ("phone", "138 0013 8000", "+8613800138000"),
        ("phone", "+86-13800138000", "+8613800138000"),
        ("phone", "１３８００１３８０００", "+8613800138000"),
        ("phone", "12345", "12345"),
        ("phone", "no number", ""),
        ("email", " Wang@Example.COM ", "wang@example.com"),
        ("email", "not mail", ""),
        ("im_nick", "小鱼妈妈_01", "小鱼妈妈_01"),
        ("im_nick", "ＴＢ＿８８", "tb_88"),
        ("im_nick", "​ \x00", ""),
        ("order_customer_code", "17850.0", "17850"),
        ("order_customer_code", "17850", "17850"),
        ("order_customer_code", "17850.5", "17850.5"),
        ("marketplace_id", "Ａ１", "a1"),
    ],
)
def test_normal_forms(kind, value, norm):
    assert rules.normalize_identity(kind, value) == norm


def test_a_foreign_number_is_read_in_its_country():
    assert rules.normalize_phone("(213) 555-0123", country="US") in {"+12135550123", "2135550123"}
    assert rules.normalize_phone("020 7946 0958", country="GB") == "+442079460958"


@pytest.mark.requirement("G2")
def test_a_file_without_email_is_80_percent_complete():
    assert rules.completeness({"name", "phone", "address", "preferences"}) == 80
    assert rules.completeness(set(rules.PARTS)) == 100
    assert rules.completeness({"name", "unknown"}) == 20
    assert rules.missing_parts({"name", "phone", "address", "preferences"}) == ("email",)


@pytest.mark.requirement("G1")
@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("13800138000", "+8613800138000"),
        ("8000", "8000"),
        ("小鱼", "小鱼"),
        ("17850.0", "17850"),
    ],
)
def test_search_forms(typed, form):
    assert form in rules.search_forms(typed)


@pytest.mark.requirement("Q2")
@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "+86****8000"),
        ("wang@example.com", "w***@example.com"),
        ("小鱼妈妈_01", "小鱼妈妈_01"),
        ("tb_8841207", "tb_8841207"),
        ("17850", "17850"),
    ],
)
def test_phones_and_mail_are_masked_nicknames_are_not(value, masked):
    assert rules.mask_identity(value) == masked
