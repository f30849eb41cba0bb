#!/bin/sh
# Compares one fvrange call (mark and unmark in turn) with one ioctl round trip on libfuse's example ioctl_ll.
# usage: IOCTL_LL=path/to/ioctl_ll bench/ioctl.sh [-o OPTIONS] [-r ROUNDS] [-d SECONDS_A_ROUND]
set -eu

options=io=cached
rounds=11
seconds=0.5
while getopts o:r:d: option; do
	case $option in
	o) options=$OPTARG ;;
	r) rounds=$OPTARG ;;
	d) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
command -v "${IOCTL_LL:-ioctl_ll}" >/dev/null || { echo "ioctl.sh: set IOCTL_LL to libfuse's example ioctl_ll" >&2; exit 1; }

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
mkdir "$work/vrangefs" "$work/libfuse"
trap '"$here/../mount.sh" -u "$work/vrangefs" 2>/dev/null || :; umount "$work/libfuse" 2>/dev/null || :; rm -rf --one-file-system "$work"' EXIT
cc -O2 -Wall -Wextra -o "$work/ioctl" "$here/ioctl.c"
"${IOCTL_LL:-ioctl_ll}" "$work/libfuse"
"$here/../mount.sh" "$work/vrangefs" -o "size=1g,$options" >/dev/null
"$work/ioctl" "$work/vrangefs/file" "$work/libfuse/fioc" "$rounds" "$seconds"
