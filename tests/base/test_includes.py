#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The #includes under src/ obey the DEPENDS lines of CMakeLists.txt; heavy libraries stay where they belong."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Headers that wrap a heavy library for the .cpp files of their own folder, and for nobody else.
PRIVATE = {"record/hdf5.hpp", "network/hdf5.hpp", "experiment/report_json.hpp"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Third-party headers, and the only places (path prefixes under src/) that may include them.
CONFINED = {
    "LLVM": (re.compile(r"^llvm(-c)?/"), ("compile/llvm/",)),
    "HDF5": (re.compile(r"^(hdf5|H5\w*)(_hl)?\.h$"), ("record/", "network/connectome", "network/hdf5")),
    "yaml-cpp": (re.compile(r"^yaml-cpp/"), ("experiment/",)),
    "SUNDIALS": (re.compile(r"^(cvode|sundials|nvector|sunmatrix|sunlinsol)/"), ("compile/",)),
}
# Third-party headers that no header of ours may pass on (compile/llvm is a module of its own).
HEAVY = re.compile(r"^(yaml-cpp/|nlohmann/|hdf5|H5|llvm|matio|zip\.h|fftw3)")


def depends_lines(cmake: str) -> dict[str, set[str]]:
    """Folder -> folders that it may include, from the neurodyn_folder() calls."""
    folders = {}
    for name, rest in re.findall(r"neurodyn_folder\(\s*(\w+)([^)]*)\)", cmake):
        depends = re.search(r"DEPENDS\s+((?:[\w]+\s*)*?)(?=LIBRARIES|$)", " ".join(rest.split()))
        folders[name] = set(depends.group(1).split()) if depends else set()
    return folders


def cycle(folders: dict[str, set[str]]) -> list[str]:
    """Folders left over when those that depend on nothing left are taken away again and again."""
    left = dict(folders)
    while free := [name for name, depends in left.items() if not depends & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


def check(path: str, text: str, folders: dict[str, set[str]], exists=lambda _: True) -> list[str]:
    """Problems of one file; `path` is relative to src/."""
    problems = []
    folder = path.split("/")[0]
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        line = text.count("\n", 0, match.start()) + 1

        def say(problem, line=line):
            problems.append(f"src/{path}:{line}: {problem}")

        other = name.split("/")[0]
        if quote == '"' and other not in folders and not name.startswith("neurodyn/"):
            say(f'"{name}" is not written from src/, as in "base/error.hpp"')
        elif quote == '"' and other in folders:
            if other != folder and other not in folders[folder]:
                say(f'{folder} may not include "{name}": its DEPENDS line does not list {other}')
            elif not exists(name):
                say(f'"{name}" does not exist')
            elif name.startswith("compile/llvm/") and not path.startswith("compile/llvm/"):
                say(f'"{name}" belongs to the plugin; only compile/llvm/ may include it')
        for library, (pattern, places) in CONFINED.items():
            if pattern.match(name) and not path.startswith(places):
                say(f"{library} may be included only in {', '.join('src/' + p for p in places)}")
        if name in PRIVATE and (path.endswith(".hpp") or folder != name.split("/")[0]):
            say(f'"{name}" is private to the .cpp files of src/{name.split("/")[0]}')
        if path.endswith(".hpp") and HEAVY.match(name) and not path.startswith("compile/llvm/") and path not in PRIVATE:
            say(f"<{name}> is too heavy for a header: include it in the .cpp")
    return problems


def check_the_checker() -> None:
    folders = depends_lines(
        "neurodyn_folder(base LIBRARIES fmt::fmt)\nneurodyn_folder(engine DEPENDS base\n LIBRARIES x::y)"
        "neurodyn_folder(record DEPENDS engine base)"
    )
    assert folders == {"base": set(), "engine": {"base"}, "record": {"engine", "base"}}, folders
    assert cycle(folders) == []
    assert cycle({"a": {"b"}, "b": {"a"}, "c": set()}) == ["a", "b"]
    good = [
        ("engine/a.cpp", '#include "base/x.hpp"'),
        ("engine/a.cpp", "#include <vector>"),
        ("record/a.cpp", "#include <hdf5.h>"),
        ("compile/llvm/a.cpp", "#include <llvm/IR/Module.h>"),
    ]
    bad = [
        ("base/a.cpp", '\n #  include "engine/x.hpp"', ":2:"),
        ("engine/a.cpp", '#include "record/x.hpp"', "DEPENDS"),
        ("engine/a.cpp", "#include <hdf5.h>", "HDF5"),
        ("engine/a.cpp", "#include <H5Cpp.h>", "HDF5"),
        ("engine/a.cpp", '#include "llvm/IR/Module.h"', "LLVM"),
        ("engine/a.cpp", '#include "sibling.hpp"', "written from src/"),
        ("record/a.hpp", "#include <hdf5.h>", "too heavy"),
        ("record/a.hpp", '#include "record/hdf5.hpp"', "private"),
    ]
    folders["compile"] = set()
    for path, text in good:
        assert check(path, text, folders) == [], (path, text)
    for path, text, part in bad:
        problems = check(path, text, folders)
        assert any(part in p for p in problems), (path, text, problems)
    assert check("base/a.cpp", '#include "base/none.hpp"', folders, lambda _: False)


def main() -> int:
    check_the_checker()
    folders = depends_lines((ROOT / "CMakeLists.txt").read_text())
    src = ROOT / "src"
    problems = [f"CMakeLists.txt: the DEPENDS lines have a cycle: {name}" for name in cycle(folders)]
    files = sorted(p for p in src.rglob("*") if p.suffix in {".hpp", ".cpp", ".h", ".inc"})
    if len(files) < 10 or len(folders) < 5:
        problems.append("src/ or the neurodyn_folder() lines were not found")
    for file in files:
        path = file.relative_to(src).as_posix()
        if path.split("/")[0] not in folders:
            problems.append(f"src/{path}: CMakeLists.txt has no neurodyn_folder() for it")
            continue
        problems += check(path, file.read_text(), folders, lambda name: (src / name).is_file())
    print("\n".join(problems) if problems else f"{len(files)} files obey the DEPENDS lines")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
