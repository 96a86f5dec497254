// Package controlplane runs etcd, the API server, the controller manager and the scheduler as processes of this program.
package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"

	"fapi.dev/test-cluster/processes"
)

// Plane is one control plane on loopback addresses, with its state in one folder.
type Plane struct {
	URL        string
	Kubeconfig string // of an administrator
	AuditLog   string
	// Died gets one error when a component ends that nobody stopped.
	Died chan error

	dir        string
	arguments  map[string][]string
	identities *identities
	mutex      sync.Mutex
	running    map[string]*processes.Process
}

// In the order of their start.
var componentNames = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}

// New writes keys, certificates and configuration into an existing folder and picks free ports. Nothing runs yet.
func New(dir string) (*Plane, error) {
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	p := &Plane{
		URL: fmt.Sprintf("https://127.0.0.1:%d", ports[0]), Kubeconfig: filepath.Join(dir, "admin.kubeconfig"), AuditLog: filepath.Join(dir, "audit.log"),
		Died: make(chan error, len(componentNames)), dir: dir, running: map[string]*processes.Process{},
	}
	if p.identities, err = writeIdentities(dir, p.URL); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "audit-policy.yaml"), []byte(auditPolicy), 0o600); err != nil {
		return nil, err
	}
	p.arguments = arguments(dir, ports)
	return p, nil
}

// Start starts all of them and returns when the API server is ready.
func (p *Plane) Start(ctx context.Context) error {
	// The other two wait for the API server by themselves: their own start costs as much, and overlaps.
	for _, name := range componentNames {
		if err := p.start(name); err != nil {
			return err
		}
	}
	return p.waitUntilReady(ctx)
}

// StartComponent starts a stopped component; of the API server it waits for its readiness.
func (p *Plane) StartComponent(ctx context.Context, name string) error {
	if err := p.start(name); err != nil {
		return err
	}
	if name == "kube-apiserver" {
		return p.waitUntilReady(ctx)
	}
	return nil
}

// StopComponent kills a component, without a goodbye, until StartComponent.
func (p *Plane) StopComponent(name string) error {
	process, err := p.find(name)
	if err != nil {
		return err
	}
	p.mutex.Lock()
	delete(p.running, name)
	p.mutex.Unlock()
	process.Signal(syscall.SIGCONT)
	process.Kill()
	return nil
}

// PauseComponent freezes a component: it keeps its connections and says nothing, until ResumeComponent.
func (p *Plane) PauseComponent(name string) error { return p.signal(name, syscall.SIGSTOP) }

func (p *Plane) ResumeComponent(name string) error { return p.signal(name, syscall.SIGCONT) }

// Kill ends all components; the last started first.
func (p *Plane) Kill() {
	for index := len(componentNames) - 1; index >= 0; index-- {
		_ = p.StopComponent(componentNames[index])
	}
}

func (p *Plane) start(name string) error {
	arguments, ok := p.arguments[name]
	if !ok {
		return fmt.Errorf("no component %q", name)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.running[name] != nil {
		return fmt.Errorf("%s runs already", name)
	}
	log, err := os.OpenFile(p.logFile(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	// Not os.Executable: the file may have been replaced or removed since we were started.
	command := exec.Command("/proc/self/exe", append([]string{name}, arguments...)...)
	command.Args[0] = "test-cluster"
	command.Dir, command.Stdout, command.Stderr = p.dir, log, log
	process, err := processes.Start(command)
	if err != nil {
		return err
	}
	p.running[name] = process
	go func() {
		<-process.Done
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if p.running[name] == process {
			delete(p.running, name)
			code, _ := process.Ending()
			p.Died <- fmt.Errorf("%s ended with %d; its last words:\n%s", name, code, p.lastWords(name))
		}
	}()
	return nil
}

func (p *Plane) signal(name string, signal syscall.Signal) error {
	process, err := p.find(name)
	if err != nil {
		return err
	}
	process.Signal(signal)
	return nil
}

func (p *Plane) find(name string) (*processes.Process, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if process := p.running[name]; process != nil {
		return process, nil
	}
	return nil, fmt.Errorf("%q does not run", name)
}

func (p *Plane) logFile(name string) string { return filepath.Join(p.dir, name+".log") }

func (p *Plane) lastWords(name string) string {
	log, err := os.ReadFile(p.logFile(name))
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-2000):])
}
