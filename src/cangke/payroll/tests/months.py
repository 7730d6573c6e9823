"""Months of 30 days for the published simulation, for tests."""

from cangke.payroll.public import simulate_month


def april(**given):
    """A month of 30 days, 2025-04, with base 2200 and nothing else but what is given."""
    return simulate_month({"month": "2025-04", **given})


def lines(answer):
    return {each["code"]: each["amount"] for each in answer["lines"]}


def at(day, clock, zone="+08:00"):
    return f"2025-04-{day:02d}T{clock}:00{zone}"


def on(day, *clocks, kind="day", **more):
    """One shift with its punches; a clock before 06:00 lies on the next day."""
    punches = [at(day + (clock < "06:00"), clock) for clock in clocks]
    shifts = [{"date": f"2025-04-{day:02d}", "type": kind}]
    return april(shifts=shifts, punches=punches, **more)


def leave(day, days="1", kind="personal", state="approved", month="2025-04"):
    return {"date": f"{month}-{day:02d}", "days": days, "kind": kind, "state": state}


def missed(*days, month="2025-04"):
    return [{"date": f"{month}-{day:02d}", "type": "day"} for day in days]
