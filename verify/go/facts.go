// What the feed has told, in flat arrays: a million facts in under 64 MB, each found in constant time.

package verify

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

const (
	shardBits  = 6
	leastSlots = 16
	slotBytes  = 8 + 8 + 4 + 4
)

// fact says that what a fingerprint stands for was ended at a position; it matters until expires (epoch seconds).
type fact struct {
	fingerprint fingerprint
	expires     int64
	position    uint64
}

// facts is the table of facts. It is made of shards, so that growing holds up readers only for a moment and never
// needs twice the memory. Readers and writers may come from any goroutine.
type facts struct {
	multiplier uint64
	version    atomic.Uint64
	shards     [1 << shardBits]shard
}

// shard is a table of open addressing with linear probing; a slot whose expires is 0 is empty.
type shard struct {
	mu        sync.RWMutex
	high      []uint64
	positions []uint64
	low       []uint32
	expires   []uint32
	used      int
}

// newFacts makes an empty table. Where a fact lands is drawn anew in each process, so that nobody can make texts
// whose fingerprints all land in one place.
func newFacts() *facts {
	f := &facts{multiplier: rand.Uint64() | 1}
	for i := range f.shards {
		f.shards[i].allocate(leastSlots)
	}
	return f
}

// put keeps facts, each with its greatest position and its latest expiry; facts that were over at now (epoch
// seconds) make room where a shard is full.
func (f *facts) put(batch []fact, now int64) {
	if len(batch) == 0 {
		return
	}
	for _, one := range batch {
		hash := f.hash(one.fingerprint)
		s := &f.shards[hash>>(64-shardBits)]
		s.mu.Lock()
		if s.used+1 > len(s.high)/4*3 {
			s.rebuild(f, now, 1)
		}
		s.insert(hash, one.fingerprint, seconds(one.expires), one.position)
		s.mu.Unlock()
	}
	// After the facts are in: who has read this version has seen them.
	f.version.Add(1)
}

// position gives the position of the fact about a fingerprint, and whether there is one.
func (f *facts) position(mark fingerprint) (uint64, bool) {
	hash := f.hash(mark)
	s := &f.shards[hash>>(64-shardBits)]
	s.mu.RLock()
	defer s.mu.RUnlock()
	slot := s.find(hash, mark)
	return s.positions[slot], s.expires[slot] != 0
}

// ended tells whether a token with these marks has been taken back.
func (f *facts) ended(m *marks) bool {
	if _, ok := f.position(m.key); ok {
		return true
	}
	for _, mark := range m.others {
		if position, ok := f.position(mark); ok && position > m.position {
			return true
		}
	}
	return false
}

// forget drops the facts that were over at now (epoch seconds).
func (f *facts) forget(now int64) {
	for i := range f.shards {
		s := &f.shards[i]
		s.mu.Lock()
		s.rebuild(f, now, 0)
		s.mu.Unlock()
	}
}

// size tells how many facts there are, and how many bytes their arrays take.
func (f *facts) size() (count, bytes int) {
	for i := range f.shards {
		s := &f.shards[i]
		s.mu.RLock()
		count += s.used
		bytes += len(s.high) * slotBytes
		s.mu.RUnlock()
	}
	return count, bytes
}

// hash spreads fingerprints: the top bits choose the shard, the next ones the slot.
func (f *facts) hash(mark fingerprint) uint64 {
	return (mark.high ^ uint64(mark.low)) * f.multiplier
}

func (s *shard) allocate(slots int) {
	s.high, s.positions = make([]uint64, slots), make([]uint64, slots)
	s.low, s.expires = make([]uint32, slots), make([]uint32, slots)
	s.used = 0
}

// find gives the slot of a fingerprint, or the empty one where it belongs.
func (s *shard) find(hash uint64, mark fingerprint) int {
	mask := len(s.high) - 1
	slot := int(hash>>(32-shardBits)) & mask
	for s.expires[slot] != 0 && (s.high[slot] != mark.high || s.low[slot] != mark.low) {
		slot = (slot + 1) & mask
	}
	return slot
}

func (s *shard) insert(hash uint64, mark fingerprint, expires uint32, position uint64) {
	slot := s.find(hash, mark)
	if s.expires[slot] == 0 {
		s.used++
	}
	s.high[slot], s.low[slot] = mark.high, mark.low
	s.expires[slot] = max(s.expires[slot], expires)
	s.positions[slot] = max(s.positions[slot], position)
}

// rebuild drops what is over and takes the size that the rest and `more` facts need.
func (s *shard) rebuild(f *facts, now int64, more int) {
	alive := 0
	for _, expires := range s.expires {
		if expires != 0 && int64(expires) >= now {
			alive++
		}
	}
	slots := leastSlots
	for alive+more > slots/8*5 {
		slots *= 2
	}
	if alive == s.used && slots <= len(s.high) && more == 0 {
		return
	}
	old := shard{high: s.high, positions: s.positions, low: s.low, expires: s.expires}
	s.allocate(slots)
	for i, expires := range old.expires {
		if expires != 0 && int64(expires) >= now {
			mark := fingerprint{old.high[i], old.low[i]}
			s.insert(f.hash(mark), mark, expires, old.positions[i])
		}
	}
}

// seconds fits epoch seconds into 32 bits, which last until 2106; 0 is kept for empty slots.
func seconds(epoch int64) uint32 {
	return uint32(min(max(epoch, 1), math.MaxUint32))
}
