#!/usr/bin/env python3
"""Every public header compiles alone, as a user's first include, without a warning and without weft's own flags.

    headers_test.py REPOSITORY SCRATCH COMPILER [LAUNCHER...]
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys


def main():
    top, scratch, compiler, launcher = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    scratch.mkdir(parents=True, exist_ok=True)
    headers = sorted(path.relative_to(top / "include").as_posix() for path in (top / "include").rglob("*.h"))

    def compile_alone(header):
        source = scratch / (header.replace("/", "_") + ".cc")
        # Twice: a header without a guard fails here.
        source.write_text(f'#include "{header}"\n#include "{header}"\n')
        run = subprocess.run(
            launcher + [compiler, "-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                        f"-I{top / 'include'}", "-c", str(source), "-o", str(source.with_suffix(".o"))],
            capture_output=True, text=True)
        return "" if run.returncode == 0 else f"{header} does not compile alone:\n{run.stderr}"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(compile_alone, headers) if problem]
    print("\n".join(problems) or f"{len(headers)} headers compile alone")
    return 1 if problems or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
