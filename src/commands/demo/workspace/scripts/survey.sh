#!/bin/sh
# Fails until there is a chart: survey.sh PLAN
set -eu
echo "surveying the harbour of $1"
if [ ! -e notes/chart.txt ]; then
  echo "no chart: notes/chart.txt is missing" >&2
  exit 3
fi
echo "depths agree with the chart"
