#!/bin/sh
# vrange(2): anonymous memory that may be taken when memory runs short; who touches it then gets SIGBUS.
# usage: samples/vrange-anon.sh MOUNT
set -eu
task=${1:?usage: vrange-anon.sh MOUNT}/proc/$((5000000 + $$))

mkdir "$task"
trap 'rmdir "$task"' EXIT
exec 3<>"$task/syscall"
call() {
	echo "$*" >&3 2>/dev/null || : # a call that fails fails the write
	cat <&3
}

call mmap 0x100000 16384 rw private anon
call store 0x100000 "'cache'"
call store 0x103000 "'kept'"
call vrange 0x100000 8192 volatile
echo all >"$task/reclaim" # memory runs short
cat "$task/vrange"
call load 0x100000 5
call vrange 0x100000 8192 nonvolatile
call load 0x103000 4
