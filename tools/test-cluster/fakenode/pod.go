package fakenode

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/util/pod"
	"k8s.io/utils/ptr"
)

const retryEvery = 200 * time.Millisecond

// pod keeps one pod bound to the node: its folder, its address, its containers and its status.
type pod struct {
	node            *node
	namespace, name string
	dir             string
	address         string
	containers      []*container
	gone            chan struct{} // closed when the object is no more
	changed         chan struct{} // something may have to be reported
	mutex           sync.Mutex
	newest          *corev1.Pod
}

func newPod(n *node, object *corev1.Pod) *pod {
	p := &pod{
		node: n, namespace: object.Namespace, name: object.Name, newest: object, address: n.host.addresses.take(),
		dir: filepath.Join(n.host.dir, string(object.UID)), gone: make(chan struct{}), changed: make(chan struct{}, 1),
	}
	for index := range object.Spec.Containers {
		p.containers = append(p.containers, newContainer(p, object, index))
	}
	return p
}

func (p *pod) tell(object *corev1.Pod) {
	p.mutex.Lock()
	p.newest = object
	p.mutex.Unlock()
	p.touch()
}

func (p *pod) vanish() {
	select {
	case <-p.gone:
	default:
		close(p.gone)
	}
}

func (p *pod) touch() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *pod) object() *corev1.Pod {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.newest
}

// keep lives as long as the pod; ctx is the node's life.
func (p *pod) keep(ctx context.Context) {
	wanted, unwant := context.WithCancel(context.Background())
	defer unwant()
	if p.object().DeletionTimestamp != nil {
		// Deleted while the node was away, or before it knew: nothing is started any more.
		unwant()
	}
	var work sync.WaitGroup
	work.Go(func() {
		if wanted.Err() == nil {
			p.run(wanted)
		}
	})
	allEnded := make(chan struct{})
	go func() {
		work.Wait()
		close(allEnded)
	}()
	defer p.node.host.addresses.give(p.address)
	for {
		select {
		case <-ctx.Done():
			// The folder stays: a machine that comes back has its disk.
			p.kill(unwant, allEnded)
			return
		case <-p.gone:
			p.kill(unwant, allEnded)
			p.removeFolder()
			return
		case <-allEnded:
			// A closed channel would be read again and again; no channel never is.
			allEnded = nil
		case <-p.changed:
		}
		if p.object().DeletionTimestamp != nil {
			unwant()
		}
		if allEnded == nil && p.finish(ctx) {
			p.removeFolder()
			return
		}
		if allEnded != nil && !p.report(ctx) {
			time.AfterFunc(retryEvery, p.touch)
		}
	}
}

// run makes the volumes and then lives as long as the containers.
func (p *pod) run(wanted context.Context) {
	for {
		err := p.makeVolumes(wanted)
		if err == nil {
			break
		}
		for _, container := range p.containers {
			container.wait("ContainerCreating", err.Error())
		}
		if !pause(wanted, retryEvery) {
			return
		}
	}
	var work sync.WaitGroup
	for _, container := range p.containers {
		work.Go(func() { container.run(wanted) })
	}
	work.Wait()
}

// finish reports the end and, of a pod that is to be deleted, lets the object go; false: there is more to do.
func (p *pod) finish(ctx context.Context) bool {
	if !p.report(ctx) {
		time.AfterFunc(retryEvery, p.touch)
		return false
	}
	object := p.object()
	if object.DeletionTimestamp == nil {
		return ended(object)
	}
	err := p.node.client.CoreV1().Pods(p.namespace).Delete(ctx, p.name, metav1.DeleteOptions{
		GracePeriodSeconds: ptr.To[int64](0), Preconditions: &metav1.Preconditions{UID: &object.UID},
	})
	if err == nil || errors.IsNotFound(err) || errors.IsConflict(err) {
		return true
	}
	time.AfterFunc(retryEvery, p.touch)
	return false
}

func (p *pod) kill(unwant func(), allEnded <-chan struct{}) {
	for _, container := range p.containers {
		container.abandon()
	}
	unwant()
	if allEnded != nil {
		<-allEnded
	}
}

// report writes the status where it differs; false when the API server did not take it.
func (p *pod) report(ctx context.Context) bool {
	object := p.object()
	updated, _, unchanged, err := podutil.PatchPodStatus(ctx, p.node.client, p.namespace, p.name, object.UID, object.Status, p.status(object))
	if err != nil || unchanged {
		return err == nil || errors.IsNotFound(err) || ctx.Err() != nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	// What came by the watch meanwhile may be newer; if it is older, the watch brings this one too.
	if p.newest == object {
		p.newest = updated
	}
	return true
}

func (p *pod) removeFolder() { _ = os.RemoveAll(p.dir) }

func (p *pod) logFile(container string) string {
	return filepath.Join(p.node.host.dir, fmt.Sprintf("%s_%s_%s.log", p.namespace, p.name, container))
}
