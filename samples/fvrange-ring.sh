#!/bin/sh
# fvrange: a file that two programs share, whose pages may be taken when memory runs short.
# usage: samples/fvrange-ring.sh MOUNT
set -eu
mount=${1:?usage: fvrange-ring.sh MOUNT}
ring=ring.$$

exec 3<>"$mount/$ring" 4<>"$mount/proc/fvrange"
trap 'rm -f "$mount/$ring"' EXIT
fvrange() {
	echo "/$ring $*" >&4
	read -r lost bytes <&4
	echo "$* -> lost $lost, $bytes bytes"
}

head -c 32768 /dev/urandom >&3
# The producer: what has been read may be taken, the older part first.
fvrange 0 16384 volatile
fvrange 16384 16384 volatile
echo 4 >"$mount/proc/sys/vm/discard_vranges" # memory runs short by four pages
# The consumer: what is left is his, and what was lost he is told, once.
fvrange 0 16384 nonvolatile
fvrange 16384 16384 nonvolatile
fvrange 0 32768 nonvolatile
