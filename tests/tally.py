#!/usr/bin/env python3
"""Counts what a ctest run left in a folder and prints "N passed, N failed" last; exits with 1 when anything failed.

The folder holds ctest.junit (one entry per ctest test) and one NAME.xml for each GoogleTest program that got to its end.
Such a program counts with each of its cases, any other test as one. A program that failed though no case of it did
(crash, sanitizer report at exit) counts as one failure more.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET


def googletest_cases(path):
    """(passed, failed, skipped) names in one GoogleTest report."""
    passed, failed, skipped = [], [], []
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.get("status") == "notrun":
            continue  # of another shard, or filtered out
        if case.find("failure") is not None:
            failed.append(name)
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed.append(name)
    return passed, failed, skipped


def main():
    folder = pathlib.Path(sys.argv[1])
    report = folder / "ctest.junit"
    if not report.exists():
        print("ctest left no report\n0 passed, 1 failed")
        return 1
    passed, failed, skipped = 0, [], []
    for test in ET.parse(report).getroot().iter("testcase"):
        name, ok = test.get("name"), test.get("status") == "run"
        if test.get("status") == "disabled":
            skipped.append(name)
            continue
        cases = folder / f"{name}.xml"
        if cases.exists() and cases.stat().st_size:
            good, bad, left_out = googletest_cases(cases)
            passed += len(good)
            failed += [f"{name}: {case}" for case in bad]
            skipped += [f"{name}: {case}" for case in left_out]
            if not ok and not bad:
                failed.append(f"{name}: the program itself")
        elif ok:
            passed += 1
        else:
            failed.append(name)
    for title, names in (("skipped", skipped), ("FAILED", failed)):
        for name in names:
            print(f"{title}  {name}")
    if not passed and not failed:
        failed.append("no test ran")
        print("FAILED  no test ran")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
