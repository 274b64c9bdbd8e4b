"""``a360tui profile``: Control Rooms and users by a name, and which of them is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.consent import ask
from a360tui.cli.options import CommonOptions, FilePath, Group, complete_profile
from a360tui.cli.output import put, put_facts, put_json, put_table, say
from a360tui.errors import A360Error
from a360tui.text import harmless

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.storage import Configuration, Profile, SignIn

_LISTS = ("--json",)
_CHANGES = ("--json", "--yes", "--no-input")


@click.group(cls=Group)
def profile() -> None:
    """Control Rooms and users by a short name.

    --profile NAME stands for the address, the user and more. They are in config.toml, which may be edited by hand;
    comments and order stay. No secret is in it: see a360tui login.
    """


@profile.command("list", takes=_LISTS)
@click.pass_obj
def list_profiles(options: CommonOptions) -> None:
    """List the profiles, and which is in use."""
    from a360tui.storage import SecretKind

    configuration = options.settings.configuration
    if options.json:
        put_json([_document(each, configuration) for each in configuration.profiles])
    elif configuration.profiles:
        put_table(
            ("NAME", "CONTROL ROOM", "USERNAME", "SIGN IN", ""),
            [
                (each.name, each.url, each.username or "–", SecretKind(each.sign_in).words, _marks(each, configuration))
                for each in configuration.profiles
            ],
        )
    else:
        say("There is no profile. Make one: a360tui profile add NAME URL")


@profile.command(takes=("--profile", "--json"))
@click.argument("name", required=False, shell_complete=complete_profile)
@click.pass_obj
def show(options: CommonOptions, name: str | None) -> None:
    """Show the profile NAME; without NAME, the one that applies here."""
    from a360tui.storage import SecretKind

    settings = options.settings
    found = settings.configuration.find(name) if name is not None else settings.profile.value
    if options.json:
        put_json(None if found is None else _document(found, settings.configuration))
        return
    if found is None:
        say("No profile is in use. See them with: a360tui profile list")
        return
    put_facts(
        [
            ("Name", found.name),
            ("Control Room", found.url),
            ("User name", found.username or "asked for"),
            ("Signs in with", SecretKind(found.sign_in).words),
            *([("CA file", harmless(str(found.ca_file)))] if found.ca_file is not None else []),
            *([("Calls", harmless(str(found.calls)))] if found.calls is not None else []),
            ("Production", "yes: what cannot be undone asks for the user name" if found.production else "no"),
            ("Read-only", "yes: nothing is changed there" if found.read_only else "no"),
            ("In use", "yes" if found.name == settings.configuration.profile else "no"),
            ("Kept in", harmless(str(settings.configuration_file.path))),
        ]
    )


@profile.command(takes=("--username", "--ca-file", *_CHANGES))
@click.argument("name")
@click.argument("url")
@click.option(
    "--sign-in",
    type=click.Choice(["password", "api_key"]),
    default="password",
    show_default=True,
    help="What the user signs in with.",
)
@click.option(
    "--production", is_flag=True, help="Anything that cannot be undone there asks for the user name to be typed."
)
@click.option("--read-only", is_flag=True, help="Nothing may be changed there.")
@click.option(
    "--calls",
    type=FilePath(exists=True, dir_okay=False),
    metavar="FILE",
    help="A call map that was typed by hand.",
)
@click.option("--no-test", is_flag=True, help="Do not check that a Control Room answers there.")
@click.pass_obj
def add(
    options: CommonOptions,
    name: str,
    url: str,
    sign_in: SignIn,
    calls: Path | None,
    *,
    production: bool,
    read_only: bool,
    no_test: bool,
) -> None:
    """Add the profile NAME for the Control Room at URL, or change it.

    It checks that a Control Room answers there, without signing in. The first profile becomes the one in use. A second
    run changes nothing; another profile of that name is replaced after a question.
    """
    from a360tui.api import parse_address
    from a360tui.storage import Profile, checked_profile_name
    from a360tui.workflow.profiles import check_calls

    address = parse_address(url)
    wanted = Profile(
        checked_profile_name(name),
        address.url,
        (options.username or "").strip(),
        sign_in,
        _absolute(options.ca_file),
        production,
        read_only,
        _absolute(calls),
    )
    before = options.settings.configuration
    old = next((each for each in before.profiles if each.name == name), None)
    if wanted != old:
        check_calls(wanted)
        if not no_test:
            say(_look(wanted))
        if old is not None:
            if lost := _lost(old, wanted):
                say(f"What is not given again is lost: {', '.join(lost)}.")
            ask(options, f"There is a profile {name} for {harmless(old.url)}. Change it?")
        file = options.settings.configuration_file
        file.put_profile(wanted)
        if not before.profiles:
            file.set(profile=name)
    if options.json:
        put_json({**_document(wanted, options.settings.configuration_file.read()), "changed": wanted != old})
    else:
        done = "is as it was" if wanted == old else "added" if old is None else "changed"
        put(f"Profile {name}: {done}")


@profile.command(takes=_LISTS)
@click.argument("name", shell_complete=complete_profile)
@click.pass_obj
def use(options: CommonOptions, name: str) -> None:
    """Use the profile NAME from now on, unless another one is named."""
    found = options.settings.configuration.find(name)
    changed = options.settings.configuration_file.set(profile=name)
    if options.json:
        put_json({**_document(found, options.settings.configuration_file.read()), "changed": changed})
    else:
        put(f"In use: {name}, {found.url}" + (" in PRODUCTION" if found.production else ""))
    for sentence in options.settings.said_otherwise(found):
        say(sentence)


@profile.command(takes=_CHANGES)
@click.argument("name", shell_complete=complete_profile)
@click.pass_obj
def remove(options: CommonOptions, name: str) -> None:
    """Remove the profile NAME. What is remembered for its user stays: see a360tui logout."""
    found = options.settings.configuration.find(name)
    ask(options, f"Remove the profile {name} for {harmless(found.url)}?")
    options.settings.configuration_file.remove_profile(name)
    if options.json:
        put_json({"name": name, "removed": True})
    else:
        put(f"Removed: {name}")


def _look(wanted: Profile) -> str:
    """What is at the address, in a sentence; raises the error that prevents asking."""
    from a360tui.cli.connection import run
    from a360tui.workflow.profiles import look_at

    try:
        return run(look_at(wanted)).sentence
    except A360Error as error:
        error.hint = f"{error.hint} To add it all the same: --no-test".strip()
        raise


def _lost(old: Profile, wanted: Profile) -> list[str]:
    """What the old profile has and the one to replace it has not, in words."""
    fields = {
        "PRODUCTION": "production",
        "read-only": "read_only",
        "the user name": "username",
        "the CA file": "ca_file",
        "the calls": "calls",
    }
    lost = [words for words, field in fields.items() if getattr(old, field) and not getattr(wanted, field)]
    return [*lost, "the sign-in with an API key"] if (old.sign_in, wanted.sign_in) == ("api_key", "password") else lost


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()


def _marks(each: Profile, configuration: Configuration) -> str:
    marks = {
        "in use": each.name == configuration.profile,
        "PRODUCTION": each.production,
        "read-only": each.read_only,
    }
    return ", ".join(word for word, holds in marks.items() if holds)


def _document(each: Profile, configuration: Configuration) -> dict[str, Any]:
    return {
        "name": each.name,
        "url": each.url,
        "username": each.username or None,
        "signIn": each.sign_in,
        "caFile": None if each.ca_file is None else str(each.ca_file),
        "production": each.production,
        "readOnly": each.read_only,
        "calls": None if each.calls is None else str(each.calls),
        "inUse": each.name == configuration.profile,
    }
