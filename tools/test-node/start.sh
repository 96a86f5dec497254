#!/usr/bin/env bash
# start.sh CONTROL_PLANE PROGRAMS STATE IMAGES: a Kubernetes cluster with one real node (kubelet, containerd, runc,
# kube-proxy) that holds the images of a folder (OCI layout). Prints "READY <kubeconfig>" and lives until SIGTERM, until its
# standard input ends, or until a part of it dies.
#
# Everything is in network, process and mount namespaces of its own: one kill takes away processes, pods, mounts, links and
# packet rules. This machine sees one link and two routes, to the addresses of pods and of Services. One cluster at a time.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
export NODE_NET=10.254.0 POD_NET=10.244.0 SERVICE_NET=10.96.0
state=$(realpath -m "$3")
mkdir -p "$state"
id=fapinode main= watch=
stop() {
  trap - EXIT; trap '' INT TERM; set +e
  # It would tell somebody else who got our number.
  [ -z "$watch" ] || kill -KILL "$watch" 2>/dev/null
  # Process 1 of the namespaces goes with it, and with that one all below.
  [ -z "$main" ] || { kill -KILL "$main"; wait "$main"; } 2>/dev/null
  ip link del "$id" 2>/dev/null; ip netns del "$id" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10; do # Empty control groups stay behind otherwise.
    [ -n "$(find /sys/fs/cgroup -depth -type d -path "*/$id*" -exec rmdir {} \; -print 2>/dev/null)" ] || break
    sleep 0.2
  done
  exit "$1"
}
trap 'stop 1' EXIT; trap 'stop 0' INT TERM
if ip netns list | grep -q "^$id\b"; then # Left by a run that was killed: nothing of it lives.
  if [ -n "$(ip netns pids "$id")" ]; then echo "another test node runs on this machine" >&2; trap - EXIT; exit 3; fi
  ip link del "$id" 2>/dev/null || true; ip netns del "$id"
fi
ip netns add "$id"
ip link add "$id" type veth peer name node0 netns "$id"
ip addr add "$NODE_NET.2/30" dev "$id"; ip link set "$id" up
# Not "ip netns exec": that one mounts a new /sys, and so hides the control groups.
setpriv --pdeathsig KILL nsenter --net="/run/netns/$id" \
  unshare --mount --propagation private --pid --fork --kill-child=KILL --mount-proc bash "$here/inside.sh" "$@" < /dev/null &
main=$!
for _ in $(seq 50); do ip route add "$POD_NET.0/24" via "$NODE_NET.1" 2>/dev/null && break; sleep 0.1; done
ip route add "$SERVICE_NET.0/16" via "$NODE_NET.1"
# Whoever started us is gone when this ends.
(cat > /dev/null; kill -TERM $$ 2>/dev/null) <&0 &
watch=$!
wait "$main"
