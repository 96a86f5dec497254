// A Kubernetes control plane in one program: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and `up`, which
// starts them with nodes that run pods as plain processes. README.md says what is real and what is played.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"

	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// Linked together, yet each runs as a process of its own: they keep process-wide state (feature gates, metrics, signals).
var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
}

func main() {
	if len(os.Args) < 2 {
		fail(2, "usage: test-cluster up | etcd | kube-apiserver | kube-controller-manager | kube-scheduler [flags]")
	}
	name := os.Args[1]
	os.Args = append([]string{name}, os.Args[2:]...)
	switch name {
	case "up":
		if err := up(os.Args[1:]); err != nil {
			fail(1, "test-cluster up: "+err.Error())
		}
	case "etcd":
		etcdmain.Main(os.Args)
	default:
		newCommand, ok := components[name]
		if !ok {
			fail(2, "test-cluster: no component "+name)
		}
		os.Exit(cli.Run(newCommand()))
	}
}

func fail(code int, sentence string) {
	fmt.Fprintln(os.Stderr, sentence)
	os.Exit(code)
}
