#!/bin/sh
# Installs what the tests use beside the .NET SDK: a C compiler, fusermount3, and programs that run inside of the mount.
set -eu

packages=
need() {
	command -v "$1" >/dev/null 2>&1 || packages="$packages $2"
}
need gcc gcc
need fusermount3 fuse3
need getfattr attr
need sqlite3 sqlite3
need git git
need setsid util-linux
need strace strace
need slabtop procps
need htop htop
need tmux tmux
need prometheus-node-exporter prometheus-node-exporter
need prometheus-process-exporter prometheus-process-exporter
/usr/bin/python3 -c 'import psutil' 2>/dev/null || packages="$packages python3-psutil"

[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null; then
	echo "prerequisites.sh: please install:$packages" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then sudo=; else sudo=sudo; fi
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $packages
