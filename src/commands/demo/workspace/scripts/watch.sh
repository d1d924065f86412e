#!/bin/sh
# Takes a minute and says where it is.
set -eu
second=0
while [ "$second" -lt 60 ]; do
  second=$((second + 1))
  echo "bell $second of 60"
  sleep 1
done
