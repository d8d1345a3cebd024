# Runs the command line $@ until it ends or standard input closes.
# The owner holds the other end of standard input, so the program ends when its owner does, in
# whatever way that happens.
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!

(
    while read -r _ <&3; do :; done
    kill -INT "$program" # PostgreSQL's fast shutdown: ends sessions, writes a checkpoint
    tenths=0
    while [ $tenths -lt 60 ] && kill -0 "$program"; do
        sleep 0.1
        tenths=$((tenths + 1))
    done
    kill -QUIT "$program" # PostgreSQL's immediate shutdown: recovery at the next start
    sleep 1
    kill -KILL "$program"
) 2>/dev/null &
watcher=$!
exec 3<&-

trap 'kill -INT "$program" 2>/dev/null' TERM INT HUP
status=0
wait "$program" || status=$?
while kill -0 "$program" 2>/dev/null; do # a trapped signal ends wait early
    wait "$program" || status=$?
done
kill "$watcher" 2>/dev/null
exit "$status"
