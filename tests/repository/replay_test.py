#!/usr/bin/env python3
"""Runs the recorded cases of TensorFlow 1.15.5 through `weft replay` and holds the outcome against the list of those that do not pass yet.

A case that fails and is not in the list fails the test; so does one in the list that passes: the list only shrinks. With --update the
list is written anew.

    replay_test.py [--update] WEFT DATA SCRATCH
"""
import json
import pathlib
import subprocess
import sys
import tarfile

LIST = "not_passing.tsv"


def unpack(data, scratch):
    """The case files of the corpus, unpacked once."""
    archive = data / "cases.tar.xz"
    stamp = scratch / "unpacked"
    if not stamp.exists() or stamp.stat().st_mtime < archive.stat().st_mtime:
        scratch.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(scratch)
        stamp.touch()
    return sorted(scratch.glob("*/*.tfrecord")) + sorted(data.glob("*.tfrecord"))


def reason_of(failure):
    """One line that says why, without what changes from run to run."""
    return failure.replace("\t", " ").split("\n")[0][:160]


def read_list(path):
    if not path.exists():
        return {}
    rows = (line.split("\t", 1) for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def write_list(path, failing):
    lines = ["# Recorded cases that do not pass yet, and why. Written by tests/repository/replay_test.py --update."]
    lines += [f"{case}\t{reason}" for case, reason in sorted(failing.items())]
    path.write_text("\n".join(lines) + "\n")


def main():
    arguments = sys.argv[1:]
    update = arguments[:1] == ["--update"]
    weft, data, scratch = (pathlib.Path(argument) for argument in arguments[1 if update else 0:])
    outcome = scratch / "outcome.json"
    files = unpack(data, scratch)
    run = subprocess.run([weft, "replay", "--json", outcome, *files], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"weft replay ended with {run.returncode}:\n{run.stderr}")
    cases = json.loads(outcome.read_text())
    failing = {case["id"]: reason_of(case["failure"]) for case in cases if not case["passed"]}
    if update:
        write_list(data / LIST, failing)
        print(f"{len(failing)} of {len(cases)} cases listed")
        return
    listed = read_list(data / LIST)
    passing = {case["id"] for case in cases if case["passed"]}
    new = sorted(set(failing) - set(listed))
    mended = sorted(passing & set(listed))
    for case in new:
        print(f"fails and is not listed: {case}: {failing[case]}")
    for case in mended:
        print(f"passes now, take it off the list: {case}")
    print(run.stdout.strip().split("\n")[-1])
    if new or mended or not cases:
        sys.exit(1)


if __name__ == "__main__":
    main()
