#!/usr/bin/env python3
"""Asks the real Azure CLI's own parser to accept every az command line of the repository.

Nothing is run and no network is needed; run it by `make az-check`, which installs azure-cli.
What is known only at run time stands as `1`, which passes for a text and for a number, or as `x`
within a longer word.
"""

import io
import logging
import os
import re
import sys
import tempfile
from contextlib import redirect_stderr
from pathlib import Path
from typing import Iterator, NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
PLACES = (
    "Makefile",
    "README.md",
    "azure-pipelines.yml",
    "azure-pipelines-operate.yml",
    ".github",
    "bicep",
    "docs",
    "ops",
)
SKIPPED = (".bicep", ".bicepparam", ".json", ".py")
# Where a shell expects a command.
BEFORE = r"(?:^[ \t]*(?:- )?(?:run: )?@?|\$\(|`|&&|\|\||;|\b(?:if|then|do|else|run)|!|\bask \S+)[ \t]*"
COMMAND = re.compile(BEFORE + r"(?=az [a-z])", re.MULTILINE)
# Where a message says what to run.
ADVICE = re.compile(r"\".*?run: (az [^\"(;,\n]+)")
END = set("|;&)<>\n`")


class Found(NamedTuple):
    """An az command line and where it stands."""

    place: str
    arguments: list[str]


def closing(text: str, at: int) -> int:
    """The index after the bracket that closes the one at `at`."""
    pairs = {"(": ")", "{": "}"}
    depth, opening = 0, text[at]
    while at < len(text):
        depth += (text[at] == opening) - (text[at] == pairs[opening])
        at += 1
        if depth == 0:
            return at
    return at


def expansion(text: str, at: int) -> int:
    """The index after the `$…` at `at`."""
    if text[at + 1 : at + 2] in ("(", "{"):
        return closing(text, at + 1)
    return at + 1 + len(re.match(r"\w*", text[at + 1 :]).group())


def words(text: str) -> list[str]:
    """The words of the command at the beginning of `text`, as a shell would split them."""
    found, word, quote, at = [], None, "", 0
    while at < len(text):
        char = text[at]
        if char == "$" and quote != "'" and re.match(r"[\w({@*]", text[at + 1 : at + 2]):
            after = expansion(text, at)
            is_whole = not word and text[after : after + 1] in ("", "\"", " ", "\n")
            word, at = (word or "") + ("1" if is_whole else "x"), after
            continue
        at += 1
        if quote:
            quote, word = ("", word) if char == quote else (quote, word + char)
        elif char in "'\"":
            quote, word = char, word or ""
        elif char in END:
            break
        elif char.isspace():
            found, word = (found + [word], None) if word is not None else (found, None)
        else:
            word = (word or "") + char
    # A redirection's file descriptor is no argument.
    if word is not None and not (word.isdigit() and text[at - 1 : at] in "<>"):
        found.append(word)
    return found


def commands(path: Path) -> Iterator[Found]:
    """Every az command line of a file."""
    text = path.read_text().replace("\\\n", " ")
    name = path.relative_to(CHECKOUT).as_posix()
    for match in COMMAND.finditer(text):
        rest = text[match.end() :]
        if match.group().startswith("`"):  # prose, whose lines break anywhere
            rest = rest.partition("`")[0].replace("\n", " ")
        yield Found(name, words(rest)[1:])
    for match in ADVICE.finditer(text):
        yield Found(name, words(match.group(1))[1:])


def files() -> Iterator[Path]:
    """The files that may hold az command lines."""
    for place in (CHECKOUT / name for name in PLACES):
        for path in sorted([place, *place.rglob("*")]):
            if path.is_file() and path.suffix not in SKIPPED:
                yield path


def refusal(arguments: list[str]) -> str | None:
    """What the CLI's parser says against the arguments."""
    from azure.cli.core import get_default_cli

    cli = get_default_cli()
    invocation = cli.invocation_cls(
        cli_ctx=cli,
        parser_cls=cli.parser_cls,
        commands_loader_cls=cli.commands_loader_cls,
        help_cls=cli.help_cls,
    )
    cli.invocation = invocation
    loader = invocation.commands_loader
    loader.load_command_table(arguments)
    name = invocation._rudimentary_get_command(arguments)  # no public name exists
    if name not in loader.command_table:
        return f"no such command: az {name}"
    invocation.data["command_string"] = name
    loader.load_arguments(name)
    invocation.parser.cli_ctx = cli
    invocation.parser.load_command_table(loader)
    said = io.StringIO()
    log = logging.StreamHandler(said)
    logging.getLogger("cli").addHandler(log)
    try:
        with redirect_stderr(said):
            invocation.parser.parse_args(arguments)
    except SystemExit:
        return said.getvalue().strip().partition("\n")[0] or "refused"
    except Exception as error:  # the parser's own kinds of error have no common base
        return str(error)
    finally:
        logging.getLogger("cli").removeHandler(log)
    return None


def main() -> None:
    only = [Path(name).resolve() for name in sys.argv[1:]]
    found = [command for path in only or files() for command in commands(path)]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AZURE_CONFIG_DIR"] = folder
        os.environ["AZURE_EXTENSION_USE_DYNAMIC_INSTALL"] = "no"
        os.environ["AZURE_CORE_COLLECT_TELEMETRY"] = "no"
        refused = 0
        for place, arguments in found:
            reason = refusal(arguments)
            if reason is not None:
                refused += 1
                print(f"{place}: az {' '.join(arguments)}\n    {reason}")
    print(f"{len(found)} az command lines, {refused} refused")
    sys.exit(1 if refused or not found else 0)


if __name__ == "__main__":
    main()
