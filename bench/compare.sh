#!/bin/sh
# Runs fsbench on several directories in turn and prints medians and ratios.
# usage: FSBENCH=path/to/fsbench bench/compare.sh [-r ROUNDS] [-t THREADS] [-d SECONDS] [-k TESTS] NAME=DIR NAME=DIR...
# The ratio of every column is against the last one. The machines are noisy: only ratios of one run mean anything.
set -eu

rounds=5
threads=1
seconds=0.4
tests=
while getopts r:t:d:k: option; do
	case $option in
	r) rounds=$OPTARG ;;
	t) threads=$OPTARG ;;
	d) seconds=$OPTARG ;;
	k) tests=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
command -v "${FSBENCH:-fsbench}" >/dev/null || { echo "compare.sh: set FSBENCH to the program fsbench" >&2; exit 1; }
[ $# -ge 2 ] || { sed -n 3p "$0" >&2; exit 2; }

results=$(mktemp)
trap 'rm -f "$results"' EXIT
# Every other round the other way round: what one target leaves to be done slows the next.
run_once() {
	"${FSBENCH:-fsbench}" -t "$threads" -d "$seconds" ${tests:+-k "$tests"} "${1#*=}" | sed "s/^/${1%%=*} /" >>"$results"
}
run_backwards() {
	[ $# -eq 0 ] || (first=$1 && shift && run_backwards "$@" && run_once "$first")
}
round=0
while [ "$round" -lt "$rounds" ]; do
	if [ $((round % 2)) -eq 0 ]; then
		for target in "$@"; do run_once "$target"; done
	else
		run_backwards "$@"
	fi
	round=$((round + 1))
done

names=
for target in "$@"; do names="$names ${target%%=*}"; done
awk -v names="$names" '
	{ if (!($2 in seen)) { seen[$2] = 1; order[++tests] = $2 } n[$1, $2]++; value[$1, $2, n[$1, $2]] = $3; text[$1, $2] = $3 " " $4 }
	function median(name, test,   count, i, j, swap, v) {
		count = n[name, test]
		for (i = 1; i <= count; i++) v[i] = value[name, test, i] + 0
		for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] < v[i]) { swap = v[i]; v[i] = v[j]; v[j] = swap }
		return count ? v[int((count + 1) / 2)] : 0
	}
	END {
		targets = split(names, name, " ")
		printf "| test |"; for (i = 1; i <= targets; i++) printf " %s |", name[i]
		for (i = 1; i < targets; i++) printf " %s/%s |", name[i], name[targets]; print ""
		printf "|---|"; for (i = 1; i < 2 * targets; i++) printf "---:|"; print ""
		for (t = 1; t <= tests; t++) {
			printf "| %s |", order[t]
			for (i = 1; i <= targets; i++) printf " %.0f |", median(name[i], order[t])
			base = median(name[targets], order[t])
			for (i = 1; i < targets; i++) printf " %s |", (base > 0 ? sprintf("%.2f", median(name[i], order[t]) / base) : "-")
			print ""
		}
	}' "$results"
