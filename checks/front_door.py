"""Our own import contract: across rooms only ``public`` or ``events``; rules may ask rules."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

DOORS = {"public", "events", "ports", "refusal", "limits", "loaded", "tomltext", "wording"}
TOP = {
    "cangke.apps",
    "cangke.backup",
    "cangke.cli",
    "cangke.demo",
    "cangke.doctor",
    "cangke.home",
    "cangke.menu",
    "cangke.moving",
    "cangke.settings",
    "cangke.setup",
    "cangke.tasks",
    "cangke.urls",
    "cangke.wiring",
}


def room_of(module: str) -> str | None:
    """``cangke.desk.actions.reply`` → ``cangke.desk``; foundation apps are rooms of their own."""
    parts = module.split(".")
    if len(parts) < 2 or parts[0] != "cangke":
        return None
    if parts[1] == "foundation":
        return ".".join(parts[:3]) if len(parts) > 2 else None
    return ".".join(parts[:2])


def _is_rule(module: str) -> bool:
    """Plain Python asks plain Python: a front door would bring Django along."""
    return "rules" in module.split(".")


def is_exempt(module: str) -> bool:
    """Tests look wherever they must; migrations are generated and name fields where they live."""
    return bool({"tests", "migrations"} & set(module.split(".")))


class FrontDoor(Contract):
    """Nobody reaches past another room's front door."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = []
        for importer in sorted(graph.modules):
            home = room_of(importer)
            if home is None or home in TOP or is_exempt(importer):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                other = room_of(imported)
                if other is None or other == home or imported == "cangke":
                    continue
                rest = imported.removeprefix(other).strip(".").split(".")
                if rest == [""] and other.rsplit(".", 1)[-1] in DOORS:
                    continue
                if rest[0] == "rules" and _is_rule(importer):
                    continue
                if rest[0] not in DOORS:
                    broken.append((importer, imported))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        pairs: Any = check.metadata["broken"]
        for importer, imported in pairs:
            output.print_error(f"{importer} reaches past the front door into {imported}")
