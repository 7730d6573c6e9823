from . import cases, delegations, flows

__all__ = ["cases", "delegations", "flows"]
