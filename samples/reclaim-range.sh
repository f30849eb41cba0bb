#!/bin/sh
# /proc/PID/reclaim: one process, or a part of it, gives its memory back; what it has comes again from swap.
# usage: samples/reclaim-range.sh MOUNT
set -eu
task=${1:?usage: reclaim-range.sh MOUNT}/proc/$((5000000 + $$))

mkdir "$task"
trap 'rmdir "$task"' EXIT
exec 3<>"$task/syscall"
call() {
	echo "$*" >&3 2>/dev/null || :
	cat <&3
}

call mmap 0x100000 32768 rw private anon
call store 0x100000 "'idle'"
call touch 0x100000 32768 w
call mincore 0x100000 32768
echo 0x100000 16384 >"$task/reclaim"
call mincore 0x100000 32768
call load 0x100000 4
call mincore 0x100000 32768
