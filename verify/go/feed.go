// Following the issuer's feed: pages until they are complete, then the stream, and pages where no stream can be had.

package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	silenceMax       = 5 * time.Second
	heartbeatlessMax = 15 * time.Second
	backoffLeast     = time.Second
	backoffMost      = 10 * time.Second
	forgetInterval   = time.Minute
)

var (
	errNoFeed  = errors.New("the issuer's metadata names no revocation feed")
	errSilent  = errors.New("the stream brought nothing for too long")
	errStopped = errors.New("the verifier was closed")
)

// follower keeps the facts up with the feed, in one goroutine.
type follower struct {
	source     *source
	keys       *keys
	facts      *facts
	clock      clock
	logger     *slog.Logger
	algorithms []jose.SignatureAlgorithm
	tolerance  time.Duration
	mode       FeedMode
	interval   time.Duration

	// freshAt is the moment up to which nothing is missing; nil before the feed was read completely once.
	freshAt atomic.Pointer[time.Time]

	mu        sync.Mutex
	position  uint64
	connected bool
	failure   error

	// ready is closed when the feed was read completely for the first time; settled then too, or when it is known that
	// there is none.
	ready       chan struct{}
	settled     chan struct{}
	readyOnce   sync.Once
	settledOnce sync.Once
}

// run follows the feed until the context ends.
func (f *follower) run(ctx context.Context) {
	pause := backoff{}
	for ctx.Err() == nil {
		err := f.follow(ctx, &pause)
		if err == nil {
			continue
		}
		f.lost(ctx, err)
		if wait(ctx, f.clock, pause.next()) != nil {
			return
		}
	}
}

// follow reads on from where it stands, and returns with the reason for which it couldn't go on.
func (f *follower) follow(ctx context.Context, pause *backoff) error {
	m, err := f.source.discover(ctx)
	if err != nil {
		if m, _ = f.source.known(ctx); m == nil {
			return err
		}
	}
	if m.Feed == "" {
		return errNoFeed
	}
	if err := f.keys.refreshWhenOld(ctx); err != nil && f.keys.known() == nil {
		return err
	}
	if err := f.catchUp(ctx, m.Feed); err != nil {
		return err
	}
	if f.mode == FeedPoll || m.Stream == "" {
		pause.reset()
		return f.poll(ctx, m.Feed, nil)
	}
	err = f.stream(ctx, m.Stream, pause)
	if !isBusy(err) {
		return err
	}
	f.logger.Info("warifu: the issuer has no stream to spare; its pages are polled", "error", err)
	again := make(chan struct{})
	defer f.clock.AfterFunc(pause.next(), func() { close(again) }).Stop()
	return f.poll(ctx, m.Feed, again)
}

// catchUp reads pages until one is complete.
func (f *follower) catchUp(ctx context.Context, endpoint string) error {
	for {
		asked := f.clock.Now()
		p, err := f.readPage(ctx, endpoint, f.at())
		if err != nil {
			return err
		}
		f.keep(p.Revoked, *p.Position)
		if p.Complete {
			f.fresh(asked)
			return nil
		}
	}
}

// poll reads pages at the interval, until it is told that the stream may be tried again.
func (f *follower) poll(ctx context.Context, endpoint string, again <-chan struct{}) error {
	f.setConnected(true)
	for {
		select {
		case <-again:
			return nil
		default:
		}
		if err := wait(ctx, f.clock, f.interval); err != nil {
			return err
		}
		if err := f.catchUp(ctx, endpoint); err != nil {
			return err
		}
	}
}

// stream follows the stream until it ends, falls silent or brings what can't be trusted.
func (f *follower) stream(ctx context.Context, endpoint string, pause *backoff) error {
	after := f.at()
	address, err := withAfter(endpoint, after)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := f.clock.AfterFunc(silenceMax, func() { cancel(errSilent) })
	defer watch.Stop()
	response, err := f.source.open(ctx, address, map[string]string{
		"Accept": "text/event-stream", "Accept-Encoding": "identity", "Last-Event-ID": formatPosition(after),
	}, true)
	if err != nil {
		return causeOr(ctx, err)
	}
	defer response.Body.Close()
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "text/event-stream" {
		return fmt.Errorf("the stream answers %q, which is no event stream", printable(kind))
	}
	f.setConnected(true)
	f.logger.Info("warifu: following the revocation feed", "position", after)
	return causeOr(ctx, f.readEvents(response.Body, watch, pause))
}

// readEvents takes events until the stream ends; the watch is told of each chunk.
func (f *follower) readEvents(body io.Reader, watch timer, pause *backoff) error {
	var parser eventParser
	chunk := make([]byte, 16<<10)
	aliveAt := f.clock.Now()
	for {
		n, err := body.Read(chunk)
		if n > 0 {
			watch.Reset(silenceMax)
		}
		if fault := parser.feed(chunk[:n], func(one event) error {
			alive, fault := f.take(one)
			if alive {
				aliveAt = f.clock.Now()
				pause.reset()
			}
			return fault
		}); fault != nil {
			return fault
		}
		if err != nil {
			return fmt.Errorf("the stream ended: %w", err)
		}
		if elapsed(f.clock.Now(), aliveAt) > heartbeatlessMax {
			return errSilent
		}
	}
}

// causeOr tells why a context was ended, if it was, rather than what came of it.
func causeOr(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (f *follower) at() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.position
}

// fresh says that nothing that happened before a moment is missing.
func (f *follower) fresh(moment time.Time) {
	if last := f.freshAt.Load(); last == nil || moment.After(*last) {
		f.freshAt.Store(&moment)
	}
	f.mu.Lock()
	f.failure = nil
	f.mu.Unlock()
	f.readyOnce.Do(func() { close(f.ready) })
	f.settledOnce.Do(func() { close(f.settled) })
}

// staleness is for how long nothing has been heard of the feed, and whether it ever was.
func (f *follower) staleness(now time.Time) (time.Duration, bool) {
	last := f.freshAt.Load()
	if last == nil {
		return 0, false
	}
	return max(elapsed(now, *last), 0), true
}

// status tells all that the follower knows.
func (f *follower) status() Status {
	age, ready := f.staleness(f.clock.Now())
	f.mu.Lock()
	defer f.mu.Unlock()
	return Status{Ready: ready, Connected: f.connected, Position: f.position, Staleness: age, Failure: f.failure}
}

func (f *follower) setConnected(connected bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.connected = connected
}

func (f *follower) lost(ctx context.Context, err error) {
	f.mu.Lock()
	was := f.connected
	f.connected = false
	f.failure = err
	f.mu.Unlock()
	if errors.Is(err, errNoFeed) {
		f.settledOnce.Do(func() { close(f.settled) })
	}
	if ctx.Err() == nil {
		f.logger.Warn("warifu: the revocation feed was lost; trying again", "error", err, "was_connected", was)
	}
}

func (f *follower) lastFailure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failure
}

// backoff doubles from one second to ten, and takes off up to half at random so that verifiers don't come together.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(b.last*2, backoffLeast), backoffMost)
	return b.last - rand.N(b.last/2)
}

func (b *backoff) reset() { b.last = 0 }
