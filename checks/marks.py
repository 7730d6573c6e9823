"""A pytest plugin: writes which passing test shows which requirement."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirement-report", default="", help="file to write id<TAB>test to")


class Marks:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.ids: dict[str, list[str]] = {}
        self.passed: dict[str, bool] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marks = [str(each) for m in item.iter_markers("requirement") for each in m.args]
            if marks:
                self.ids[item.nodeid] = marks

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self.ids:
            good = report.passed or (report.when != "call" and not report.failed)
            if report.skipped:
                good = False
            self.passed[report.nodeid] = self.passed.get(report.nodeid, True) and good

    def pytest_sessionfinish(self) -> None:
        lines = {
            f"{requirement}\t{node.split('[')[0]}"
            for node, ids in self.ids.items()
            if self.passed.get(node)
            for requirement in ids
        }
        self.path.write_text("\n".join(sorted(lines)), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--requirement-report")
    if target:
        config.pluginmanager.register(Marks(Path(target)), "requirement-marks")
