// Tests of the table of facts: it agrees with a map, stays small, and lets many read while one writes.

package verify

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"unsafe"
)

func TestTheTableAgreesWithAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	table, truth := newFacts(), map[fingerprint]fact{}
	now := int64(1_000_000)
	for range 50_000 {
		one := fact{fingerprintOf(strconv.Itoa(random.IntN(20_000))), now + random.Int64N(2000), random.Uint64N(1 << 45)}
		table.put([]fact{one}, now)
		last := truth[one.fingerprint]
		truth[one.fingerprint] = fact{one.fingerprint, max(one.expires, last.expires), max(one.position, last.position)}
	}
	now += 1000
	table.forget(now)
	alive := 0
	for n := range 20_000 {
		mark := fingerprintOf(strconv.Itoa(n))
		want, known := truth[mark]
		known = known && want.expires >= now
		if known {
			alive++
		}
		if position, ok := table.position(mark); ok != known || known && position != want.position {
			t.Fatalf("fact %d: %d, %t; wanted %d, %t", n, position, ok, want.position, known)
		}
	}
	if count, _ := table.size(); count != alive {
		t.Errorf("%d facts are kept, %d are alive", count, alive)
	}
	table.forget(now + 5000)
	if count, bytes := table.size(); count != 0 || bytes != len(table.shards)*leastSlots*slotBytes {
		t.Errorf("%d facts in %d bytes are kept of none", count, bytes)
	}
}

func TestAMillionFactsTakeLessThan64MB(t *testing.T) {
	table := newFacts()
	random := rand.New(rand.NewPCG(3, 4))
	batch := make([]fact, 0, 1000)
	for range 1_000_000 {
		batch = append(batch, fact{fingerprint{random.Uint64(), random.Uint32()}, 2_000_000_000, 1_795_446_000_000})
		if len(batch) == cap(batch) {
			table.put(batch, 1_795_446_000)
			batch = batch[:0]
		}
	}
	bytes := int(unsafe.Sizeof(*table))
	for i := range table.shards {
		s := &table.shards[i]
		bytes += cap(s.high)*int(unsafe.Sizeof(s.high[0])) + cap(s.positions)*int(unsafe.Sizeof(s.positions[0])) +
			cap(s.low)*int(unsafe.Sizeof(s.low[0])) + cap(s.expires)*int(unsafe.Sizeof(s.expires[0]))
	}
	count, _ := table.size()
	if count != 1_000_000 || bytes >= 64_000_000 {
		t.Errorf("%d facts take %d bytes", count, bytes)
	}
	t.Logf("%d facts take %d bytes", count, bytes)
}

func TestFactsThatAreOverMakeRoomAsTheTableGrows(t *testing.T) {
	table := newFacts()
	for n := range 200_000 {
		table.put([]fact{{fingerprintOf(strconv.Itoa(n)), int64(n + 100), 1}}, int64(n))
	}
	if count, bytes := table.size(); count > 1000 || bytes > 200_000 {
		t.Errorf("%d facts take %d bytes, though 100 are alive", count, bytes)
	}
}

func TestManyReadWhileOneWrites(t *testing.T) {
	table := newFacts()
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range 20_000 {
				if position, ok := table.position(fingerprintOf(strconv.Itoa(n))); ok && position != uint64(n+1) {
					t.Errorf("fact %d has the position %d", n, position)
				}
			}
		}()
	}
	for n := range 20_000 {
		table.put([]fact{{fingerprintOf(strconv.Itoa(n)), 100, uint64(n + 1)}}, 1)
	}
	group.Wait()
}
