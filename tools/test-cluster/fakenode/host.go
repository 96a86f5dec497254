// Package fakenode plays kubelets: nodes whose pods are plain processes of this machine, each pod at a loopback address of
// its own. README.md of the module says what is true to a kubelet and what is not there.
package fakenode

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"fapi.dev/test-cluster/processes"
	"k8s.io/client-go/rest"
)

// Host is the machine that all nodes share.
type Host struct {
	dir       string
	config    func(node string) (*rest.Config, error)
	addresses *addresses
	mutex     sync.Mutex
	nodes     map[string]*node
}

// NewHost keeps the folders of pods in dir; config answers how the node of a name talks to the API server.
func NewHost(dir string, config func(node string) (*rest.Config, error)) (*Host, error) {
	addresses, err := claimAddresses()
	if err != nil {
		return nil, err
	}
	return &Host{dir: dir, config: config, addresses: addresses, nodes: map[string]*node{}}, os.MkdirAll(dir, 0o700)
}

// StartNode registers a node, or brings a stopped one back: what is bound to it starts again.
func (h *Host) StartNode(ctx context.Context, name string) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.nodes[name] != nil {
		return fmt.Errorf("node %s runs already", name)
	}
	config, err := h.config(name)
	if err != nil {
		return err
	}
	started, err := startNode(ctx, h, name, config)
	if err == nil {
		h.nodes[name] = started
	}
	return err
}

// StopNode is the loss of a machine: its processes are gone at once, and nobody tells the API server.
func (h *Host) StopNode(name string) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	lost := h.nodes[name]
	if lost == nil {
		return fmt.Errorf("node %s does not run", name)
	}
	delete(h.nodes, name)
	lost.kill()
	return nil
}

// Kill ends every node and every pod's processes.
func (h *Host) Kill() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for name, lost := range h.nodes {
		delete(h.nodes, name)
		lost.kill()
	}
}

// KillPod kills the first process of each container of a pod, as a crash does, and answers their process ids.
func (h *Host) KillPod(namespace, name string) ([]int, error) {
	pids := []int{}
	for _, process := range h.processesOf(namespace, name) {
		process.Kill()
		pids = append(pids, process.PID)
	}
	if len(pids) == 0 {
		return nil, fmt.Errorf("no process of %s/%s runs", namespace, name)
	}
	return pids, nil
}

func (h *Host) processesOf(namespace, name string) (all []*processes.Process) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, node := range h.nodes {
		all = append(all, node.processesOf(namespace, name)...)
	}
	return all
}

// PodLog is all that the containers of a pod of that name have written, in this cluster's life.
func (h *Host) PodLog(namespace, name string) (string, error) {
	files, err := filepath.Glob(filepath.Join(h.dir, namespace+"_"+name+"_*.log"))
	if err != nil {
		return "", err
	}
	var log []byte
	for _, file := range files {
		part, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		log = append(log, part...)
	}
	return string(log), nil
}
