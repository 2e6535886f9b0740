#!/usr/bin/env python3
"""Proves that every #include under include/ and src/ keeps to the module table in cmake/Modules.cmake.

A module may include itself, what its row names, and what those rows allow. Public headers include standard and Abseil
headers only, and nothing of src/. Eigen and oneDNN appear under src/ops alone. No two files include each other in a ring.

    layers_test.py REPOSITORY
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)
ROW = re.compile(r"^weft_module\((\w+)(?: MAY_INCLUDE ([\w ]+))?\)", re.MULTILINE)


def module_table(text):
    """module -> every module that it may include, itself among them. Rows stand from the ground up."""
    allowed = {}
    for name, below in ROW.findall(text):
        allowed[name] = {name}
        for module in below.split():
            allowed[name] |= allowed[module]  # KeyError: the row names a module that is not below it
    return allowed


def problems_of(path, text, allowed):
    """What is wrong with the includes of one file; path is relative to the repository."""
    public = path.parts[0] == "include"
    module = path.parts[2] if public else path.parts[1]
    umbrella = path.as_posix() == "include/weft/weft.h"
    if not umbrella and module not in allowed:
        yield f"{path}: '{module}' is not a module of cmake/Modules.cmake"
        return
    for match in INCLUDE.finditer(text):
        where = f"{path}:{text.count(chr(10), 0, match.start(2)) + 1}"
        bracket, target = match.groups()
        parts = target.split("/")
        if parts[0] in ("weft", "src"):
            if bracket == "<":
                yield f'{where}: write #include "{target}"'
            if parts[0] == "src" and public:
                yield f"{where}: a public header includes {target}, which is not installed"
            if target == "weft/weft.h":
                yield f"{where}: the umbrella header is for users"
            elif not umbrella and parts[1] not in allowed[module]:
                yield f"{where}: {module} may not include {parts[1]} ({target})"
        elif parts[0] == "absl":
            if target in ("absl/synchronization/mutex.h", "absl/synchronization/notification.h"):
                yield f"{where}: use std::mutex and std::condition_variable; ThreadSanitizer cannot see into Debian's Abseil"
        elif bracket == '"':
            yield f'{where}: write the path from the repository or from include/, not "{target}"'
        elif public and ("/" in target or target.endswith(".h")):
            yield f"{where}: a public header includes {target}; only the standard library and Abseil are allowed"
        elif parts[0] in ("Eigen", "unsupported", "oneapi", "dnnl.hpp", "dnnl.h") and module != "ops":
            yield f"{where}: {parts[0]} belongs under src/ops"


def rings(includes):
    """Each ring of files that include one another."""
    done = set()
    for start in sorted(includes):
        trail, stack = [], [(start, iter(includes[start]))]
        if start in done:
            continue
        trail.append(start)
        while stack:
            path, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                trail.pop()
                done.add(path)
            elif following in trail:
                yield trail[trail.index(following):] + [following]
            elif following in includes and following not in done:
                trail.append(following)
                stack.append((following, iter(includes[following])))


def check(files, allowed):
    """All problems of a dictionary path -> text."""
    found, includes = [], {}
    for path, text in sorted(files.items()):
        found += problems_of(path, text, allowed)
        includes[path.as_posix()] = [
            ("include/" if target.startswith("weft/") else "") + target for _, target in INCLUDE.findall(text)]
    found += ["ring of includes: " + " -> ".join(ring) for ring in rings(includes)]
    return found


def self_test(allowed):
    """The checker finds what it is there for."""
    bad = {
        "src/base/a.cc": '#include "weft/tensor/tensor.h"',
        "src/session/a.cc": '#include "src/ops/kernels.h"',
        "src/graph/a.cc": "#include <Eigen/Core>",
        "include/weft/graph/b.h": '#include "src/graph/b.h"',
        "include/weft/graph/c.h": "#include <protozero/pbf_reader.hpp>",
        "include/weft/graph/d.h": '#include "weft/graph/e.h"',
        "include/weft/graph/e.h": '#include "weft/graph/d.h"',
        "src/graph/c.cc": '#include "c.h"',
        "src/elsewhere/a.cc": "",
    }
    found = check({pathlib.PurePosixPath(path): text for path, text in bad.items()}, allowed)
    missed = [path for path in bad if not any(path in problem for problem in found)]
    good = {pathlib.PurePosixPath("src/ops/a.cc"): '#include <Eigen/Core>\n#include "weft/base/x.h"\n#include <vector>'}
    return [f"the checker does not see what is wrong in {path}: {bad[path]}" for path in missed] + check(good, allowed)


def main():
    top = pathlib.Path(sys.argv[1])
    allowed = module_table((top / "cmake/Modules.cmake").read_text())
    files = {path.relative_to(top): path.read_text() for folder in ("include/weft", "src") for path in
             (top / folder).rglob("*") if path.suffix in (".h", ".cc")}
    problems = self_test(allowed) + check(files, allowed)
    print("\n".join(problems) or f"{len(files)} files in {len(allowed)} modules keep to the table")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
