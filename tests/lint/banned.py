# SPDX-License-Identifier: Apache-2.0
"""Functions and habits that the program does without, each with what takes its place."""
import re

import lint

CALLS = {
    "strcpy strncpy stpcpy strcat strncat sprintf vsprintf gets": "struct buf, or snprintf",
    "strtok strtok_r strsep": "str_cut",
    "atoi atol atoll atof strtol strtoll strtoul strtoull strtod sscanf vsscanf scanf fscanf":
        "str_to_u64",
    "alloca strdupa": "the arena",
    "rand srand random srandom drand48": "rand_bytes",
    "tmpnam tempnam mktemp": "mkostemp or O_TMPFILE",
    "gmtime localtime ctime asctime": "clock.h",
    "longjmp setjmp": "an error return",
    "MD5 MD5_Init": "SHA-256",
}
IN_SRC_ONLY = {
    "system popen": "posix_spawn without a shell",
    "sleep usleep": "a wait that ends when the thing happens, or a deadline",
    "printf puts perror": "the log, or dprintf in app",
}
# Files that may call one of them all the same.
EXCEPTIONS = {
    ("src/codec/yaml_scalar.c", "strtod"),  # the text has been matched against its form before
}
PATTERNS = [
    (r"\btypedef\s+(struct|union)\b", "no typedef of structs"),
    (r"\bgoto\s+(?!fail\s*;)", "goto leads to fail only"),
    (r"__attribute__\s*\(\(\s*(constructor|destructor|section)\b", "no hidden registration"),
]


def compile_calls(table):
    return [(re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(names.split())), instead)
            for names, instead in table.items()]


EVERYWHERE = compile_calls(CALLS)
SRC_ONLY = compile_calls(IN_SRC_ONLY)
HABITS = [(re.compile(pattern), reason) for pattern, reason in PATTERNS]


# What is cleaned up when its scope ends, and has no value yet.
UNSET = re.compile(r"\b_cleanup_\w*(?:\(\w+\))?\s+(?:struct\s+)?\w+\s*([^;=(){}]+);")


def check_unset(code):
    """Nothing may leave the scope before such a thing has its value: it would be cleaned up."""
    found = []
    for match in UNSET.finditer(code):
        for name in match.group(1).split(","):
            name = name.strip(" *\n")
            begun = re.compile(r"_init\(&%s\b|\b%s\s*=[^=]" % (name, name)).search(code, match.end())
            between = code[match.end():begun.start() if begun else len(code)]
            if not begun or re.search(r"\breturn\b", between):
                found.append((lint.line_of(code, match.start()),
                              f"{name}: return before it has a value, which is then cleaned up"))
    return found


def check(path, text):
    code = lint.code_only(text)
    found = check_unset(code) if path.startswith("src/") else []
    in_app = path.startswith("src/app/")
    for pattern, instead in EVERYWHERE + (SRC_ONLY if path.startswith("src/") else []):
        for match in pattern.finditer(code):
            if in_app and match.group(1) in ("printf", "puts"):
                continue  # the command's own output
            if (path, match.group(1)) in EXCEPTIONS:
                continue
            found.append((lint.line_of(code, match.start()), f"{match.group(1)}: use {instead}"))
    for pattern, reason in HABITS:
        for match in pattern.finditer(code):
            found.append((lint.line_of(code, match.start()), reason))
    for match in lint.TOKEN.finditer(text):
        if match.group().startswith("//"):
            found.append((lint.line_of(text, match.start()), "comments are /* */"))
    return found


if __name__ == "__main__":
    names = " ".join(CALLS).split()
    lint.run(
        check, lint.files(".c", ".h", under=("src/", "tests/")),
        bad=[("tests/a.c", f"x = {name}(a);\n") for name in names] +
            [("src/base/a.c", f"{name} (a);\n") for name in " ".join(IN_SRC_ONLY).split()] + [
            ("src/a.h", "typedef struct x x_t;\n"),
            ("src/a.c", "goto out;\n"),
            ("src/a.c", "static int x __attribute__((section(\"tests\")));\n"),
            ("src/a.c", "int x; // comment\n"),
            ("src/a.c", "_cleanup_buf_ struct buf a, b;\nbuf_init(&a, 1);\nif (x)\n    return;\n"
                        "buf_init(&b, 1);\n"),
            ("src/a.c", "_cleanup_buf_ struct buf a;\nreturn 0;\n"),
            ("src/a.c", "_cleanup_(x_freep) struct x *a;\nif (y)\n    return;\na = x_new();\n"),
        ],
        good=[
            ("src/a.c", "/* strcpy(a, b) */ log(\"atoi(x) http://x\"); my_strcpy(a); x->system(y);\n"),
            ("src/a.c", "if (x)\n    goto fail;\n"),
            ("src/a.c", "_cleanup_buf_ struct buf a, b;\nbuf_init(&a, 1);\nbuf_init(&b, 1);\n"
                        "return;\n"),
            ("src/a.c", "_cleanup_(x_freep) struct x *a = NULL;\nif (y)\n    return;\na = x_new();\n"),
            ("src/app/a.c", "printf(\"%s\", x);\n"),
            ("src/codec/yaml_scalar.c", "strtod(x, NULL);\n"),
            ("tests/a.c", "system(\"rm\");\n"),
        ])
