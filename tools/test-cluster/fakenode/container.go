package fakenode

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"fapi.dev/test-cluster/processes"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const (
	// A kubelet begins at 10 seconds and goes to 5 minutes; the shape is the same.
	firstBackoff, longestBackoff = time.Second, 30 * time.Second
	// After so long a life, the next end counts as the first again.
	steadyAfter = time.Minute
)

// container keeps one program of a pod running as its restart policy says.
type container struct {
	pod       *pod
	spec      corev1.Container
	policy    corev1.RestartPolicy
	mutex     sync.Mutex
	process   *processes.Process
	status    corev1.ContainerStatus
	abandoned bool
}

func newContainer(p *pod, object *corev1.Pod, index int) *container {
	spec := object.Spec.Containers[index]
	c := &container{pod: p, spec: spec, policy: object.Spec.RestartPolicy}
	c.status = corev1.ContainerStatus{
		Name: spec.Name, Image: spec.Image, Started: ptr.To(false),
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}},
	}
	// A node that comes back starts again what it had started before.
	for _, former := range object.Status.ContainerStatuses {
		if former.Name == spec.Name && former.ContainerID != "" {
			c.status.RestartCount = former.RestartCount + 1
		}
	}
	return c
}

// run returns when the container has ended for good.
func (c *container) run(wanted context.Context) {
	for backoff := time.Duration(0); ; {
		began := time.Now()
		process, err := c.start(wanted)
		reason := "CrashLoopBackOff"
		if err == nil {
			c.live(wanted, process)
			if wanted.Err() != nil || c.hasEnded() {
				return
			}
		} else {
			reason = err.reason
			c.wait(reason, err.message)
			backoff = max(backoff, firstBackoff)
		}
		if time.Since(began) > steadyAfter {
			backoff = 0
		}
		// The first restart is at once.
		if backoff > 0 {
			if err == nil {
				c.wait(reason, "back-off restarting failed container")
			}
			if !pause(wanted, backoff) {
				return
			}
		}
		backoff = min(max(2*backoff, firstBackoff), longestBackoff)
		if err == nil {
			c.change(func(status *corev1.ContainerStatus) { status.RestartCount++ })
		}
	}
}

// cannotStart is a reason that a waiting container shows.
type cannotStart struct{ reason, message string }

func (c *container) start(wanted context.Context) (*processes.Process, *cannotStart) {
	if host, _, _ := strings.Cut(c.spec.Image, "/"); strings.HasSuffix(host, ".invalid") {
		return nil, &cannotStart{"ImagePullBackOff", "back-off pulling image " + c.spec.Image + ": no such host"}
	}
	command, err := c.command(wanted)
	if err != nil {
		return nil, &cannotStart{"CreateContainerConfigError", err.Error()}
	}
	log, err := os.OpenFile(c.pod.logFile(c.spec.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, &cannotStart{"CreateContainerError", err.Error()}
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	process, err := processes.Start(command)
	if err != nil {
		return nil, &cannotStart{"RunContainerError", err.Error()}
	}
	c.change(func(status *corev1.ContainerStatus) {
		c.process = process
		status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}
		status.ContainerID, status.ImageID = fmt.Sprintf("fake://%d", process.PID), "fake://"+c.spec.Image
		status.Started, status.Ready = ptr.To(c.spec.StartupProbe == nil), c.spec.StartupProbe == nil && c.spec.ReadinessProbe == nil
	})
	return process, nil
}

// live returns when the program has ended, by itself, by a failed probe, or because nobody wants it any more.
func (c *container) live(wanted context.Context, process *processes.Process) {
	probing, cancel := context.WithCancel(wanted)
	sick := make(chan struct{}, 1)
	probes := sync.WaitGroup{}
	probes.Go(func() { c.probeAll(probing, sick) })
	select {
	case <-process.Done:
	case <-sick:
		c.end(process)
	case <-wanted.Done():
		c.end(process)
	}
	<-process.Done
	cancel()
	probes.Wait()
	processes.KillOrphans()
	code, signal := process.Ending()
	c.change(func(status *corev1.ContainerStatus) {
		ended := &corev1.ContainerStateTerminated{
			ExitCode: code, Signal: signal, Reason: "Error", ContainerID: status.ContainerID, StartedAt: status.State.Running.StartedAt, FinishedAt: metav1.Now(),
		}
		if code == 0 {
			ended.Reason = "Completed"
		} else if c.spec.TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError {
			ended.Message = lastWords(c.pod.logFile(c.spec.Name))
		}
		c.process = nil
		status.State = corev1.ContainerState{Terminated: ended}
		status.Ready, status.Started = false, ptr.To(false)
	})
}

// end asks the program to end, and kills it after its pod's grace.
func (c *container) end(process *processes.Process) {
	object := c.pod.object()
	grace := ptr.Deref(object.DeletionGracePeriodSeconds, ptr.Deref(object.Spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds))
	c.mutex.Lock()
	if c.abandoned {
		grace = 0
	}
	c.mutex.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(grace)*time.Second)
	defer cancel()
	if hook := c.spec.Lifecycle; grace > 0 && hook != nil && hook.PreStop != nil && hook.PreStop.Sleep != nil {
		select {
		case <-process.Done:
		case <-ctx.Done():
		case <-time.After(time.Duration(hook.PreStop.Sleep.Seconds) * time.Second):
		}
	}
	if grace > 0 {
		process.Signal(syscall.SIGTERM)
	}
	select {
	case <-process.Done:
	case <-ctx.Done():
		process.Kill()
	case <-c.pod.gone:
		process.Kill()
	}
}

func (c *container) abandon() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.abandoned = true
	if c.process != nil {
		c.process.Signal(syscall.SIGKILL)
	}
}

func (c *container) running() *processes.Process {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.process
}

func (c *container) hasEnded() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	ended := c.status.State.Terminated
	return c.policy == corev1.RestartPolicyNever || c.policy == corev1.RestartPolicyOnFailure && ended != nil && ended.ExitCode == 0
}

func (c *container) wait(reason, message string) {
	c.change(func(status *corev1.ContainerStatus) {
		status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	})
}

// change keeps the last end beside what follows it, and has the pod report.
func (c *container) change(edit func(status *corev1.ContainerStatus)) {
	c.mutex.Lock()
	former := c.status.State
	edit(&c.status)
	if former.Terminated != nil && c.status.State.Terminated == nil {
		c.status.LastTerminationState = former
	}
	c.mutex.Unlock()
	c.pod.touch()
}

func lastWords(file string) string {
	log, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(log[max(0, len(log)-2048):])
}
