"""Selects are written as Django writes them, in less time."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from cangke.foundation.ui.forms_renderer import Renderer

HOSTILE = "\"'><xss>&amp;"
CHOICES = [
    ("", "请选择"),
    (1, HOSTILE),
    (HOSTILE, mark_safe("<b>安全</b>")),  # noqa: S308  # marked by the program itself
    ("组", [("a", "A"), (True, "是")]),
    (None, "无"),
]


class Other(forms.Form):
    one = forms.ChoiceField(choices=CHOICES, required=False)
    many = forms.MultipleChoiceField(choices=CHOICES)
    yes = forms.NullBooleanField(
        widget=forms.NullBooleanSelect(attrs={"disabled": True, "hidden": False, "data-x": HOSTILE})
    )


class Read(HTMLParser):
    """Markup as a browser reads it: tags with their attributes in any order, and words."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.found.append(tag)

    def handle_data(self, data):
        if data.strip():
            self.found.append(data.strip())


@pytest.mark.parametrize("data", [{}, {"one": HOSTILE, "many": ["a", "1"], "yes": "true"}])
@pytest.mark.parametrize("name", ["one", "many", "yes"])
def test_a_select_is_what_django_writes(name, data):
    ours = Other(data, renderer=Renderer())[name].as_widget()
    theirs = Other(data, renderer=DjangoTemplates())[name].as_widget()
    assert Read(ours).found == Read(theirs).found
    assert "<xss" not in ours
