#!/usr/bin/env python3
"""Runs an example as a reader would, in the repository's top folder: it ends with status 0, prints something, is at most
120 lines long and opens with what it shows, and the graph that it writes with --dot is one that Graphviz reads.

    example_test.py REPOSITORY NAME PROGRAM SCRATCH [ARGUMENT...]
"""
import pathlib
import shutil
import subprocess
import sys


def main():
    top, name, program, scratch = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    picture = scratch / f"{name}.dot"
    arguments = [argument.replace("@SCRATCH@", str(scratch)) for argument in sys.argv[5:]]
    answer = subprocess.run([program, "--dot", picture, *arguments], cwd=top, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    print(answer.stdout, end="")
    problems = []
    if answer.returncode != 0:
        problems.append(f"{name} ends with status {answer.returncode}")
    if not answer.stdout.strip():
        problems.append(f"{name} prints nothing")
    lines = (top / "examples" / f"{name}.cc").read_text().splitlines()
    if len(lines) > 120 or not lines[0].startswith("// "):
        problems.append(f"examples/{name}.cc: {len(lines)} lines (at most 120), first line: {lines[0]}")
    if not picture.exists():
        problems.append(f"{name} --dot wrote no {picture.name}")
    elif shutil.which("dot"):
        # -Tcanon reads the file and lays nothing out.
        read = subprocess.run(["dot", "-Tcanon", picture], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if read.returncode != 0 or read.stderr:
            problems.append(f"Graphviz does not read {picture.name}: {read.stderr}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
