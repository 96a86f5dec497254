package fakenode

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/util/pod"
)

// status is the pod's status as a kubelet writes it; conditions of others (the scheduler, readiness gates) stay.
func (p *pod) status(object *corev1.Pod) corev1.PodStatus {
	status := *object.Status.DeepCopy()
	status.ContainerStatuses = nil
	for _, container := range p.containers {
		container.mutex.Lock()
		status.ContainerStatuses = append(status.ContainerStatuses, *container.status.DeepCopy())
		container.mutex.Unlock()
	}
	if status.StartTime == nil {
		now := metav1.Now()
		status.StartTime = &now
	}
	status.ObservedGeneration = object.Generation
	status.HostIP, status.HostIPs = "127.0.0.1", []corev1.HostIP{{IP: "127.0.0.1"}}
	status.PodIP, status.PodIPs = p.address, []corev1.PodIP{{IP: p.address}}
	status.Phase = phase(status.Phase, object.Spec.RestartPolicy, status.ContainerStatuses)
	containersReady := status.Phase == corev1.PodRunning
	for _, container := range status.ContainerStatuses {
		containersReady = containersReady && container.Ready
	}
	for kind, isSo := range map[corev1.PodConditionType]bool{
		corev1.PodReadyToStartContainers: true, corev1.PodInitialized: true, corev1.ContainersReady: containersReady,
		corev1.PodReady: containersReady && gatesAreOpen(object),
	} {
		condition := corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, LastTransitionTime: metav1.Now(), ObservedGeneration: object.Generation}
		switch {
		case isSo:
			condition.Status = corev1.ConditionTrue
		case !containersReady:
			condition.Reason = "ContainersNotReady"
		default:
			condition.Reason = "ReadinessGatesNotReady"
		}
		for _, former := range status.Conditions {
			if former.Type == kind && former.Status == condition.Status {
				condition.LastTransitionTime = former.LastTransitionTime
			}
		}
		status.Conditions = podutil.ReplaceOrAppendPodCondition(status.Conditions, &condition)
	}
	return status
}

func gatesAreOpen(object *corev1.Pod) bool {
	for _, gate := range object.Spec.ReadinessGates {
		isOpen := false
		for _, condition := range object.Status.Conditions {
			isOpen = isOpen || condition.Type == gate.ConditionType && condition.Status == corev1.ConditionTrue
		}
		if !isOpen {
			return false
		}
	}
	return true
}

// phase never goes back: a pod that ran once is Running until it has ended for good.
func phase(former corev1.PodPhase, policy corev1.RestartPolicy, containers []corev1.ContainerStatus) corev1.PodPhase {
	started, endedForGood, failed := 0, 0, 0
	for _, container := range containers {
		if container.ContainerID != "" {
			started++
		}
		ending := container.State.Terminated
		if ending == nil || policy == corev1.RestartPolicyAlways || policy == corev1.RestartPolicyOnFailure && ending.ExitCode != 0 {
			continue
		}
		endedForGood++
		if ending.ExitCode != 0 {
			failed++
		}
	}
	switch {
	case endedForGood == len(containers) && failed > 0:
		return corev1.PodFailed
	case endedForGood == len(containers):
		return corev1.PodSucceeded
	case started == len(containers) || former == corev1.PodRunning:
		return corev1.PodRunning
	}
	return corev1.PodPending
}

func ended(object *corev1.Pod) bool {
	return object.DeletionTimestamp == nil && (object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed)
}
