#!/usr/bin/env python3
"""What README.md and docs/*.md show works: their programs compile, link and run; their marked commands run.

A program is a fenced block ```cpp with `int main`; it is built against an installed weft, found by pkg-config, and must
end with status 0. A block ```sh run is run by bash -e in a folder that looks like a built repository.

    readme_test.py REPOSITORY BUILD PREFIX COMPILER
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

BLOCK = re.compile(r"^```(cpp|sh run)[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, **options)


def pkg_config_flags(prefix):
    """Compile and link flags of the installed weft."""
    folder = next(prefix.rglob("weft.pc")).parent
    answer = subprocess.run(["pkg-config", "--static", "--cflags", "--libs", "weft"], check=True, text=True,
                            stdout=subprocess.PIPE, env={**os.environ, "PKG_CONFIG_PATH": str(folder)})
    return answer.stdout.split()


def main():
    top, build, prefix = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    compiler = sys.argv[4]
    scratch = build / "tests/readme"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for entry in top.iterdir():
        if not entry.name.startswith((".", "build")):
            (scratch / entry.name).symlink_to(entry)
    (scratch / "build").symlink_to(build)

    flags = pkg_config_flags(prefix)
    problems, count = [], 0
    for document in [top / "README.md", *sorted((top / "docs").glob("*.md"))]:
        if not document.exists():
            problems.append(f"{document.name} is missing")
            continue
        text = document.read_text()
        for match in BLOCK.finditer(text):
            kind, body = match.groups()
            if kind == "cpp" and "int main" not in body:
                continue
            count += 1
            where = f"{document.name}:{text.count(chr(10), 0, match.start()) + 1}"
            steps = [["bash", "-e", "-o", "pipefail", "-c", body]]
            if kind == "cpp":
                (scratch / "program.cc").write_text(body)
                steps = [[compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "program.cc", "-o", "program", *flags],
                         ["./program"]]
            for step in steps:
                answer = run(step, cwd=scratch)
                if answer.returncode != 0:
                    problems.append(f"{where}: status {answer.returncode} of {' '.join(step)}\n{answer.stdout}")
                    break
    print("\n".join(problems) or f"{count} programs and commands work")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
