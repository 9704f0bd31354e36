#!/bin/bash
# A night in N parts on Slurm: the numbers, an array of shards, the merge, each when the one before has gone well. Prints the number of the
# merge's job, whose exit code is the night's.
#
#   docs/cluster/slurm.sh N /etc/shuzhi/job.xml [OPTIONS OF SBATCH...]
#
# The job file's paths must be the same on every node, its <out> on a file system that all of them share.
set -eu
shards=$1
export SHUZHI_JOB=$2
shift 2
here=$(dirname "$(readlink -f "$0")")

assess=$(sbatch --parsable "$@" --job-name=shuzhi-assess --requeue \
    --wrap 'exec shuzhi assess --job "$SHUZHI_JOB" --progress never')
array=$(sbatch --parsable "$@" --dependency="afterok:$assess" --kill-on-invalid-dep=yes --array="1-$shards" "$here/slurm-shard.sh")
sbatch --parsable "$@" --dependency="afterok:$array" --kill-on-invalid-dep=yes --job-name=shuzhi-merge \
    --wrap "exec shuzhi merge --job \"\$SHUZHI_JOB\" --shards $shards --progress never"
