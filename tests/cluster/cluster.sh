#!/bin/bash
# docs/cluster for real: a Slurm on this machine (munge, slurmctld, slurmd), started for the test alone, gets a night in four parts of which one is
# killed half-way and put back into the queue; then the same by GNU parallel. What is published is compared with one run, byte for byte.
# Nothing is skipped: a daemon that does not start fails the test, with its log.
. tests/tap.sh

root=$(pwd)
host=$(hostname -s)
export PATH=$tmp/bin:$PATH SLURM_CONF=$tmp/slurm.conf
pids=()
cleanup() {
    [ ! -e "$SLURM_CONF" ] || scancel --user="$(id -un)" 2>/dev/null
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null
        wait "${pids[i]}" 2>/dev/null
    done
}
# show_logs: why a daemon did not start, or what became of the jobs.
show_logs() { tail -n 40 "$tmp"/*.log "$tmp"/slurm-*.out 2>/dev/null; }
# eventually SECONDS COMMAND...: looks four times a second whether the command does.
eventually() {
    local n=$(($1 * 4))
    shift
    until "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ "$n" -gt 0 ] || { show_logs; return 1; }
        sleep 0.25
    done
}

# ── the night that is to come out ──
"$BUILD/make_fixtures" --units 24 --years 2 --seed 12 -o "$tmp/activity.db" || exit 2
mkdir "$tmp/bin"
job() { # OUT: a job file
    cat >"$1.xml" <<XML
<job xmlns="urn:shuzhi:job:1">
  <db>$tmp/activity.db</db><scheme>$root/$scheme</scheme><fonts>$root/fonts/fonts.xml</fonts>
  <layout>$root/layouts/card.xml</layout><layout>$root/layouts/ranking.xml</layout>
  <out>$1</out><year>2020</year>
</job>
XML
}
for name in whole slurm parallel; do job "$tmp/$name"; done
check "a run of the whole" "$shuzhi" run --job "$tmp/whole.xml" --progress never
published() { (cd "$1/2020" && find . -type f ! -path './report*' ! -name state.db ! -name .lock -exec sha256sum {} + | sort -k2); }
same() { diff <(published "$tmp/whole") <(published "$1"); }

# The program that the jobs find: shard 2 is killed with all its processes, when some of its documents have their names, the first time that it is run.
real=$root/$shuzhi
[ "${shuzhi#/}" = "$shuzhi" ] || real=$shuzhi
disturb=$root/$BUILD/tests/crash/disturb
[ "${BUILD#/}" = "$BUILD" ] || disturb=$BUILD/tests/crash/disturb
cat >"$tmp/bin/shuzhi" <<SH
#!/bin/bash
case " \$* " in
*" --shard 2/4 "*)
    if mkdir "$tmp/struck" 2>/dev/null; then
        mkdir -p "$tmp/slurm/2020/shards/2-of-4" "$tmp/scratch"
        "$disturb" --dir "$tmp/slurm/2020/shards/2-of-4" --kill 6 --kind name --scratch "$tmp/scratch" --log "$tmp/calls.log" "$real" "\$@"
        code=\$?
        ls "$tmp/slurm/2020/shards/2-of-4" >"$tmp/left"
        exit \$code
    fi ;;
esac
exec "$real" "\$@"
SH
chmod +x "$tmp/bin/shuzhi"

# ── Slurm ──
port=$((20000 + $$ % 20000))
mkdir "$tmp/munge" "$tmp/ctl" "$tmp/d"
chmod 0711 "$tmp"
chmod 0755 "$tmp/munge"
head -c 64 /dev/urandom >"$tmp/munge/key" && chmod 0400 "$tmp/munge/key"
cat >"$SLURM_CONF" <<CONF
ClusterName=shuzhi
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$tmp/munge/socket
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$tmp/ctl
SlurmdSpoolDir=$tmp/d
SlurmctldPidFile=$tmp/ctl/pid
SlurmdPidFile=$tmp/d/pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MinJobAge=600
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=night Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
# slurmd looks for the system's control groups, used or not, and ends where a container has none; this kind it does not look for.
echo CgroupPlugin=cgroup/v1 >"$tmp/cgroup.conf"
start() { "$@" >>"$tmp/daemons.log" 2>&1 & pids+=($!); }
start munged --foreground --force --key-file="$tmp/munge/key" --socket="$tmp/munge/socket" --pid-file="$tmp/munge/pid" \
    --log-file="$tmp/munged.log" --seed-file="$tmp/munge/seed"
check "munge is there" eventually 20 munge --socket="$tmp/munge/socket" --no-input
start slurmctld -D
check "slurmctld is there" eventually 30 scontrol ping
start slurmd -D
is_idle() { sinfo --noheader --format=%t | grep -q '^idle$'; }
check "the node is there" eventually 30 is_idle
[ "$bad" -eq 0 ] || done_testing # nothing would come of the rest

merge=
submit() { merge=$(docs/cluster/slurm.sh 4 "$tmp/slurm.xml" --output="$tmp/slurm-%A-%a.out") && [ -n "$merge" ]; }
check "three steps are submitted" submit
state() { scontrol show job "$merge" | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p'; }
has_ended() { case $(state) in COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL | OUT_OF_MEMORY) ;; *) return 1 ;; esac }
# After a requeue Slurm keeps a job for a while (BeginTime): two minutes, as it comes.
check "the merge has ended" eventually 300 has_ended
completed() { [ "$(state)" = COMPLETED ] || { scontrol show job "$merge"; show_logs; return 1; }; }
check "it went well" completed
check "a task was killed half-way: it had published some of its documents" grep -q '^[^.].*\.pdf$' "$tmp/left"
check "and had not been carried through" test -z "$(grep ledger "$tmp/left")"
requeued() { grep -h 'exit code 137, once more' "$tmp"/slurm-*.out || { show_logs; return 1; }; }
check "it was put back into the queue" requeued
check "what is published is what one run publishes" same "$tmp/slurm"
check "nothing is left of the shards" test ! -e "$tmp/slurm/2020/shards"

# ── GNU parallel ──
rm -rf "$tmp/struck"
mkdir "$tmp/struck" # nothing is killed now
check "the night by GNU parallel" docs/cluster/parallel.sh 4 "$tmp/parallel.xml" --jobs 2
check "what is published is what one run publishes" same "$tmp/parallel"

done_testing
