#!/bin/sh
# Draws the chart that the survey needs.
set -eu
mkdir -p notes
echo "soundings: 4 m, 6 m, 11 m" > notes/chart.txt
echo "created notes/chart.txt"
