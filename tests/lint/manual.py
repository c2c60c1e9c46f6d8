# SPDX-License-Identifier: Apache-2.0
"""The manual page describes every command and every option of the tables in src/app, and no other
command."""
import re

import lint

PAGE = "docs/wharf.1"
COMMAND = re.compile(r'^\s*\{"([a-z]+(?: [a-z]+){0,2})", "', re.M)
OPTION = re.compile(r'\{OPTION_\w+, "(--[a-z-]+)"')


def page_text(page):
    """What a reader sees: without requests, fonts and quoting."""
    text = re.sub(r"^\.[A-Z]+ ", "", page, flags=re.M)
    return text.replace("\\-", "-").replace('"', "")


def check(path, text, page=None):
    page = page_text(lint.read(PAGE) if page is None else page)
    pattern = COMMAND if path.endswith("commands.c") else OPTION
    return [(lint.line_of(text, match.start()), f"{match.group(1)} is not in {PAGE}")
            for match in pattern.finditer(text)
            if not re.search(rf"^{match.group(1)}\b", page, re.M)]


DESCRIBED = re.compile(r'^\.TP\n\.BI? "?([a-z]+(?: [a-z]+){0,2})\b', re.M)


def invented(page, table):
    """Commands that the page describes and the table lacks."""
    section = page.split(".SH COMMANDS")[-1].split("\n.SH ")[0]
    known = set(COMMAND.findall(table))
    return [name for name in DESCRIBED.findall(section) if name not in known]


if __name__ == "__main__":
    table = lint.read("src/app/commands.c")
    assert invented('.SH COMMANDS\n.TP\n.BI "fly away"\nFly.\n', table) == ["fly away"]
    unknown = invented(lint.read(PAGE), table)
    if unknown:
        raise SystemExit(f"{PAGE} describes what is no command: {', '.join(unknown)}")
    assert not check("src/app/commands.c", '    {"user list", "", 0},\n', '.BI "user list"\n')
    assert check("src/app/commands.c", '    {"user list", "", 0},\n', ".B user create\n")
    paths = ["src/app/commands.c", "src/app/cli.c"]
    for name in paths:
        if not check(name, lint.read(name), page=""):
            raise SystemExit(f"self-check: no rows found in {name}")
    lint.run(check, paths,
             bad=[("src/app/commands.c", '    {"fly away", "", 0},\n'),
                  ("src/app/cli.c", '    {OPTION_FLY, "--fly", 0},\n')],
             good=[("src/app/commands.c", '    {"user create", "NAME", 1},\n'),
                   ("src/app/cli.c", '    {OPTION_DRY_RUN, "--dry-run", 0},\n')])
