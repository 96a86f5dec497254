#!/usr/bin/env bash
# Process 1 of the namespaces that start.sh makes; its arguments are those of start.sh.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
plane=$1 programs=$2 state=$(realpath "$3") images=$4
node_ip=$NODE_NET.1 pids=()
mkdir -p "$state"/{log,tls,etcd,cni,containerd,kubelet,volumes/{nats,postgres}}
bg() { local name=$1; shift; "$@" > "$state/log/$name.log" 2>&1 & pids+=("$!:$name"); }
alive() { for p in "${pids[@]}"; do kill -0 "${p%%:*}" 2>/dev/null || { echo "${p#*:} ended; its last words:" >&2; tail -n 20 "$state/log/${p#*:}.log" >&2; exit 1; }; done; }
until_() { until "$@" > /dev/null 2>&1; do alive; sleep 0.1; done; }
fill() { sed -e "s#@STATE@#$state#g; s#@NODE_IP@#$node_ip#g; s#@POD_NET@#$POD_NET#g; s#@SERVICE_NET@#$SERVICE_NET#g" "$here/config/$1" > "$state/$1"; }

# Private places for what the parts write outside of the state; paths of sockets are short (107 characters at most).
for folder in /run /var/lib/kubelet /var/lib/cni /var/log/containers; do mkdir -p "$folder"; mount -t tmpfs tmpfs "$folder"; done
# The kubelet wants these settings of the kernel and would change them for the whole machine: it is shown what it wants to see.
while read -r file value; do
  echo "$value" > "/run/s-${file//\//-}"; mount --bind "/run/s-${file//\//-}" "/proc/sys/$file"
done <<'S'
vm/overcommit_memory 1
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
S
ip link set lo up; ip addr add "$node_ip/30" dev node0; ip link set node0 up; ip route add default via "$NODE_NET.2"
echo 1 > /proc/sys/net/ipv4/ip_forward

# All pods below a control group of their own, in each hierarchy that this machine has.
for hierarchy in /sys/fs/cgroup $(find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d); do
  [ -e "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/fapinode"
  for file in cpuset.cpus cpuset.mems; do [ ! -w "$hierarchy/fapinode/$file" ] || [ ! -e "$hierarchy/$file" ] || cat "$hierarchy/$file" > "$hierarchy/fapinode/$file"; done
done

# Keys: an authority; the API server; and the API server as a client of the kubelet. The key of service accounts.
tls=$state/tls
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$tls/$1.key"; }
sign() { # NAME SUBJECT EXTENSIONS
  key "$1"
  openssl req -new -key "$tls/$1.key" -subj "$2" | openssl x509 -req -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 30 -out "$tls/$1.crt" -extfile <(printf '%s' "$3") 2>/dev/null
}
key ca; openssl req -x509 -new -key "$tls/ca.key" -subj /CN=test-node -days 30 -out "$tls/ca.crt"
sign server /CN=kube-apiserver "subjectAltName=IP:$node_ip,IP:$SERVICE_NET.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"$'\nextendedKeyUsage=serverAuth'
sign kubelet-client "/O=system:masters/CN=kube-apiserver-kubelet-client" 'extendedKeyUsage=clientAuth'
key accounts; openssl ec -in "$tls/accounts.key" -pubout -out "$tls/accounts.pub" 2>/dev/null
: > "$state/tokens.csv"
user() { # NAME USER GROUP: a token, and a kubeconfig (JSON is YAML)
  local token; token=$(openssl rand -hex 16)
  echo "$token,$2,$2,\"$3\"" >> "$state/tokens.csv"
  printf '{"apiVersion":"v1","kind":"Config","current-context":"test","clusters":[{"name":"test","cluster":{"server":"https://%s:6443","certificate-authority-data":"%s"}}],"users":[{"name":"test","user":{"token":"%s"}}],"contexts":[{"name":"test","context":{"cluster":"test","user":"test"}}]}' \
    "$node_ip" "$(base64 -w0 "$tls/ca.crt")" "$token" > "$state/$1.kubeconfig"
}
user admin admin system:masters
user controllers system:kube-controller-manager system:masters
user scheduler system:kube-scheduler ''
user node system:node:node-1 system:nodes
user proxy system:kube-proxy ''
chmod 600 "$state"/*.kubeconfig "$state/tokens.csv"
for name in audit-policy.yaml containerd.toml 10-bridge.conflist kubelet.yaml kube-proxy.yaml cluster.yaml; do fill "$name"; done
mv "$state/10-bridge.conflist" "$state/cni/"
printf 'nameserver 127.0.0.1\n' > "$state/resolv.conf"

# As a machine's service manager does it: a containerd that is killed comes back.
bg containerd bash -c "while :; do containerd --config '$state/containerd.toml' || true; sleep 0.5; done"
bg etcd "$plane" etcd --name=one --data-dir="$state/etcd" --log-level=warn --unsafe-no-fsync=true --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
  --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 --initial-cluster=one=http://127.0.0.1:2380
bg kube-apiserver "$plane" kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address="$node_ip" --advertise-address="$node_ip" --secure-port=6443 \
  --tls-cert-file="$tls/server.crt" --tls-private-key-file="$tls/server.key" --client-ca-file="$tls/ca.crt" --token-auth-file="$state/tokens.csv" \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=false --profiling=false \
  --kubelet-preferred-address-types=InternalIP --kubelet-client-certificate="$tls/kubelet-client.crt" --kubelet-client-key="$tls/kubelet-client.key" \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$tls/accounts.pub" --service-account-signing-key-file="$tls/accounts.key" \
  --service-cluster-ip-range="$SERVICE_NET.0/16" --audit-policy-file="$state/audit-policy.yaml" --audit-log-path="$state/audit.log"
bg kube-controller-manager "$plane" kube-controller-manager --kubeconfig="$state/controllers.kubeconfig" --leader-elect=false --secure-port=0 --profiling=false \
  --service-account-private-key-file="$tls/accounts.key" --root-ca-file="$tls/ca.crt"
bg kube-scheduler "$plane" kube-scheduler --kubeconfig="$state/scheduler.kubeconfig" --leader-elect=false --secure-port=0 --profiling=false
kubectl() { "$programs/node" kubectl --kubeconfig "$state/admin.kubeconfig" "$@"; }
until_ ctr -a /run/c.sock version
tar -C "$images" -cf - . | ctr -a /run/c.sock -n k8s.io images import - > "$state/log/import.log" 2>&1
until_ kubectl get --raw /readyz
until_ kubectl apply --server-side -f "$state/cluster.yaml"
bg kubelet "$programs/node" kubelet --config="$state/kubelet.yaml" --kubeconfig="$state/node.kubeconfig" --root-dir="$state/kubelet" --cert-dir="$state/kubelet/pki" --hostname-override=node-1 --node-ip="$node_ip"
bg kube-proxy "$programs/node" kube-proxy --config="$state/kube-proxy.yaml"
until_ kubectl wait --for=condition=Ready node/node-1 --timeout=1s
until_ kubectl -n kube-system wait --for=condition=Available deployment/names --timeout=1s
echo "READY $state/admin.kubeconfig"
while :; do alive; sleep 1; done
