// Package processes starts programs that never outlive this one.
package processes

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// Process is a started program; Done is closed once it has ended and its state can be read.
type Process struct {
	PID   int
	Done  chan struct{}
	state *os.ProcessState
}

var (
	// Held while a child is made and entered into `known`, so that the search for orphans never takes a newborn for one.
	mutex  sync.Mutex
	known  = map[int]bool{}
	births = make(chan func())
)

func init() {
	go func() {
		// The kernel sends the death signal when the *thread* that forked ends: this one never does.
		runtime.LockOSThread()
		for birth := range births {
			birth()
		}
	}()
}

// Start runs a command in a process group of its own; kill -9 of this program kills it.
func Start(command *exec.Cmd) (*Process, error) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	process := &Process{Done: make(chan struct{})}
	failed := make(chan error)
	births <- func() {
		mutex.Lock()
		defer mutex.Unlock()
		err := command.Start()
		if err == nil {
			process.PID = command.Process.Pid
			known[process.PID] = true
		}
		failed <- err
	}
	if err := <-failed; err != nil {
		return nil, err
	}
	go func() {
		_ = command.Wait()
		mutex.Lock()
		delete(known, process.PID)
		mutex.Unlock()
		process.state = command.ProcessState
		close(process.Done)
	}()
	return process, nil
}

// Signal is told to the program alone, not to its group. One that has ended hears nothing.
func (p *Process) Signal(signal syscall.Signal) {
	select {
	case <-p.Done:
	default:
		_ = syscall.Kill(p.PID, signal)
	}
}

// Kill ends it at once and waits for it.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.Done
}

// Ending says how it ended: the exit code as a shell tells it (128 + signal), and the signal, 0 for none. Only after Done.
func (p *Process) Ending() (code int32, signal int32) {
	status, ok := p.state.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return 128 + int32(status.Signal()), int32(status.Signal())
	}
	return int32(p.state.ExitCode()), 0
}
