package controlplane

import (
	"fmt"
	"net"
	"path/filepath"
)

// arguments are those of each component; ports are free ones: API server, etcd's clients, etcd's peers.
func arguments(dir string, ports []int) map[string][]string {
	file := func(name string) string { return filepath.Join(dir, name) }
	etcd, peer := fmt.Sprintf("http://127.0.0.1:%d", ports[1]), fmt.Sprintf("http://127.0.0.1:%d", ports[2])
	return map[string][]string{
		"etcd": {
			"--name=one", "--data-dir=" + file("etcd"), "--log-level=warn", "--unsafe-no-fsync=true",
			"--listen-client-urls=" + etcd, "--advertise-client-urls=" + etcd,
			"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=one=" + peer,
		},
		"kube-apiserver": {
			"--etcd-servers=" + etcd, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", ports[0]),
			"--tls-cert-file=" + file("server.crt"), "--tls-private-key-file=" + file("server.key"),
			"--token-auth-file=" + file("tokens.csv"), "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=false",
			"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + file("accounts.pub"), "--service-account-signing-key-file=" + file("accounts.key"),
			"--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none", "--profiling=false",
			// In blocking mode, its default, a call is in the log before its answer is on the way.
			"--audit-policy-file=" + file("audit-policy.yaml"), "--audit-log-path=" + file("audit.log"),
			// A lost node's pods are given up after 5 minutes by default: too long to wait for in a test.
			"--default-not-ready-toleration-seconds=3", "--default-unreachable-toleration-seconds=3",
		},
		"kube-controller-manager": {
			"--kubeconfig=" + file("controllers.kubeconfig"), "--leader-elect=false", "--secure-port=0", "--profiling=false",
			"--service-account-private-key-file=" + file("accounts.key"), "--root-ca-file=" + file("ca.crt"),
			"--node-monitor-period=1s", "--node-monitor-grace-period=12s",
		},
		"kube-scheduler": {"--kubeconfig=" + file("scheduler.kubeconfig"), "--leader-elect=false", "--secure-port=0", "--profiling=false"},
	}
}

// The control plane's own calls are left out: what a test asks for is who of its own called what. A watch is logged when it
// begins, everything else when it has been answered.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:anonymous"]
  - level: None
    userGroups: ["system:nodes"]
  - level: Metadata
`

// freePorts holds all of them open at once, so that they differ.
func freePorts(count int) (ports []int, err error) {
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
