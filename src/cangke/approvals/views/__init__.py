from . import cases, delegations, flows, objections

__all__ = ["cases", "delegations", "flows", "objections"]
