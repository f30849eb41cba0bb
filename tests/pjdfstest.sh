#!/bin/sh
# Runs pjdfstest (github.com/pjd/pjdfstest, built) on a mount in both I/O modes, as root: tests/pjdfstest.sh CHECKOUT
set -eu

[ $# -eq 1 ] && [ -x "$1/pjdfstest" ] || {
	echo "usage: $0 CHECKOUT    a checkout of pjdfstest in which pjdfstest is built" >&2
	exit 2
}
checkout=$(CDPATH= cd -- "$1" && pwd)
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
home=$(mktemp -d)
chmod 755 "$home"
mkdir "$home/mnt"

finish() {
	cd /
	"$here/mount.sh" -u "$home/mnt" 2>/dev/null || :
	rmdir "$home/mnt" "$home"
}
trap finish EXIT
trap 'exit 1' INT TERM

failed=0
for mode in passthrough cached; do
	echo "io=$mode"
	"$here/mount.sh" "$home/mnt" -o "io=$mode"
	mkdir "$home/mnt/t"
	(cd "$home/mnt/t" && prove -Q -r "$checkout/tests") || failed=1
	"$here/mount.sh" -u "$home/mnt"
done
exit $failed
