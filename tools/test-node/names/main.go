// names is the DNS of the test node's cluster: it answers with the addresses of Services, as `name.namespace.svc.cluster.local`,
// and knows no other name. It runs as a pod, with a service account that may list and watch Services.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/rest"
)

const domain = ".svc.cluster.local."

func main() {
	config, err := rest.InClusterConfig()
	if err != nil {
		log.Fatal(err)
	}
	factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(config), 0)
	services := factory.Core().V1().Services().Lister()
	factory.Start(context.Background().Done())
	factory.WaitForCacheSync(context.Background().Done())
	socket, err := net.ListenPacket("udp", ":5353")
	if err != nil {
		log.Fatal(err)
	}
	// Whoever asks whether it is ready is told so once it listens.
	go func() { log.Fatal(http.ListenAndServe(":8080", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))) }()
	for packet := make([]byte, 4096); ; {
		size, from, err := socket.ReadFrom(packet)
		if err != nil {
			log.Fatal(err)
		}
		if reply := answer(packet[:size], services); reply != nil {
			_, _ = socket.WriteTo(reply, from)
		}
	}
}

// answer is nil for what is no question.
func answer(packet []byte, services listers.ServiceLister) []byte {
	var asked dnsmessage.Message
	if asked.Unpack(packet) != nil || len(asked.Questions) != 1 {
		return nil
	}
	question := asked.Questions[0]
	reply := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: asked.ID, Response: true, Authoritative: true, RecursionDesired: asked.RecursionDesired, RecursionAvailable: true},
		Questions: asked.Questions,
	}
	address := find(strings.ToLower(question.Name.String()), services)
	if address == nil {
		reply.RCode = dnsmessage.RCodeNameError
	} else if question.Type == dnsmessage.TypeA {
		reply.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: question.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 5},
			Body:   &dnsmessage.AResource{A: [4]byte(address)},
		}}
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func find(name string, services listers.ServiceLister) net.IP {
	labels := strings.Split(strings.TrimSuffix(name, domain), ".")
	if !strings.HasSuffix(name, domain) || len(labels) != 2 {
		return nil
	}
	service, err := services.Services(labels[1]).Get(labels[0])
	if err != nil || service.Spec.ClusterIP == corev1.ClusterIPNone {
		return nil
	}
	return net.ParseIP(service.Spec.ClusterIP).To4()
}
