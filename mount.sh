#!/bin/sh
# Mounts vrangefs in the background, or unmounts it.
set -eu

usage() {
	cat <<'EOF'
usage: ./mount.sh DIR [-o OPTION[,OPTION...]]   mount; builds first when needed
       ./mount.sh -u DIR                        unmount
       ./mount.sh --options                     what -o takes
EOF
}

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$here/artifacts/bin
daemon=$out/vrangefs

die() {
	printf 'mount.sh: %s\n' "$*" >&2
	exit 1
}

# Without a look at the directory itself, which may be dead.
resolve() {
	parent=$(realpath -- "$(dirname -- "$1")") || exit 1
	case $(basename -- "$1") in
	. | .. | /) realpath -- "$1" ;;
	*) printf '%s/%s\n' "${parent%/}" "$(basename -- "$1")" ;;
	esac
}

# The mount table is read, never the mount: a dead or hung daemon must not take this script with it.
is_mounted() {
	awk -v dir="$1" '{ for (i = 7; i <= NF; i++) if ($i == "-") { if ($5 == dir && $(i + 1) ~ /^fuse/) found = 1; else if ($5 == dir) found = 0 } }
		END { exit !found }' /proc/self/mountinfo
}

connection_of() {
	awk -v dir="$1" '$5 == dir { split($3, device, ":"); minor = device[2] } END { print minor }' /proc/self/mountinfo
}

# A killed daemon leaves a mount that answers ENOTCONN, a hung one that answers nothing.
answers() {
	timeout 5 stat -f -- "$1" >/dev/null 2>&1
}

unmount() {
	if [ "$(id -u)" -eq 0 ]; then
		umount "$@"
	else
		fusermount3 -u "$@"
	fi
}

clear_stale() {
	printf 'mount.sh: clearing the stale mount on %s\n' "$1" >&2
	control=/sys/fs/fuse/connections/$(connection_of "$1")/abort
	if [ -w "$control" ]; then
		echo 1 >"$control"
	fi
	if [ "$(id -u)" -eq 0 ]; then umount -l -- "$1"; else fusermount3 -u -z -- "$1"; fi
}

# Newer than the daemon: any source file.
is_stale_build() {
	[ ! -x "$daemon" ] ||
		[ -n "$(find "$here/fs" "$here/kernelmodel" "$here/procfs" "$here/Directory.Build.props" "$here/Directory.Packages.props" \
			\( -name bin -o -name obj \) -prune -o \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' \) -newer "$daemon" -print | head -n 1)" ]
}

build() {
	command -v dotnet >/dev/null || die "dotnet is missing: install the .NET SDK 10 (https://dot.net)"
	printf 'mount.sh: building (once)\n' >&2
	log=$(mktemp)
	# Compiled ahead for a quick start where the compiler for that can be had.
	if ! dotnet publish "$here/fs/Fs.csproj" -c Release -o "$out" --use-current-runtime --self-contained false \
		-p:PublishReadyToRun=true >"$log" 2>&1 &&
		! dotnet publish "$here/fs/Fs.csproj" -c Release -o "$out" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		die "the build failed"
	fi
	rm -f "$log"
	touch "$daemon"
}

case ${1:-} in
'' | -h | --help)
	usage
	exit 0
	;;
--options)
	if is_stale_build; then build; fi
	exec "$daemon" --help
	;;
-u)
	[ $# -eq 2 ] || { usage >&2; exit 2; }
	dir=$(resolve "$2")
	is_mounted "$dir" || die "$dir is not mounted"
	if answers "$dir"; then unmount -- "$dir"; else clear_stale "$dir"; fi
	exit 0
	;;
-*)
	usage >&2
	exit 2
	;;
esac

dir=$(resolve "$1")
shift
[ -c /dev/fuse ] || die "/dev/fuse is missing: load the fuse module (modprobe fuse)"
if [ "$(id -u)" -ne 0 ]; then
	command -v fusermount3 >/dev/null || die "fusermount3 is missing: install the package fuse3"
fi
if is_mounted "$dir"; then
	if answers "$dir"; then die "$dir is mounted already"; fi
	clear_stale "$dir"
fi
dir=$(realpath -- "$dir")
[ -d "$dir" ] || die "$dir is not a directory"
if is_stale_build; then build; fi

# The daemon's log outlives this script. No name that somebody else could have put there first.
if [ "$(id -u)" -eq 0 ]; then logs=/run/vrangefs; else logs=${XDG_RUNTIME_DIR:-$(mktemp -d)}/vrangefs; fi
mkdir -p -m 700 "$logs"
log=$logs/$(printf '%s' "$dir" | tr / -).log
setsid "$daemon" "$dir" -f "$@" >"$log" 2>&1 </dev/null &
pid=$!
tries=0
until is_mounted "$dir" && answers "$dir"; do
	if ! kill -0 "$pid" 2>/dev/null; then
		cat "$log" >&2
		exit 1
	fi
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || die "no answer from $dir, see $log"
	sleep 0.05
done

cat <<EOF
try:  exec 3<>$dir/ring; head -c 8192 /dev/urandom >&3; echo '/ring 0 8192 volatile' >$dir/proc/fvrange; cat $dir/proc/vranges
then: echo all >$dir/proc/sys/vm/discard_vranges; exec 4<>$dir/proc/fvrange; echo '/ring 0 8192 nonvolatile' >&4; cat <&4
EOF
