#!/usr/bin/env bash
# Puts PySpark (ops/tools.d/lake.txt, by hash) and Delta's jars (jars.sha256) into .local/tools.
# Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

ops/tools lake
ops/jars lake lake-jars
