#!/usr/bin/env python3
"""A project outside the tree (tests/package) builds on an installed weft and runs: through find_package, and by plain
g++ with what pkg-config says; the latter, stripped, is small. No symbol of the namespace Eigen is defined in libweft.a:
a host's Eigen stays its own.

    package_test.py cmake|pkg-config|symbols REPOSITORY PREFIX SCRATCH COMPILER
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from readme_test import pkg_config_flags

STRIPPED_MB = 6  # a program that trains a small model, weft and Abseil in it


def build_with_cmake(project, prefix, scratch, compiler):
    subprocess.run(["cmake", "-G", "Ninja", "-S", project, "-B", scratch, f"-DCMAKE_PREFIX_PATH={prefix}",
                    f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_BUILD_TYPE=Release"], check=True)
    subprocess.run(["cmake", "--build", scratch], check=True)


def build_with_pkg_config(project, prefix, scratch, compiler):
    eigen = subprocess.run(["pkg-config", "--cflags", "eigen3"], check=True, text=True, stdout=subprocess.PIPE).stdout
    subprocess.run([compiler, "-std=c++20", "-O2", project / "main.cc", project / "eigen_user.cc", *eigen.split(),
                    "-o", scratch / "user", *pkg_config_flags(prefix), "-Wl,--gc-sections", "-s"], check=True)
    size = (scratch / "user").stat().st_size
    print(f"stripped program: {size / 1e6:.2f} MB, at most {STRIPPED_MB}")
    if size > STRIPPED_MB * 1e6:
        sys.exit(1)


def eigen_symbols(prefix):
    """Defined symbols whose mangled name has the namespace Eigen."""
    names = subprocess.run(["nm", "--defined-only", next(prefix.rglob("libweft.a"))], check=True, text=True,
                           stdout=subprocess.PIPE, env={**os.environ, "LC_ALL": "C"}).stdout
    return [line for line in names.splitlines() if re.search(r"(?<!\d)5Eigen[\dE]", line)]


def main():
    kind, compiler = sys.argv[1], sys.argv[5]
    project, prefix, scratch = pathlib.Path(sys.argv[2]) / "tests/package", *map(pathlib.Path, sys.argv[3:5])
    if kind == "symbols":
        found = eigen_symbols(prefix)
        print("\n".join(found[:10]) or "no symbol of the host's Eigen")
        return 1 if found else 0
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    {"cmake": build_with_cmake, "pkg-config": build_with_pkg_config}[kind](project, prefix, scratch, compiler)
    return subprocess.run([scratch / "user"]).returncode


if __name__ == "__main__":
    sys.exit(main())
