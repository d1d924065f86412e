#!/bin/sh
mkdir -p specs/001-evil
printf '\033[2J\033[10;10Hmoved\n\033]0;owned\007title\n\033[?1049hother screen\n\033[31mred is fine\033[0m\n\200\201 not utf-8\n'
exit 1
