package fakenode

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func (p *pod) volumeDir(name string) string { return filepath.Join(p.dir, "volumes", name) }

// makeVolumes lays the pod's volumes out as folders; they live as long as the pod. A Secret that changes later is not seen.
func (p *pod) makeVolumes(ctx context.Context) error {
	object := p.object()
	for _, volume := range object.Spec.Volumes {
		dir := p.volumeDir(volume.Name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := p.fill(ctx, object, dir, volume.VolumeSource); err != nil {
			return fmt.Errorf("volume %q: %w", volume.Name, err)
		}
	}
	return nil
}

func (p *pod) fill(ctx context.Context, object *corev1.Pod, dir string, source corev1.VolumeSource) error {
	switch {
	case source.EmptyDir != nil:
		return nil
	case source.Secret != nil:
		found, err := p.secret(ctx, source.Secret.SecretName, source.Secret.Optional)
		return write(dir, found, source.Secret.Items, source.Secret.DefaultMode, err)
	case source.ConfigMap != nil:
		found, err := p.configMap(ctx, source.ConfigMap.Name, source.ConfigMap.Optional)
		return write(dir, found, source.ConfigMap.Items, source.ConfigMap.DefaultMode, err)
	case source.DownwardAPI != nil:
		return p.writeFields(object, dir, source.DownwardAPI.Items)
	case source.Projected != nil:
		for _, part := range source.Projected.Sources {
			if err := p.project(ctx, object, dir, part, source.Projected.DefaultMode); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("the fake node has no volumes of this kind")
}

func (p *pod) project(ctx context.Context, object *corev1.Pod, dir string, part corev1.VolumeProjection, mode *int32) error {
	switch {
	case part.Secret != nil:
		found, err := p.secret(ctx, part.Secret.Name, part.Secret.Optional)
		return write(dir, found, part.Secret.Items, mode, err)
	case part.ConfigMap != nil:
		found, err := p.configMap(ctx, part.ConfigMap.Name, part.ConfigMap.Optional)
		return write(dir, found, part.ConfigMap.Items, mode, err)
	case part.DownwardAPI != nil:
		return p.writeFields(object, dir, part.DownwardAPI.Items)
	case part.ServiceAccountToken != nil:
		audiences := []string{}
		if part.ServiceAccountToken.Audience != "" {
			audiences = append(audiences, part.ServiceAccountToken.Audience)
		}
		answer, err := p.node.client.CoreV1().ServiceAccounts(p.namespace).CreateToken(ctx, object.Spec.ServiceAccountName, &authenticationv1.TokenRequest{
			Spec: authenticationv1.TokenRequestSpec{
				Audiences: audiences, ExpirationSeconds: part.ServiceAccountToken.ExpirationSeconds,
				BoundObjectRef: &authenticationv1.BoundObjectReference{Kind: "Pod", APIVersion: "v1", Name: object.Name, UID: object.UID},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			return err
		}
		return put(dir, part.ServiceAccountToken.Path, answer.Status.Token, 0o600)
	}
	return fmt.Errorf("the fake node projects no such source")
}

func (p *pod) writeFields(object *corev1.Pod, dir string, items []corev1.DownwardAPIVolumeFile) error {
	for _, item := range items {
		if item.FieldRef == nil {
			return fmt.Errorf("the fake node writes no resource fields")
		}
		value, err := p.field(object, item.FieldRef.FieldPath)
		if err == nil {
			err = put(dir, item.Path, value, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func write(dir string, found map[string]string, items []corev1.KeyToPath, mode *int32, err error) error {
	if err != nil {
		return err
	}
	if len(items) == 0 {
		for key := range found {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		value, ok := found[item.Key]
		if !ok {
			return fmt.Errorf("references non-existent key %q", item.Key)
		}
		if err := put(dir, item.Path, value, os.FileMode(ptr.Deref(item.Mode, ptr.Deref(mode, 0o644)))); err != nil {
			return err
		}
	}
	return nil
}

func put(dir, path, value string, mode os.FileMode) error {
	file := filepath.Join(dir, filepath.Clean("/"+path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	// A second try finds the first one's files, which may be read-only.
	_ = os.Remove(file)
	return os.WriteFile(file, []byte(value), mode)
}

func unlessOptional(err error, optional *bool) error {
	if errors.IsNotFound(err) && ptr.Deref(optional, false) {
		return nil
	}
	return err
}
