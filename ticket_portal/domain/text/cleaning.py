"""What people typed, as it can be kept: without what a database or an encoding refuses."""

LONGEST_LOOKED_AT = 10_000


def one_line(typed: object) -> str:
    """Return what was typed into a field of one line: spaces joined, without what no database keeps.

    Of more than 10,000 characters only the first are looked at; no field takes as many.
    """
    return " ".join(storable(str(typed or "")[:LONGEST_LOOKED_AT]).split())


def storable(typed: str) -> str:
    """Return a text that any database can keep: PostgreSQL can't keep NUL, nothing can encode a lone surrogate."""
    return typed.replace("\0", "").encode("utf-8", "replace").decode()
