#!/bin/bash
# A night in N parts with GNU parallel: on this machine, or with --sshlogin on several that share <out>. A shard that is killed or finds no room is
# tried three times in all.
#
#   docs/cluster/parallel.sh N /etc/shuzhi/job.xml [OPTIONS OF PARALLEL...]
set -eu
shards=$1 job=$2
shift 2
shuzhi assess --job "$job" --progress never
parallel "$@" --halt now,fail=1 --retries 3 \
    shuzhi run --job "$job" --shard "{}/$shards" --jobs 1 --progress never '||' '[ $? -eq 20 ]' ::: $(seq "$shards")
exec shuzhi merge --job "$job" --shards "$shards" --progress never
