package fakenode

import (
	"context"
	"sync"
	"time"

	"fapi.dev/test-cluster/processes"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

type node struct {
	name   string
	host   *Host
	client kubernetes.Interface
	cancel context.CancelFunc
	work   sync.WaitGroup
	mutex  sync.Mutex
	pods   map[types.UID]*pod
}

func startNode(ctx context.Context, host *Host, name string, config *rest.Config) (*node, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	n := &node{name: name, host: host, client: client, cancel: cancel, pods: map[types.UID]*pod{}}
	if err := n.register(ctx); err != nil {
		cancel()
		return nil, err
	}
	n.work.Go(func() { n.beat(ctx) })
	own := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "pods", metav1.NamespaceAll, fields.OneTermEqualSelector("spec.nodeName", name))
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: own, ObjectType: &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc: func(object any) { n.see(ctx, object.(*corev1.Pod)) },
			UpdateFunc: func(former, object any) {
				// A pod of the same name may have taken its place between two lists.
				if former.(*corev1.Pod).UID != object.(*corev1.Pod).UID {
					n.forget(former)
				}
				n.see(ctx, object.(*corev1.Pod))
			},
			DeleteFunc: n.forget,
		},
	})
	n.work.Go(func() { informer.Run(ctx.Done()) })
	return n, nil
}

// see hands a pod's newest state to its keeper, who is made at first sight.
func (n *node) see(ctx context.Context, object *corev1.Pod) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if known := n.pods[object.UID]; known != nil {
		known.tell(object)
		return
	}
	if ended(object) {
		return
	}
	kept := newPod(n, object)
	n.pods[object.UID] = kept
	n.work.Go(func() {
		kept.keep(ctx)
		n.mutex.Lock()
		defer n.mutex.Unlock()
		delete(n.pods, object.UID)
	})
}

// forget ends a pod whose object is gone: nobody waits for its grace.
func (n *node) forget(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	gone, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if known := n.pods[gone.UID]; known != nil {
		known.vanish()
	}
}

func (n *node) processesOf(namespace, name string) (all []*processes.Process) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, pod := range n.pods {
		if pod.namespace == namespace && pod.name == name {
			for _, container := range pod.containers {
				if process := container.running(); process != nil {
					all = append(all, process)
				}
			}
		}
	}
	return all
}

func (n *node) kill() {
	n.cancel()
	n.work.Wait()
	processes.KillOrphans()
}

// pause waits, and answers false when the wait was cut short.
func pause(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
