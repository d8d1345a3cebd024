# Runs PostgreSQL until it ends or standard input closes: $@ is the server's command line.
# The owner holds the other end of standard input, so the server ends when its owner does, in
# whatever way that happens.
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!

(
    while read -r _ <&3; do :; done
    kill -INT "$server" # fast shutdown: ends sessions, writes a checkpoint
    tenths=0
    while [ $tenths -lt 60 ] && kill -0 "$server"; do
        sleep 0.1
        tenths=$((tenths + 1))
    done
    kill -QUIT "$server" # immediate shutdown: recovery at the next start
    sleep 1
    kill -KILL "$server"
) 2>/dev/null &
watcher=$!
exec 3<&-

trap 'kill -INT "$server" 2>/dev/null' TERM INT HUP
status=0
wait "$server" || status=$?
while kill -0 "$server" 2>/dev/null; do # a trapped signal ends wait early
    wait "$server" || status=$?
done
kill "$watcher" 2>/dev/null
exit "$status"
