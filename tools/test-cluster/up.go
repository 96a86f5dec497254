package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"fapi.dev/test-cluster/controlplane"
	"fapi.dev/test-cluster/fakenode"
	"fapi.dev/test-cluster/processes"
)

// up lives until SIGTERM or SIGINT, until its standard input closes, or until a component dies by itself. It prints one JSON
// line `{"ready": {...}}` and then an answer line for each command line (commands.go).
func up(args []string) error {
	flags := flag.NewFlagSet("up", flag.ExitOnError)
	dir := flags.String("dir", "", "state folder, kept at the end; default: a temporary one, removed at the end")
	nodes := flags.Int("nodes", 1, "how many nodes to play: fake-1, fake-2, ...")
	_ = flags.Parse(args)
	began := time.Now()
	if err := processes.AdoptOrphans(); err != nil {
		return err
	}
	folder, remove, err := stateFolder(*dir)
	if err != nil {
		return err
	}
	defer remove()
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	lines := readLines(cancel)

	plane, err := controlplane.New(folder)
	if err != nil {
		return err
	}
	// Last in, first out: pods, then the control plane, then what of them is left.
	defer processes.KillOrphans()
	defer plane.Kill()
	if err := plane.Start(ctx); err != nil {
		return err
	}
	host, err := fakenode.NewHost(filepath.Join(folder, "pods"), plane.NodeConfig)
	if err != nil {
		return err
	}
	defer host.Kill()
	for index := 1; index <= *nodes; index++ {
		if err := host.StartNode(ctx, fmt.Sprintf("fake-%d", index)); err != nil {
			return err
		}
	}
	if err := plane.WaitUntilUsable(ctx); err != nil {
		return err
	}
	answer := json.NewEncoder(os.Stdout)
	_ = answer.Encode(map[string]any{"ready": map[string]any{
		"url": plane.URL, "kubeconfig": plane.Kubeconfig, "auditLog": plane.AuditLog, "dir": folder, "pid": os.Getpid(), "readyMs": time.Since(began).Milliseconds(),
	}})
	go serveCommands(ctx, lines, answer, plane, host)
	select {
	case err := <-plane.Died:
		return err
	case <-ctx.Done():
		return nil
	}
}

func stateFolder(dir string) (string, func(), error) {
	if dir == "" {
		made, err := os.MkdirTemp("", "fapi-cluster-")
		return made, func() { _ = os.RemoveAll(made) }, err
	}
	folder, err := filepath.Abs(dir)
	if err != nil {
		return "", nil, err
	}
	return folder, func() {}, os.MkdirAll(folder, 0o700)
}
