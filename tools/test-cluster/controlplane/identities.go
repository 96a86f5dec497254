package controlplane

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// identities are the users of the token file, each with a kubeconfig's bytes.
type identities struct {
	seed   []byte
	server string
	ca     []byte
}

// Names and groups as a real cluster has them. Only the controller manager has more rights than there: its controllers
// share one name instead of taking a token each from the API server.
func users() map[string][2]string {
	all := map[string][2]string{
		"admin":       {"admin", "system:masters"},
		"controllers": {"system:kube-controller-manager", "system:masters"},
		"scheduler":   {"system:kube-scheduler", ""},
	}
	for index := 1; index <= 9; index++ {
		name := fmt.Sprintf("fake-%d", index)
		all[name] = [2]string{"system:node:" + name, "system:nodes"}
	}
	return all
}

func writeIdentities(dir, server string) (*identities, error) {
	ca, err := writeCertificates(dir)
	if err != nil {
		return nil, err
	}
	own := &identities{seed: make([]byte, 32), server: server, ca: ca}
	_, _ = rand.Read(own.seed)
	var tokens strings.Builder
	for key, user := range users() {
		fmt.Fprintf(&tokens, "%s,%s,%s,%q\n", own.token(key), user[0], user[0], user[1])
	}
	if err := os.WriteFile(filepath.Join(dir, "tokens.csv"), []byte(tokens.String()), 0o600); err != nil {
		return nil, err
	}
	for _, key := range []string{"admin", "controllers", "scheduler"} {
		if err := os.WriteFile(filepath.Join(dir, key+".kubeconfig"), own.kubeconfig(key), 0o600); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// NodeConfig is how a node of that name talks to the API server: with a node's rights, and without a limit of its own.
func (p *Plane) NodeConfig(node string) (*rest.Config, error) {
	if _, ok := users()[node]; !ok || !strings.HasPrefix(node, "fake-") {
		return nil, fmt.Errorf("no node %q: they are called fake-1 to fake-9", node)
	}
	return p.config(node)
}

func (p *Plane) config(key string) (*rest.Config, error) {
	config, err := clientcmd.RESTConfigFromKubeConfig(p.identities.kubeconfig(key))
	if err == nil {
		config.QPS = -1
	}
	return config, err
}

func (i *identities) token(key string) string {
	sum := sha256.Sum256(append([]byte(key), i.seed...))
	return hex.EncodeToString(sum[:16])
}

// kubeconfig is JSON, which is YAML.
func (i *identities) kubeconfig(key string) []byte {
	named := func(kind string, value map[string]any) []any {
		return []any{map[string]any{"name": "test", kind: value}}
	}
	config, _ := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": "test",
		"clusters": named("cluster", map[string]any{"server": i.server, "certificate-authority-data": i.ca}),
		"users":    named("user", map[string]any{"token": i.token(key)}),
		"contexts": named("context", map[string]any{"cluster": "test", "user": "test"}),
	})
	return config
}
