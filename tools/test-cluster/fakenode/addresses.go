package fakenode

import (
	"errors"
	"fmt"
	"net"
	"sync"
)

// addresses gives each pod one of 127.<block>.0.1 to 127.<block>.254.254. Linux answers on all of 127/8.
type addresses struct {
	claim net.Listener
	block int
	mutex sync.Mutex
	next  int
	taken map[string]bool
}

// claimAddresses finds a block that no other cluster on this machine uses: the kernel frees the claim when we end, however.
func claimAddresses() (*addresses, error) {
	for block := 1; block < 255; block++ {
		if claim, err := net.Listen("tcp", fmt.Sprintf("127.%d.255.254:10250", block)); err == nil {
			return &addresses{claim: claim, block: block, taken: map[string]bool{}}, nil
		}
	}
	return nil, errors.New("no block of loopback addresses is free")
}

// take answers an address that has not been another pod's for as long as possible.
func (a *addresses) take() string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for {
		address := fmt.Sprintf("127.%d.%d.%d", a.block, a.next/254%255, a.next%254+1)
		a.next++
		if !a.taken[address] {
			a.taken[address] = true
			return address
		}
	}
}

func (a *addresses) give(address string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.taken, address)
}
