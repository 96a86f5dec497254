package fakenode

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// While the answer that is waited for has not come, asked more often than a kubelet's least period of a second: tests wait.
const eagerPeriod = 100 * time.Millisecond

// probeAll asks what the container's probes say; sick is told when the program must be started again.
func (c *container) probeAll(ctx context.Context, sick chan<- struct{}) {
	if c.spec.StartupProbe != nil {
		if !c.probe(ctx, c.spec.StartupProbe, eagerPeriod, func(isWell bool) bool { return !isWell }) {
			tell(sick)
			return
		}
		c.change(func(status *corev1.ContainerStatus) {
			status.Started = ptr.To(true)
			status.Ready = c.spec.ReadinessProbe == nil
		})
	}
	readiness := sync.WaitGroup{}
	defer readiness.Wait()
	if c.spec.ReadinessProbe != nil {
		readiness.Go(func() {
			c.probe(ctx, c.spec.ReadinessProbe, eagerPeriod, func(isReady bool) bool {
				if c.isReady() != isReady {
					c.change(func(status *corev1.ContainerStatus) { status.Ready = isReady })
				}
				return true
			})
		})
	}
	if c.spec.LivenessProbe != nil && !c.probe(ctx, c.spec.LivenessProbe, 0, func(isAlive bool) bool { return isAlive }) {
		tell(sick)
	}
}

// probe calls verdict each time that enough answers in a row say the same; it goes on while verdict answers true, and
// answers whether the last word was good (or the asking was ended from outside). eager, unless 0, is the period until the first
// good word.
func (c *container) probe(ctx context.Context, probe *corev1.Probe, eager time.Duration, verdict func(isGood bool) bool) bool {
	if !pause(ctx, time.Duration(probe.InitialDelaySeconds)*time.Second) {
		return true
	}
	good, bad := int32(0), int32(0)
	for {
		answer := c.ask(ctx, probe)
		if ctx.Err() != nil {
			return true
		}
		if answer {
			good, bad = good+1, 0
		} else {
			good, bad = 0, bad+1
		}
		period := time.Duration(max(probe.PeriodSeconds, 1)) * time.Second
		failures := max(probe.FailureThreshold, 1)
		if eager > 0 && good == 0 {
			// As long a patience, in smaller steps.
			failures *= int32(period / eager)
			period = eager
		}
		if good >= max(probe.SuccessThreshold, 1) && !verdict(true) {
			return true
		}
		if bad >= failures && !verdict(false) {
			return false
		}
		if !pause(ctx, period) {
			return true
		}
	}
}

// ask is one question to the pod's own address; a probe that runs a program in the container is not there, and fails.
func (c *container) ask(ctx context.Context, probe *corev1.Probe) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(max(probe.TimeoutSeconds, 1))*time.Second)
	defer cancel()
	switch {
	case probe.HTTPGet != nil:
		scheme := "http"
		if probe.HTTPGet.Scheme == corev1.URISchemeHTTPS {
			scheme = "https"
		}
		url := scheme + "://" + c.at(probe.HTTPGet.Port) + probe.HTTPGet.Path
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return false
		}
		for _, header := range probe.HTTPGet.HTTPHeaders {
			request.Header.Add(header.Name, header.Value)
		}
		// A connection each, and no judgement of certificates, as a kubelet does.
		transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		response, err := transport.RoundTrip(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode >= 200 && response.StatusCode < 400
	case probe.TCPSocket != nil:
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.at(probe.TCPSocket.Port))
		if err != nil {
			return false
		}
		_ = connection.Close()
		return true
	}
	return false
}

func (c *container) at(port intstr.IntOrString) string {
	number := port.IntValue()
	for _, named := range c.spec.Ports {
		if port.Type == intstr.String && named.Name == port.StrVal {
			number = int(named.ContainerPort)
		}
	}
	return net.JoinHostPort(c.pod.address, strconv.Itoa(number))
}

func (c *container) isReady() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.status.Ready
}

func tell(sick chan<- struct{}) {
	select {
	case sick <- struct{}{}:
	default:
	}
}
