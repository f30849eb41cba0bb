#!/bin/sh
# Mounts, creates, lists and removes a million files and prints what that cost: time and the daemon's memory.
# usage: bench/million.sh [-n FILES] [-p FILES_PER_DIRECTORY] [-b BYTES_PER_FILE] [-l OPEN_FILE_LIMIT] [-o OPTIONS]
set -eu

files=1000000
per_directory=1000
bytes=0
limit=20000
options=io=cached
while getopts n:p:b:l:o: option; do
	case $option in
	n) files=$OPTARG ;;
	p) per_directory=$OPTARG ;;
	b) bytes=$OPTARG ;;
	l) limit=$OPTARG ;;
	o) options=$OPTARG ;;
	*) sed -n 3p "$0" >&2; exit 2 ;;
	esac
done

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
mkdir "$work/mnt"
trap '"$here/../mount.sh" -u "$work/mnt" 2>/dev/null || :; rm -rf --one-file-system "$work"' EXIT
cc -O2 -Wall -Wextra -o "$work/million" "$here/million.c"
prlimit --nofile="$limit:$limit" "$here/../mount.sh" "$work/mnt" -o "size=8g,nr_inodes=4m,$options" >/dev/null
daemon=$(pgrep -f -- "$work/mnt -f")
echo "$files files of $bytes bytes, $per_directory a directory, $options, $limit open files at most"
"$work/million" "$work/mnt" "$daemon" "$files" "$per_directory" "$bytes"
