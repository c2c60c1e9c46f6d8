# SPDX-License-Identifier: Apache-2.0
"""What a header declares starts with its file's name, with a leading part of it (manifest_parse.h
has manifest_...), with its folder's name, or with a prefix that is listed here. A *_sql.h also has
its queries, Q_....

-Wmissing-prototypes stops every other function from being exported, so the headers are the list of
exported names.
"""
import os
import re

import lint

# Prefixes of small things that live with a larger one, by file.
ALSO = {
    "app/cli": ["commands"],
    "base/digest": ["hasher"],
    "base/file": ["closep"],
    "base/hex": ["base64", "base64url"],
    "base/lru": ["cached"],
    "base/macro": ["size"],
    "base/quote": ["utf8"],
    "base/rand": ["secret"],
    "base/str": ["char"],
    "domain/repo_blob": ["blob"],
    "domain/manifest_parse": ["descriptor"],
    "http/request": ["method"],
    "http/router": ["route"],
    "web/dispatch": ["route"],
    "web/manifest_cache": ["cached_manifest"],
}
# A declaration or inline definition at the first column: a type, a name, a parenthesis; or a
# variable declared extern.
FUNCTION = re.compile(r"^(?!typedef|#|\s|[A-Z_]+\()[\w \t*]*?\b(\w+)\(", re.M)
VARIABLE = re.compile(r"^extern\s[^;(]*?\b(\w+)(?:\[[^\]]*\])?\s*;", re.M)


def declared(text, patterns=(FUNCTION, VARIABLE)):
    """Line and name of what a header declares."""
    code = lint.code_only(text)
    for pattern in patterns:
        for match in pattern.finditer(code):
            yield lint.line_of(code, match.start()), match.group(1)


def prefixes(path):
    folder, name = os.path.split(path[len("src/"):-len(".h")])
    words = name.split("_")
    allowed = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    allowed.append(name[:-1] if name.endswith("s") else name + "s")  # commands.h: command_...
    if name.endswith("_sql"):
        allowed.append("Q")
    return allowed + [os.path.basename(folder)] + ALSO.get(f"{folder}/{name}", [])


def check(path, text):
    allowed = prefixes(path)
    return [(line, f"{name} should start with {allowed[0]}_")
            for line, name in declared(text)
            if not any(name == prefix or name.startswith(prefix + "_") for prefix in allowed)]


if __name__ == "__main__":
    lint.run(
        check, lint.files(".h", under=("src/",)),
        bad=[
            ("src/domain/tag.h", "int move_tag(struct tag *tag);\n"),
            ("src/domain/tag.h", "static inline bool is_tag(const char *text)\n{\n}\n"),
            ("src/domain/tag.h", "extern const struct query *const queries[];\n"),
            ("src/domain/tag.h", "char *untag(void);\n"),
            ("src/domain/tag.h", "extern const struct query Q_TAG_FIND;\n"),
            ("src/domain/tag_list.h", "int list_tags(void);\n"),
        ],
        good=[
            ("src/domain/tag.h", "int tag_move(struct tag *tag,\n             int to);\n"),
            ("src/domain/tag.h", "/* is_tag(x) */\n#define F(x) f(x)\nstruct tag {\n    int (*f)(int);\n};\n"),
            ("src/domain/tag.h", "extern const struct query *const tag_queries[];\n"),
            ("src/domain/tag_sql.h", "extern const struct query Q_TAG_FIND;\n"),
            ("src/domain/tag_list.h", "int tag_find(void);\n"),
            ("src/app/commands.h", "int command_serve(void);\n"),
            ("src/web/api/tag.h", "extern const struct route_table api_tag;\n"),
            ("src/base/macro.h", "static inline size_t size_min(size_t a, size_t b)\n{\n}\n"),
            ("src/base/lru.h", "DEFINE_CLEANUP(struct lru, lru_free)\n"),
        ])
