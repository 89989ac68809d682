#!/usr/bin/env bash
# Puts PySpark (ops/tools.d/lake.txt, by hash) and Delta's jars (jars.sha256) into .local/tools.
# Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in java:openjdk-17-jre-headless mvn:maven; do
  command -v "${program%%:*}" >/dev/null || { echo "lake: needs ${program#*:}" >&2; exit 1; }
done
ops/tools lake

jars=.local/tools/lake-jars
whole() { (cd "$jars" && sha256sum --check --status --strict ../../../lake/jars.sha256); }
if ! { [[ -d $jars ]] && whole; }; then
  echo 'lake: fetching the jars of Delta Lake' >&2
  cache=.local/tools/m2
  rm -rf "$jars" # Maven would leave a broken one as it is
  mvn --quiet --batch-mode --no-transfer-progress --file lake/pom.xml \
    "-Dmaven.repo.local=$PWD/$cache" dependency:copy-dependencies "-DoutputDirectory=$PWD/$jars"
  rm -rf "$cache" # Maven's own plugins, 30 MB, for the next time that the jars change
  whole || { echo 'lake: a jar is not the one that jars.sha256 names' >&2; exit 1; }
fi
