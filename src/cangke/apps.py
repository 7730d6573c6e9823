from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class CangkeConfig(AppConfig):
    """The top of the house: loads what the rooms declare and wires them together."""

    name = "cangke"
    label = "cangke"

    def ready(self) -> None:
        for config in apps.get_app_configs():
            if config.name.startswith("cangke.") and config.module is not None:
                for declared in ("permissions", "sheets", "finds", "tasks"):
                    if module_has_submodule(config.module, declared):
                        import_module(f"{config.name}.{declared}")
        from cangke import wiring
        from cangke.foundation.events import public as events

        events.wire(wiring.EVENTS)
        for port, answer in wiring.PORTS.items():
            port.plug(answer)
