package fakenode

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	resources "k8s.io/kubernetes/pkg/api/v1/resource"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
	"k8s.io/utils/ptr"
)

// Where the program of a pod looks for its folders unless its environment says otherwise (the runner's pod contract).
var agentFolders = map[string]string{"FAPI_POD_TLS_DIR": "/var/run/fapi/tls", "FAPI_POD_STATE_DIR": "/var/run/fapi/state"}

// command is the container's program with this machine's paths in the place of the container's.
func (c *container) command(ctx context.Context) (*exec.Cmd, error) {
	object := c.pod.object()
	if len(object.Spec.InitContainers) > 0 {
		return nil, fmt.Errorf("the fake node runs no init containers")
	}
	if len(c.spec.Command) == 0 {
		return nil, fmt.Errorf("the fake node has no images: a container must name its command")
	}
	values, err := c.values(ctx, object)
	if err != nil {
		return nil, err
	}
	if err := c.emptyRoot(); err != nil {
		return nil, err
	}
	words := []string{}
	for _, word := range append(slices.Clone(c.spec.Command), c.spec.Args...) {
		words = append(words, c.onThisMachine(expansion.Expand(word, expansion.MappingFuncFor(values))))
	}
	if python := os.Getenv("FAPI_FAKE_PYTHON"); python != "" && (words[0] == "python" || words[0] == "python3") {
		words[0] = python
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir = c.pod.dir
	if runner := os.Getenv("FAPI_FAKE_RUNNER_DIR"); runner != "" {
		command.Dir = runner
	}
	if c.spec.WorkingDir != "" {
		command.Dir = c.onThisMachine(c.spec.WorkingDir)
	}
	// Of an image's environment it has what every image has, and nothing of ours.
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.pod.dir, "TMPDIR=" + c.onThisMachine("/tmp"), "LANG=C.UTF-8", "HOSTNAME=" + c.pod.name}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		command.Env = append(command.Env, name+"="+c.onThisMachine(values[name]))
	}
	return command, nil
}

// values is the container's environment as its pod says it.
func (c *container) values(ctx context.Context, object *corev1.Pod) (map[string]string, error) {
	values := maps.Clone(agentFolders)
	for _, source := range c.spec.EnvFrom {
		found := map[string]string{}
		var err error
		switch {
		case source.SecretRef != nil:
			found, err = c.pod.secret(ctx, source.SecretRef.Name, source.SecretRef.Optional)
		case source.ConfigMapRef != nil:
			found, err = c.pod.configMap(ctx, source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
		}
		if err != nil {
			return nil, err
		}
		for key, value := range found {
			values[source.Prefix+key] = value
		}
	}
	for _, variable := range c.spec.Env {
		value, err := c.value(ctx, object, variable, values)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", variable.Name, err)
		}
		values[variable.Name] = value
	}
	values["FAPI_POD_HOST"] = c.pod.address
	return values, nil
}

func (c *container) value(ctx context.Context, object *corev1.Pod, variable corev1.EnvVar, sofar map[string]string) (string, error) {
	from := variable.ValueFrom
	switch {
	case from == nil:
		return expansion.Expand(variable.Value, expansion.MappingFuncFor(sofar)), nil
	case from.FieldRef != nil:
		return c.pod.field(object, from.FieldRef.FieldPath)
	case from.ResourceFieldRef != nil:
		return resources.ExtractContainerResourceValue(from.ResourceFieldRef, &c.spec)
	case from.SecretKeyRef != nil:
		found, err := c.pod.secret(ctx, from.SecretKeyRef.Name, from.SecretKeyRef.Optional)
		return pick(found, from.SecretKeyRef.Key, from.SecretKeyRef.Optional, err)
	case from.ConfigMapKeyRef != nil:
		found, err := c.pod.configMap(ctx, from.ConfigMapKeyRef.Name, from.ConfigMapKeyRef.Optional)
		return pick(found, from.ConfigMapKeyRef.Key, from.ConfigMapKeyRef.Optional, err)
	}
	return "", fmt.Errorf("the fake node knows no such source")
}

func pick(found map[string]string, key string, optional *bool, err error) (string, error) {
	value, ok := found[key]
	if err == nil && !ok && !ptr.Deref(optional, false) {
		return "", fmt.Errorf("no key %q", key)
	}
	return value, err
}

func (p *pod) field(object *corev1.Pod, path string) (string, error) {
	switch path {
	case "spec.nodeName":
		return p.node.name, nil
	case "spec.serviceAccountName":
		return object.Spec.ServiceAccountName, nil
	case "status.podIP", "status.podIPs":
		return p.address, nil
	case "status.hostIP", "status.hostIPs":
		return "127.0.0.1", nil
	}
	return fieldpath.ExtractFieldPathAsString(object, path)
}

func (p *pod) secret(ctx context.Context, name string, optional *bool) (map[string]string, error) {
	secret, err := p.node.client.CoreV1().Secrets(p.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, unlessOptional(err, optional)
	}
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values, nil
}

func (p *pod) configMap(ctx context.Context, name string, optional *bool) (map[string]string, error) {
	found, err := p.node.client.CoreV1().ConfigMaps(p.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, unlessOptional(err, optional)
	}
	values := maps.Clone(found.Data)
	if values == nil {
		values = map[string]string{}
	}
	for key, value := range found.BinaryData {
		values[key] = string(value)
	}
	return values, nil
}

// onThisMachine turns a path under a mount into the volume's folder, and one of the container's own that its program is
// told of (agentFolders, /tmp) into a folder that lives as long as the container. All else is what it is.
func (c *container) onThisMachine(path string) string {
	best, folder := "", ""
	for _, mount := range c.spec.VolumeMounts {
		if isUnder(path, mount.MountPath) && len(mount.MountPath) > len(best) {
			best, folder = mount.MountPath, filepath.Join(c.pod.volumeDir(mount.Name), mount.SubPath)
		}
	}
	if best != "" {
		return folder + strings.TrimPrefix(path, best)
	}
	for _, own := range append(slices.Collect(maps.Values(agentFolders)), "/tmp") {
		if isUnder(path, own) {
			return filepath.Join(c.rootDir(), path)
		}
	}
	return path
}

func isUnder(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

func (c *container) rootDir() string { return filepath.Join(c.pod.dir, "root-"+c.spec.Name) }

// emptyRoot: each start of a container begins with what its image holds.
func (c *container) emptyRoot() error {
	if err := os.RemoveAll(c.rootDir()); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Join(c.rootDir(), "tmp"), 0o700)
}
