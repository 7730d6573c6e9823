"""A pytest plugin: writes which passing test shows which requirement."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirement-report", default="", help="file to write id<TAB>test to")


class Marks:
    """Runs only what shows a requirement; knows the ids from the reports, so workers may run it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ids: dict[str, list[str]] = {}
        self.passed: dict[str, bool] = {}

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        left_out = []
        for item in items:
            marks = [str(each) for m in item.iter_markers("requirement") for each in m.args]
            if marks:
                item.user_properties.append(("requirement", marks))
            else:
                left_out.append(item)
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item.user_properties]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, ids in report.user_properties:
            if name == "requirement":
                good = report.passed or (report.when != "call" and not report.failed)
                self.ids[report.nodeid] = list(ids)  # type: ignore[call-overload]
                was = self.passed.get(report.nodeid, True)
                self.passed[report.nodeid] = was and good and not report.skipped

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
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
