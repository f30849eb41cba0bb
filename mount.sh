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

# Sets dir to the absolute path of $1, without a look at a directory that FUSE is mounted on: it may be dead. Names are any
# bytes; "$(...)" takes line ends off the end, unless a dot stands there.
resolve() {
	dir=$1
	links=0
	while :; do
		while [ "${dir%/}" != "$dir" ] && [ "$dir" != / ]; do dir=${dir%/}; done
		case $dir in
		*/*) parent=${dir%/*}/ name=${dir##*/} ;;
		*) parent=./ name=$dir ;;
		esac
		case $name in
		'' | . | ..) parent=$parent$name name= ;;
		esac
		parent=$(realpath -- "$parent" && echo .) || exit 1
		parent=${parent%??}
		dir=${parent%/}/$name
		if [ -z "$name" ]; then dir=$parent; fi
		if is_mounted "$dir" || [ ! -L "$dir" ]; then return; fi

		links=$((links + 1))
		[ "$links" -le 40 ] || die "$1: too many levels of symbolic links"
		link=$(readlink -- "$dir" && echo .) || exit 1
		link=${link%??}
		case $link in
		/*) dir=$link ;;
		*) dir=${parent%/}/$link ;;
		esac
	done
}

# Prints the number of the FUSE connection on $1, if FUSE is topmost there. The mount table is read, never the mount: a dead or
# hung daemon must not take this script with it. The table has some characters as octal (fs/seq_file.c: mangle_path).
connection_of() {
	dir=$1 LC_ALL=C awk '
		BEGIN {
			octal[" "] = "\\040"; octal["\t"] = "\\011"; octal["\n"] = "\\012"; octal["\\"] = "\\134"
			for (i = 1; i <= length(ENVIRON["dir"]); i++) {
				c = substr(ENVIRON["dir"], i, 1)
				dir = dir (c in octal ? octal[c] : c)
			}
		}
		$5 == dir {
			for (i = 7; $i != "-"; i++);
			split($3, device, ":")
			minor = $(i + 1) ~ /^fuse/ ? device[2] : ""
		}
		END { print minor }' /proc/self/mountinfo
}

is_mounted() {
	[ -n "$(connection_of "$1")" ]
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
	shift
	if [ "${1:-}" = -- ]; then shift; fi
	[ $# -eq 1 ] || { usage >&2; exit 2; }
	resolve "$1"
	is_mounted "$dir" || die "$dir is not mounted"
	if answers "$dir"; then unmount -- "$dir"; else clear_stale "$dir"; fi
	exit 0
	;;
--)
	shift
	[ $# -ge 1 ] || { usage >&2; exit 2; }
	;;
-*)
	usage >&2
	exit 2
	;;
esac

resolve "$1"
shift
[ -c /dev/fuse ] || die "/dev/fuse is missing: load the fuse module (modprobe fuse)"
if [ "$(id -u)" -ne 0 ]; then
	command -v fusermount3 >/dev/null || die "fusermount3 is missing: install the package fuse3"
fi
if is_mounted "$dir"; then
	if answers "$dir"; then die "$dir is mounted already"; fi
	clear_stale "$dir"
fi
[ -d "$dir" ] || die "$dir is not a directory"
if is_stale_build; then build; fi

# The daemon's log outlives this script. No name that somebody else could have put there first.
if [ "$(id -u)" -eq 0 ]; then logs=/run/vrangefs; else logs=${XDG_RUNTIME_DIR:-$(mktemp -d)}/vrangefs; fi
mkdir -p -m 700 "$logs"
name=$(printf '%s' "${dir##*/}" | LC_ALL=C tr -c 'A-Za-z0-9._-' _ | cut -c 1-64)
log=$logs/$name.$(printf '%s' "$dir" | cksum | cut -d ' ' -f 1).log
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

# As a word of the shell.
case $dir in
*[!A-Za-z0-9/._+-]*)
	quoted=$(printf '%s.' "$dir" | LC_ALL=C sed "s/'/'\\\\''/g")
	dir="'${quoted%.}'"
	;;
esac
cat <<EOF
try:  exec 3<>$dir/ring; head -c 8192 /dev/urandom >&3; echo '/ring 0 8192 volatile' >$dir/proc/fvrange; cat $dir/proc/vranges
then: echo all >$dir/proc/sys/vm/discard_vranges; exec 4<>$dir/proc/fvrange; echo '/ring 0 8192 nonvolatile' >&4; cat <&4
EOF
