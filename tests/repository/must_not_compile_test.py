#!/usr/bin/env python3
"""Each program in tests/must_not_compile is refused by the compiler, with a message that says what to do instead.

A program names the text that the compiler must print in one or more lines `// EXPECT: text`. Compiled with -DCONTROL,
where the one mistake is mended, it must be accepted: so nothing else is wrong with it.

    must_not_compile_test.py REPOSITORY SCRATCH COMPILER [LAUNCHER...]
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys


def squeezed(text):
    """Text with quotes made plain and every run of white space one blank, so that wrapping does not matter."""
    return re.sub(r"\s+", " ", text.replace("\u2018", "'").replace("\u2019", "'"))


def main():
    top, scratch, compiler, launcher = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    scratch.mkdir(parents=True, exist_ok=True)
    programs = sorted((top / "tests/must_not_compile").glob("*.cc"))

    def build(program, flags, prefix):
        return subprocess.run(
            prefix + [compiler, "-std=c++20", "-O0", *flags, f"-I{top / 'include'}", "-c", str(program),
                      "-o", str(scratch / (program.stem + ".o"))], capture_output=True, text=True)

    def problem_of(program):
        expected = re.findall(r"^// EXPECT: (.+)$", program.read_text(), re.MULTILINE)
        if not expected:
            return f"{program.name}: has no line '// EXPECT: text'"
        control = build(program, ["-DCONTROL"], launcher)
        if control.returncode != 0:
            return f"{program.name}: does not compile with -DCONTROL either:\n{control.stderr}"
        refused = build(program, [], [])
        if refused.returncode == 0:
            return f"{program.name}: compiles, and must not"
        for text in expected:
            if squeezed(text) not in squeezed(refused.stderr):
                return f"{program.name}: the compiler does not say '{text}', but:\n{refused.stderr}"
        return ""

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(problem_of, programs) if problem]
    print("\n".join(problems) or f"{len(programs)} programs are refused as they should be")
    return 1 if problems or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
