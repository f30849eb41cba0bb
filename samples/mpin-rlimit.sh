#!/bin/sh
# mpin(2): memory that stays where it is (VM_PINNED) counts against RLIMIT_MEMLOCK together with what is locked, once.
# usage: samples/mpin-rlimit.sh MOUNT
set -eu
task=${1:?usage: mpin-rlimit.sh MOUNT}/proc/$((5000000 + $$))

setpriv --bounding-set -ipc_lock mkdir "$task" # a task that the limit holds for
trap 'rmdir "$task"' EXIT
exec 3<>"$task/syscall"
call() {
	echo "$*" >&3 2>/dev/null || :
	cat <&3
}

call setrlimit memlock 16384
call mmap 0x100000 32768 rw private anon
call mpin 0x100000 16384
call mlock 0x104000 4096    # no room for one page more
call munpin 0x100000 8192
call mlock 0x104000 4096
