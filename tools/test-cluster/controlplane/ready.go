package controlplane

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

const patience = 2 * time.Minute

func (p *Plane) waitUntilReady(ctx context.Context) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	return p.wait(ctx, "the API server's /readyz", func() bool {
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil
	})
}

// WaitUntilUsable waits until pods can be made and bound: the controller manager writes the default service account, and
// takes from each new node the taint that it is not ready.
func (p *Plane) WaitUntilUsable(ctx context.Context) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	return p.wait(ctx, "the default service account and nodes without taints", func() bool {
		nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false
		}
		for _, node := range nodes.Items {
			if len(node.Spec.Taints) > 0 {
				return false
			}
		}
		_, err = client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
}

func (p *Plane) client() (kubernetes.Interface, error) {
	config, err := p.config("admin")
	if err != nil {
		return nil, err
	}
	config.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(config)
}

// wait asks until it is so, or a component has died.
func (p *Plane) wait(ctx context.Context, what string, isSo func() bool) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); ; {
		select {
		case err := <-p.Died:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-end:
			return fmt.Errorf("%v were not enough for %s; the API server's last words:\n%s", patience, what, p.lastWords("kube-apiserver"))
		case <-tick.C:
			if isSo() {
				return nil
			}
		}
	}
}
