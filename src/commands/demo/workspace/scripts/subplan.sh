#!/bin/sh
# Writes the SUBPLAN of one achievement: subplan.sh PLAN ITEM CODE TITLE
set -eu
folder="work-space/plans/$1/subplans"
file="$folder/SUBPLAN_$1_$3.md"
mkdir -p "$folder"
echo "designing achievement $2: $4"
cat > "$file" <<TEXT
# SUBPLAN: $4

**Type**: SUBPLAN
**Plan**: $1
**Achievement**: $2
**Status**: Ready

---

## Objective

$4.

## Approach

One keeper, one lamp, one evening.

## Expected Results

- The lamp is lit at dusk.
TEXT
echo "created $file"
