"""The file for the bank: a line for each payment, the same for the same run."""

from __future__ import annotations

import csv
import io

from cangke.foundation.sheets.public import safe_cell

from ..models import BankAccount, PayRun

HEADINGS = ("number", "name", "holder", "bank", "account", "amount", "currency", "reference")


def bank_file(run: PayRun) -> tuple[bytes, list[str]]:
    """
    Return the file, and who is to be paid but has no account on record.

    UTF-8 with a mark, one row for each net pay above zero.
    """
    slips = list(
        run.slips.filter(net__gt=0).select_related("employee").order_by("employee__number")
    )
    accounts = {
        each.employee_id: each
        for each in BankAccount.objects.filter(employee__in=[slip.employee_id for slip in slips])
    }
    missing = [slip.employee.name for slip in slips if slip.employee_id not in accounts]
    if missing:
        return b"", missing
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for slip in slips:
        account = accounts[slip.employee_id]
        row = (
            slip.employee.number,
            slip.employee.name,
            account.holder,
            account.bank,
            account.number,
            str(slip.net),
            slip.currency,
            f"{run.number}",
        )
        writer.writerow([safe_cell(each) for each in row])
    return out.getvalue().encode("utf-8-sig"), []
