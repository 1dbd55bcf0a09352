"""`python -m ticket_portal.i18n extract`: sources → catalogues; `… check`: what is wrong with them."""

import sys

from ticket_portal.i18n.check import mixed_up, problems
from ticket_portal.i18n.extract import NotExtractable, counts, find_texts, update


def main(arguments: list[str]) -> int:
    """Run one of the two commands; returns the exit status."""
    try:
        if arguments == ["extract"]:
            update()
            for (locale, domain), (total, done) in counts().items():
                print(f"{locale} {domain}: {done} of {total} translated")
            return 0
        if arguments == ["check"]:
            lines = [*mixed_up(find_texts()), *problems()]
            print("\n".join(lines) or "All catalogues are complete.")
            return 1 if lines else 0
    except NotExtractable as error:
        print(error)
        return 1
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
