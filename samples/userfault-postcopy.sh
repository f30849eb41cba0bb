#!/bin/sh
# User faults (MADV_USERFAULT, remap_anon_pages): the memory of one task moves to another, each page when it is first touched.
# usage: samples/userfault-postcopy.sh MOUNT
set -eu
proc=${1:?usage: userfault-postcopy.sh MOUNT}/proc
from=$proc/$((5000000 + $$))
to=$proc/$((10000000 + $$))
pages="0x100000 0x101000 0x102000 0x103000"
spare=0x200000

call() { # a descriptor of its own for each: a call that waits keeps the one that it is made by
	exec 3<>"$1/syscall"
	shift
	echo "$*" >&3
	cat <&3
	exec 3<&-
}
contents() {
	for page in $pages; do
		call "$1" load "$page" 4096
	done
}

mkdir "$from" "$to"
trap 'rmdir "$from" "$to" 2>/dev/null || :' EXIT
call "$from" mmap 0x100000 16384 rw private anon
for page in $pages; do
	call "$from" store "$page" "'page at $page'"
done
call "$to" mmap 0x100000 16384 rw private anon
call "$to" mmap $spare 4096 rw private anon
call "$to" madvise 0x100000 16384 user_fault

exec 4<"$to/userfault" # before anything is touched: without a reader a user fault is SIGBUS
# The handler: brings a page from there and puts it in the place where somebody waits for it. It ends with the task.
while read -r address access; do
	echo "fault $address $access"
	page=$(call "$from" load "$address" 16)
	page=${page#*\"}
	call "$to" store $spare "'${page%\"}'" >/dev/null
	call "$to" remap_anon_pages "$address" $spare 4096 >/dev/null
done <&4 4<&- &
exec 4<&-

echo "there: $(contents "$from" | cksum)"
echo "here:  $(contents "$to" | cksum)"
echo "again: $(contents "$to" | cksum)" # without a fault
rmdir "$from" "$to"
wait
