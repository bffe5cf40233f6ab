// A bounded memory of verified tokens: the least recently used one makes room.

package verify

import (
	"container/list"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

const cacheShards = 16

// verified is a token whose signature and claims were found good.
type verified struct {
	token        string
	claims       *Claims
	expiry       time.Time
	marks        marks
	confirmation confirmation
	// keys is the version of the key set by which the signature was verified.
	keys uint64
	// facts is the version of the facts that were last asked about this token, plus one; 0 before that.
	facts atomic.Uint64
}

// cache remembers verified tokens by their exact text.
type cache struct {
	seed   maphash.Seed
	shards [cacheShards]cacheShard
}

type cacheShard struct {
	mu      sync.Mutex
	most    int
	entries map[string]*list.Element
	order   *list.List
}

// newCache makes a cache for about `size` tokens, and none at all for 0.
func newCache(size int) *cache {
	if size <= 0 {
		return nil
	}
	c := &cache{seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i] = cacheShard{
			most: (size + cacheShards - 1) / cacheShards, entries: map[string]*list.Element{}, order: list.New(),
		}
	}
	return c
}

func (c *cache) shard(token string) *cacheShard {
	return &c.shards[maphash.String(c.seed, token)%cacheShards]
}

func (c *cache) get(token string) *verified {
	if c == nil {
		return nil
	}
	s := c.shard(token)
	s.mu.Lock()
	defer s.mu.Unlock()
	element, ok := s.entries[token]
	if !ok {
		return nil
	}
	s.order.MoveToFront(element)
	return element.Value.(*verified)
}

func (c *cache) put(one *verified) {
	if c == nil {
		return
	}
	s := c.shard(one.token)
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, ok := s.entries[one.token]; ok {
		element.Value = one
		s.order.MoveToFront(element)
		return
	}
	s.entries[one.token] = s.order.PushFront(one)
	if s.order.Len() > s.most {
		oldest := s.order.Remove(s.order.Back()).(*verified)
		delete(s.entries, oldest.token)
	}
}

// remove forgets a token, which has ended.
func (c *cache) remove(token string) {
	if c == nil {
		return
	}
	s := c.shard(token)
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, ok := s.entries[token]; ok {
		s.order.Remove(element)
		delete(s.entries, token)
	}
}
