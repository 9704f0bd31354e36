#!/bin/bash
# One shard of a night, as a task of a Slurm array 1-N; slurm.sh submits it. Needs SHUZHI_JOB, the job file.
#SBATCH --job-name=shuzhi-shard
#SBATCH --requeue
#SBATCH --open-mode=append

code=0
shuzhi run --job "$SHUZHI_JOB" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" --progress never || code=$?
case $code in
0 | 20) # 20: some units failed, as the merge will say
    exit 0
    ;;
75 | 12[89] | 1[3-9][0-9]) # not now, or killed by a signal: three times more, each going on where the last was ended
    if [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
        echo "shard $SLURM_ARRAY_TASK_ID: exit code $code, once more" >&2
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    fi
    ;;
esac
exit "$code" # a mistake in data or configuration comes again however often it is tried
