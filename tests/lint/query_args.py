# SPDX-License-Identifier: Apache-2.0
"""Arguments of db_one, db_list, db_exec and db_insert fit query.params.

They are variable arguments, which C does not check: an int where int64_t is read gives garbage now
and then. clang says what types a call passes, and the query's initializer what it expects."""
import functools
import json
import re
import shutil
import subprocess
import sys

import lint

SKIPPED = 77  # Meson's exit code for a skipped test
FIXED = {"db_one": 5, "db_list": 5, "db_exec": 3, "db_insert": 3}  # arguments before the variable ones
CALL = re.compile(r"\b(" + "|".join(FIXED) + r")\(")
QUERY = re.compile(r"\bconst struct query (\w+) = \{(.*?)\};", re.S)
INTEGER, TEXT, BYTES, DIGEST = {"long", "unsigned long"}, {"char *"}, {"struct str"}, {"struct digest *"}
TYPES = {
    "i": INTEGER, "t": TEXT, "b": BYTES, "d": DIGEST,
    "I": {"long *", "void *"}, "T": TEXT | {"void *"}, "B": BYTES, "D": DIGEST | {"void *"},
}
ANY = set().union(*TYPES.values())


def params_in(text):
    """Name of each query defined in the text, and its parameters."""
    found = {}
    for name, body in QUERY.findall(lint.without_comments(text)):
        params = re.search(r'\.params = "(\w*)"', body)
        found[name] = params.group(1) if params else ""
    return found


@functools.cache
def all_params():
    found = {}
    for path in lint.files(".c", ".h", under=("src/", "tests/")):
        found.update(params_in(lint.read(path)))
    return found


def plain(node):
    """The C type of an argument, without typedefs and qualifiers."""
    kind = node["type"].get("desugaredQualType", node["type"]["qualType"])
    return re.sub(r"\bint64_t\b", "long", re.sub(r"\bconst\b ?", "", kind)).strip()


def name_in(node, wanted):
    """The first name below the node that the condition wants."""
    if node.get("kind") == "DeclRefExpr" and wanted(node["referencedDecl"]["name"]):
        return node["referencedDecl"]["name"]
    names = (name_in(child, wanted) for child in node.get("inner", []))
    return next((name for name in names if name), None)


def calls_in(node):
    if node.get("kind") == "CallExpr" and name_in(node["inner"][0], FIXED.__contains__):
        yield node
    for child in node.get("inner", []):
        yield from calls_in(child)


def complaint_about(call, known):
    function = name_in(call["inner"][0], FIXED.__contains__)
    arguments = [plain(node) for node in call["inner"][1 + FIXED[function]:]]
    query = name_in(call["inner"][2], known.__contains__)
    if query is None:  # chosen at run time
        wanted = [ANY] * len(arguments)
    else:
        wanted = [TYPES.get(letter, set()) for letter in known[query]]
    if len(wanted) != len(arguments):
        return f"{function} passes {len(arguments)} arguments, {query} takes {len(wanted)}"
    for number, (have, may) in enumerate(zip(arguments, wanted), 1):
        if have not in may:
            return f"{function}: argument {number} of {query} is {have}, not {' or '.join(sorted(may))}"
    return None


def position(call):
    begin = call["range"]["begin"]
    return begin.get("expansionLoc", begin)["offset"]


def check(path, text):
    if not CALL.search(lint.code_only(text)):
        return []
    folder = path.rpartition("/")[0]
    command = ["clang", "-std=gnu17", "-D_GNU_SOURCE", "-Isrc", "-Itests/unit", "-I" + folder, "-x", "c",
               "-fsyntax-only", "-Xclang", "-ast-dump=json", "-"]
    done = subprocess.run(command, input=text, cwd=lint.ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        return [(1, "clang cannot read it: " + done.stderr.strip())]
    known = {**all_params(), **params_in(text)}
    found = ((position(call), complaint_about(call, known)) for call in calls_in(json.loads(done.stdout)))
    return [(lint.line_of(text, at), complaint) for at, complaint in found if complaint]


def sample(arguments):
    return ("src/domain/sample.c", '#include "store/db/db.h"\n'
            'static const struct query Q = {.sql = "", .params = "itD"};\n'
            "long f(struct db_tx *tx, int n, struct digest *d);\n"
            "long f(struct db_tx *tx, int n, struct digest *d)\n"
            f"{{ (void)n; (void)d; return db_exec(tx, &Q, NULL{arguments}); }}\n")


if __name__ == "__main__":
    if not shutil.which("clang"):
        print("clang is not installed")
        sys.exit(SKIPPED)
    lint.run(check, [path for path in lint.files(".c", under=("src/", "tests/"))
                     if not path.startswith("src/store/db/db")],
             bad=[sample(text) for text in (", 1, \"a\", d", ", n, \"a\", d", ", (int64_t)1, \"a\"",
                                            ", (int64_t)1, NULL, d", ", \"a\", (int64_t)1, d",
                                            ", (int64_t)1, \"a\", d, d", "")],
             good=[sample(text) for text in (", (int64_t)n, \"a\", d", ", (int64_t)1, \"a\", NULL")])
