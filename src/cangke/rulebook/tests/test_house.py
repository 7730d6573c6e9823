"""Holds every room's policies against the clauses it ships."""

import dataclasses
import datetime as dt
import enum
import importlib
import pkgutil
import typing
from decimal import Decimal

import pytest
from django.apps import apps

from cangke.rulebook import queries, rules
from cangke.rulebook.actions import sets as actions
from cangke.rulebook.rules import Kind

KINDS = {
    int: Kind.INT,
    Decimal: Kind.DECIMAL,
    bool: Kind.BOOL,
    str: Kind.TEXT,
    dt.time: Kind.TIME,
}


def policies():
    """Every dataclass with a PREFIX in the rules of a room."""
    found = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("cangke."):
            continue
        for name in _rules_modules(config.name):
            for each in vars(importlib.import_module(name)).values():
                if (
                    dataclasses.is_dataclass(each)
                    and isinstance(getattr(each, "PREFIX", None), str)
                    and each.__module__ == name
                ):
                    found[f"{name}.{each.__name__}"] = each
    return found


def _rules_modules(room):
    spec = importlib.util.find_spec(f"{room}.rules")
    if spec is None:
        return
    yield f"{room}.rules"
    for path in spec.submodule_search_locations or ():
        for module in pkgutil.iter_modules([path]):
            yield f"{room}.rules.{module.name}"


def kind_of(hint):
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return Kind.CHOICE
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return {int: Kind.INTS, str: Kind.TEXTS}.get(item, Kind.ROWS)
    return KINDS[hint]


@pytest.mark.requirement("S1")
def test_each_field_is_a_parameter_of_a_clause_with_the_same_default():
    for policy_type in policies().values():
        hold_against_clauses(policy_type)


def hold_against_clauses(policy_type):
    parameters = queries.catalogue().parameters
    for name, hint in rules.fields_of(policy_type).items():
        key = rules.parameter_key(policy_type, name)
        assert key in parameters, f"{key} stands in no clauses.toml"
        parameter = parameters[key]
        if hint is str:
            assert parameter.kind in (Kind.TEXT, Kind.CHOICE), key
        else:
            assert parameter.kind is kind_of(hint), key
        if parameter.kind is Kind.CHOICE and hint is not str:
            assert {o.value for o in parameter.options} == {str(e.value) for e in hint}, key
        if parameter.kind is Kind.ROWS:
            row = typing.get_args(hint)[0]
            assert {c.key for c in parameter.columns} == {f.name for f in dataclasses.fields(row)}
    shipped = rules.build(policy_type, queries.catalogue().defaults())
    assert shipped == policy_type()


def test_each_parameter_is_executed_by_some_policy():
    executed = {
        rules.parameter_key(policy_type, name)
        for policy_type in policies().values()
        for name in rules.fields_of(policy_type)
    }
    assert set(queries.catalogue().parameters) - executed == set()


def test_each_parameter_is_read_in_the_text_of_its_clause():
    for clause in queries.catalogue():
        read = {*rules.placeholders(clause.text), *rules.placeholders(clause.text_en)}
        assert set(clause.parameters) - read == set(), clause.code


def test_each_unit_has_a_word():
    for key, parameter in queries.catalogue().parameters.items():
        assert not parameter.unit or parameter.unit in rules.UNITS, key


def test_what_is_shipped_is_a_valid_rulebook():
    body = rules.new_body(queries.catalogue())
    assert rules.validate(body, queries.catalogue()) == (body, [])


@pytest.mark.requirement("S3")
def test_the_examples_that_are_shipped_pass():
    known = queries.catalogue()
    outcomes = rules.run_cases(rules.new_body(known), known.evaluators)
    assert len(outcomes) >= 9
    assert [(each.number, each.wrong, each.error) for each in outcomes if not each.passed] == []


@pytest.mark.requirement("S2")
def test_the_sets_that_are_shipped_hold():
    known = queries.catalogue()
    for given in actions.shipped_sets():
        body = rules.change_values(rules.new_body(known), given["values"], known)
        assert rules.validate(body, known)[1] == []
