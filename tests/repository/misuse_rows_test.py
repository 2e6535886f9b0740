#!/usr/bin/env python3
"""Each mistake that was recorded from TensorFlow (tests/data/article/results_resource.json, "misuse_...") has a test that shows weft's answer.

A test names the row it answers in a line `// Row: name, name` just above it; so does a program in tests/must_not_compile.

    misuse_rows_test.py REPOSITORY
"""
import json
import pathlib
import re
import sys


def rows_of_tests(path):
    """(row, test) for each row named above a test that is not switched off."""
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        match = re.match(r"// Row: (.+)", line)
        if not match:
            continue
        test = lines[number + 1] if number + 1 < len(lines) else ""
        if not re.match(r"TEST(_F)?\(\w+, (?!DISABLED_)\w+\)", test):
            sys.exit(f"{path}:{number + 1}: no test follows")
        for row in match[1].split(","):
            yield row.strip()


def rows_of_program(path):
    return [row.strip() for line in re.findall(r"^// Row: (.+)$", path.read_text(), re.MULTILINE) for row in line.split(",")]


def main():
    top = pathlib.Path(sys.argv[1])
    recorded = json.loads((top / "tests/data/article/results_resource.json").read_text())
    rows = {name.removeprefix("misuse_") for name in recorded if name.startswith("misuse_")}
    answered = {row for path in (top / "tests").glob("*/misuse*_test.cc") for row in rows_of_tests(path)}
    answered |= {row for path in (top / "tests/must_not_compile").glob("*.cc") for row in rows_of_program(path)}
    problems = [f"no test answers the mistake '{row}'" for row in sorted(rows - answered)]
    problems += [f"a test names the mistake '{row}', which was not recorded" for row in sorted(answered - rows)]
    print("\n".join(problems) or f"{len(rows)} mistakes are answered")
    return 1 if problems or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
