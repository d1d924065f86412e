#!/bin/sh
# Does one task of a spec or a session, and leaves a note of it: task.sh ITEM TITLE
set -eu
mkdir -p notes
echo "working on $1: $2"
echo "$1 was worked on: $2" > "notes/$1.txt"
echo "created notes/$1.txt"
