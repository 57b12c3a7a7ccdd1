"""Whether the outcome of a test is the one that the table expects."""

from __future__ import annotations

from table import Row


def fault(row: Row, outcome: str, own: bool) -> str | None:
    """What is wrong, if anything is. own: Node's own net is the subject, and not the module under test."""
    passed = outcome == "pass"
    if own:
        if row.expect == "node":
            return "Node's own net passes it: expect more of the module, too" if passed else None
        return None if passed else f"Node's own net does not pass it ({outcome})"
    if row.expect == "pass":
        return None if passed else outcome
    if passed:
        return f"expected '{row.expect}', and passes: it is to be expected to 'pass' from now on"
    return None
