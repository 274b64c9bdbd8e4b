"""``a360tui calls``: the calls that the vendor does not publish, as this machine knows them."""

from __future__ import annotations

import click

from a360tui.cli.calls_learn import ASKS, calls_json, learn
from a360tui.cli.connection import book_of, destination_of
from a360tui.cli.consent import ask, refuse_read_only
from a360tui.cli.options import HERE, CommonOptions, Group
from a360tui.cli.output import put, put_facts, put_json


@click.group(cls=Group)
def calls() -> None:
    """The calls the vendor does not publish, and learning them.

    They make a key, and read and set the duration. Where nothing else is known they are assumed, by analogy with the
    published ones, and a Control Room may not have them. A browser knows the right ones, and a360tui learns them from
    what it recorded.
    """


@calls.command(takes=HERE)
@click.pass_obj
def show(options: CommonOptions) -> None:
    """Show each call, where it comes from, and where it is kept. Nothing is sent."""
    from a360tui.api import CALL_NAMES
    from a360tui.workflow.call_words import PURPOSES, source_words

    address = destination_of(options).address
    book = book_of(options, address)
    known = book.known()
    if options.json:
        put_json({"controlRoom": address.url, **calls_json(known), "keptIn": book.place})
        return
    facts: list[tuple[str, str]] = []
    for name in CALL_NAMES:
        call, place = known.calls.of(name), known.places.get(name)
        facts.append((PURPOSES[name].capitalize(), f"{call.method} {call.path}"))
        facts.append(("", source_words(known, name)))
        if place is not None:
            facts.append(("", f"kept in {place}"))
    put_facts(facts)


calls.add_command(learn)


@calls.command(takes=(*HERE, *ASKS))
@click.pass_obj
def forget(options: CommonOptions) -> None:
    """Forget a Control Room's calls, and your consent.

    What was learned or has worked here is forgotten, and assumed calls are asked about again. A file typed by hand is
    left alone. Nothing is sent.
    """
    refuse_read_only(options, only_here=True)
    address = destination_of(options).address
    book = book_of(options, address)
    ask(options, f"Forget the calls of {address.display}, and that assumed ones may be tried there?")
    forgotten = book.forget()
    if options.json:
        put_json({"controlRoom": address.url, "forgotten": forgotten})
    else:
        put(f"Forgotten: the calls of {address.display}" if forgotten else f"Nothing is kept of {address.display}.")
