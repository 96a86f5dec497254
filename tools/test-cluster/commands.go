package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"fapi.dev/test-cluster/controlplane"
	"fapi.dev/test-cluster/fakenode"
)

// command is one line of standard input; its answer is `{"id", "result"}` or `{"id", "error"}`.
type command struct {
	ID        int    `json:"id"`
	Do        string `json:"do"`
	Component string `json:"component"`
	Node      string `json:"node"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// readLines closes nothing but calls onEnd when standard input ends: whoever started us is gone.
func readLines(onEnd func()) <-chan []byte {
	lines := make(chan []byte)
	go func() {
		defer onEnd()
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			lines <- append([]byte(nil), scanner.Bytes()...)
		}
	}()
	return lines
}

// serveCommands answers one command after the other.
func serveCommands(ctx context.Context, lines <-chan []byte, answer *json.Encoder, plane *controlplane.Plane, host *fakenode.Host) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-lines:
			var wanted command
			result, err := any(nil), json.Unmarshal(line, &wanted)
			if err == nil {
				result, err = obey(ctx, wanted, plane, host)
			}
			if err != nil {
				_ = answer.Encode(map[string]any{"id": wanted.ID, "error": err.Error()})
			} else {
				_ = answer.Encode(map[string]any{"id": wanted.ID, "result": result})
			}
		}
	}
}

func obey(ctx context.Context, wanted command, plane *controlplane.Plane, host *fakenode.Host) (any, error) {
	switch wanted.Do {
	case "start":
		return nil, plane.StartComponent(ctx, wanted.Component)
	case "stop":
		return nil, plane.StopComponent(wanted.Component)
	case "pause":
		return nil, plane.PauseComponent(wanted.Component)
	case "resume":
		return nil, plane.ResumeComponent(wanted.Component)
	case "startNode":
		return nil, host.StartNode(ctx, wanted.Node)
	case "stopNode":
		return nil, host.StopNode(wanted.Node)
	case "killPod":
		return host.KillPod(wanted.Namespace, wanted.Name)
	case "podLog":
		return host.PodLog(wanted.Namespace, wanted.Name)
	}
	return nil, fmt.Errorf("no command %q", wanted.Do)
}
