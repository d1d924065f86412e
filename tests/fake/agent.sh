#!/bin/sh
# A scripted agent: plays the cassette that $FAKE_CASSETTE names, and writes what it was asked to
# $FAKE_PROMPT. A cassette for the n-th call of an attempt's task is looked for first: NAME.n.
set -u
cassette=${FAKE_CASSETTES}/${FAKE_CASSETTE}
for argument in "$@"; do
  case "$argument" in --cassette=*) cassette=${FAKE_CASSETTES}/${argument#--cassette=} ;; esac
done
numbered=$cassette.${PLANDECK_ATTEMPT_NUMBER:-1}
[ -f "$numbered" ] && cassette=$numbered
cat > "${FAKE_PROMPT:-/dev/null}"
code=0
while IFS= read -r line; do
  case "$line" in
    '#exit '*) code=${line#\#exit } ;;
    '#stderr '*) printf '%s\n' "${line#\#stderr }" >&2 ;;
    '#write '*) printf '%s\n' "made by the fake agent" > "${line#\#write }" ;;
    '#kill '*) kill "-${line#\#kill }" $$ ;;
    '#hang') exec sleep 1000 ;;
    '#arguments') printf '{"type":"assistant","message":{"content":[{"type":"text","text":"%s"}]}}\n' "$*" ;;
    *) printf '%s\n' "$line" ;;
  esac
done < "$cassette"
exit "$code"
