#!/bin/sh
# Compares a purge of 1 GiB with a hole punch of 1 GiB on tmpfs, in turn; prints milliseconds and the ratio of the medians.
# usage: bench/purge.sh [-o OPTIONS] [-r ROUNDS]          (needs root)
set -eu

options=io=passthrough
rounds=5
while getopts o:r: option; do
	case $option in
	o) options=$OPTARG ;;
	r) rounds=$OPTARG ;;
	*) exit 2 ;;
	esac
done

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
mkdir "$work/vrangefs" "$work/tmpfs"
trap '"$here/../mount.sh" -u "$work/vrangefs" 2>/dev/null || :; umount "$work/tmpfs" 2>/dev/null || :; rm -rf --one-file-system "$work"' EXIT
mount -t tmpfs -o size=2g tmpfs "$work/tmpfs"
"$here/../mount.sh" "$work/vrangefs" -o "size=2g,$options" >/dev/null

now() { date +%s%N; }
fill() { dd if=/dev/zero of="$1" bs=1M count=1024 conv=notrunc status=none; }
round=0
while [ "$round" -lt "$rounds" ]; do
	fill "$work/tmpfs/file"
	start=$(now)
	fallocate -p -o 0 -l 1g "$work/tmpfs/file"
	echo "punch $((($(now) - start) / 1000))"

	exec 3<>"$work/vrangefs/file"
	fill "$work/vrangefs/file"
	echo '/file 0 1073741824 volatile' >"$work/vrangefs/proc/fvrange"
	start=$(now)
	/bin/echo all >"$work/vrangefs/proc/sys/vm/discard_vranges"
	echo "purge $((($(now) - start) / 1000))"
	[ "$(cat "$work/vrangefs/proc/sys/vm/discard_vranges")" = 262144 ] || { echo "purge.sh: not all was purged" >&2; exit 1; }
	exec 3>&-
	round=$((round + 1))
done | sort -k1,1 -k2n | awk '
	{ value[$1, ++count[$1]] = $2 }
	END {
		punch = value["punch", int((count["punch"] + 1) / 2)]; purge = value["purge", int((count["purge"] + 1) / 2)]
		printf "punch %.1f ms, purge %.1f ms, speed of a purge against a punch %.2f\n", punch / 1000, purge / 1000, punch / purge
	}'
