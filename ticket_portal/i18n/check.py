"""What is wrong with a catalogue, told so that a translator can mend it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from babel.messages.catalog import Catalog, Message

from ticket_portal.i18n.catalogues import Id, all_catalogues, forms_of, id_of, po_path, read_catalogue
from ticket_portal.i18n.extract import FoundText, find_texts

_PLACEHOLDER = re.compile(r"\{\w*\}")


def problems() -> list[str]:
    """Everything that is wrong with any catalogue, one line each."""
    found = find_texts()
    lines: list[str] = []
    for locale, domain in all_catalogues():
        if not po_path(locale, domain).exists():
            lines.append(f"{locale}/{domain}: no catalogue")
            continue
        wanted = {text.id for text in found if text.domain == domain}
        catalogue = read_catalogue(locale, domain)
        lines += [f"{locale}/{domain}: {problem}" for problem in problems_of(catalogue, wanted)]
    return lines


def problems_of(catalogue: Catalog, wanted: Iterable[Id]) -> Iterator[str]:
    """What is wrong with one catalogue, given the texts that the sources have."""
    wanted = set(wanted)
    have = {id_of(message): message for message in catalogue if message.id}
    for identity in sorted(wanted - have.keys(), key=str):
        yield f"missing: {identity!r} (run: python -m ticket_portal.i18n extract)"
    for identity in sorted([*(have.keys() - wanted), *catalogue.obsolete], key=str):
        yield f"stale, no longer in the sources: {identity!r}"
    for identity in sorted(wanted & have.keys(), key=str):
        if problem := problem_of(have[identity], catalogue.num_plurals):
            yield f"{problem}: {identity!r}"


def problem_of(message: Message, num_plurals: int) -> str:
    """What is wrong with one translation; "" when nothing is."""
    originals = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    forms = forms_of(message)
    if message.fuzzy:
        return "fuzzy"
    if isinstance(message.id, tuple) and len(forms) != num_plurals:
        return f"has {len(forms)} plural forms, the language has {num_plurals}"
    if not all(form.strip() for form in forms):
        return "empty"
    return _placeholder_problem(originals, forms)


def _placeholder_problem(originals: Sequence[str], forms: Sequence[str]) -> str:
    known = {name for text in originals for name in _PLACEHOLDER.findall(text)}
    # "one" may say the number in words; every other form must keep what the English has.
    needed = set(_PLACEHOLDER.findall(originals[-1]))
    for place, form in enumerate(forms):
        used = set(_PLACEHOLDER.findall(form))
        if used - known:
            return f"has a placeholder that the English has not ({', '.join(sorted(used - known))})"
        may_omit = {"{n}"} if len(forms) > 1 and place == 0 else set[str]()
        if needed - used - may_omit:
            return f"lost a placeholder ({', '.join(sorted(needed - used - may_omit))})"
    return ""


def mixed_up(found: list[FoundText]) -> list[str]:
    """Texts that are used both alone and as a plural's singular: one catalogue key cannot be both."""
    plurals = {(text.domain, text.id[0]) for text in found if isinstance(text.id, tuple)}
    return [
        f"{text.place}: {text.id!r} is also a plural"
        for text in found
        if isinstance(text.id, str) and (text.domain, text.id) in plurals
    ]
