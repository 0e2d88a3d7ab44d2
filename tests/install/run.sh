#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs the build in $1 into a folder of its own, builds the project beside this script with it, and runs that.
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >/dev/null
cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/build"
cd "$work"
./build/uses_neurodyn
"$work/prefix/bin/neurodyn" run decay.yaml --quiet
