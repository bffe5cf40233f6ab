// Package verify verifies access tokens of a Warifu issuer, and knows within a moment which were taken back: it follows
// the issuer's revocation feed, and asks nobody while it answers a request.
package verify

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// firstReadTime is how long verifications may wait for the feed to be read for the first time.
const firstReadTime = 10 * time.Second

// Verifier verifies tokens. It may be used from any goroutine, and should be made once.
type Verifier struct {
	options  Options
	issuer   string
	clock    clock
	keys     *keys
	facts    *facts
	follower *follower
	cache    *cache
	proofs   *seenProofs

	stop    context.CancelFunc
	life    context.Context
	hurry   chan struct{}
	hurryBy timer
	tasks   tasks
}

// Status tells how a verifier stands.
type Status struct {
	// Ready says that the feed was read completely once.
	Ready bool
	// Connected says that a stream is open, or that pages are being polled.
	Connected bool
	// Position is how far the feed has been read.
	Position uint64
	// Facts is how many facts are remembered.
	Facts int
	// Staleness is for how long nothing has been heard of the feed.
	Staleness time.Duration
	// Failure is why the feed was lost last; nil while all is well.
	Failure error
}

// New makes a verifier, which begins to follow the feed at once. Close ends it.
func New(given Options) (*Verifier, error) {
	options, err := given.complete()
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		options: options, issuer: options.Issuer, clock: options.clock, facts: newFacts(),
		cache: newCache(options.CacheSize), proofs: newSeenProofs(proofsMax), hurry: make(chan struct{}),
	}
	v.life, v.stop = context.WithCancel(context.Background())
	from := &source{
		issuer: options.Issuer, client: newClient(options.HTTPClient), credentials: options.Credentials, clock: v.clock,
	}
	v.keys = &keys{source: from, clock: v.clock, life: v.life, tasks: &v.tasks}
	v.follower = &follower{
		source: from, keys: v.keys, facts: v.facts, clock: v.clock, logger: options.Logger,
		algorithms: allAlgorithms, tolerance: options.ClockTolerance, mode: options.Feed, interval: options.PollInterval,
		ready: make(chan struct{}), settled: make(chan struct{}),
	}
	v.hurryBy = v.clock.AfterFunc(firstReadTime, func() { close(v.hurry) })
	v.tasks.start(func() { v.tidy(v.life) })
	if options.Feed == FeedOff {
		options.Logger.Warn("warifu: the revocation feed is OFF: tokens that were taken back are accepted until they expire")
	} else {
		v.tasks.start(func() { v.follower.run(v.life) })
	}
	return v, nil
}

// Close ends the following, and waits until all of it has ended. Tokens are refused from then on.
func (v *Verifier) Close() {
	v.stop()
	v.hurryBy.Stop()
	v.tasks.end()
	if v.options.HTTPClient == nil {
		v.keys.source.client.CloseIdleConnections()
	}
}

// Ready waits until keys and feed have been read once.
func (v *Verifier) Ready(ctx context.Context) error {
	if v.options.Feed == FeedOff {
		return v.keys.refreshWhenOld(ctx)
	}
	select {
	case <-v.follower.ready:
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), v.follower.lastFailure())
	case <-v.life.Done():
		return errStopped
	}
}

// Status tells how the verifier stands.
func (v *Verifier) Status() Status {
	status := v.follower.status()
	status.Facts, _ = v.facts.size()
	return status
}

// Verify gives the claims of a token that is good now, or an *Error.
func (v *Verifier) Verify(ctx context.Context, token string, options ...Option) (*Claims, error) {
	var wants demands
	for _, option := range options {
		option(&wants)
	}
	one, e := v.known(ctx, token)
	if e != nil {
		return nil, e
	}
	if e := v.checkNow(ctx, one); e != nil {
		return nil, e
	}
	if e := v.checkConfirmation(one, &wants); e != nil {
		return nil, e
	}
	if e := checkAccess(one.claims, &wants); e != nil {
		return nil, e
	}
	return one.claims.clone(), nil
}

// known gives what was found out about a token once and for all: its signature and its claims.
func (v *Verifier) known(ctx context.Context, token string) (*verified, *Error) {
	if v.life.Err() != nil {
		return nil, caused(CodeFeedStale, "The verifier was closed.", errStopped)
	}
	if one := v.cache.get(token); one != nil && one.keys == v.keys.known().version {
		return one, nil
	}
	h, e := parseHeader(token)
	if e != nil {
		return nil, e
	}
	if h.Critical != nil {
		return nil, refuse(CodeMalformed, "The token's header has crit, which this API does not understand.")
	}
	accessTokenType, e := h.isAccessTokenType()
	if e != nil {
		return nil, e
	}
	text, set, e := v.keys.verifySignature(ctx, token, h, v.options.algorithms())
	if e != nil {
		return nil, e
	}
	p, e := parsePayload(text)
	if e != nil {
		return nil, e
	}
	if e := v.check(p, accessTokenType, v.clock.Now()); e != nil {
		return nil, e
	}
	claims := p.claims(text)
	// A copy: the caller's token may be part of a much longer text.
	one := &verified{
		token: strings.Clone(token), claims: claims, expiry: claims.Expiry, marks: marksOf(claims, h.KeyID),
		confirmation: p.Confirmation, keys: set.version,
	}
	v.cache.put(one)
	return one, nil
}

// checkNow asks what can change while a token lives: its expiry, the feed's freshness and the feed itself.
func (v *Verifier) checkNow(ctx context.Context, one *verified) *Error {
	now := v.clock.Now()
	if e := v.checkExpiry(one.expiry, now); e != nil {
		v.cache.remove(one.token)
		return e
	}
	if v.options.Feed == FeedOff {
		return nil
	}
	if e := v.checkFresh(ctx, now); e != nil {
		return e
	}
	// Read before the facts are asked: facts that come meanwhile have a later version, and are asked next time.
	version := v.facts.version.Load() + 1
	if one.facts.Load() == version {
		return nil
	}
	if v.facts.ended(&one.marks) {
		return refuse(CodeRevoked, "The token was revoked.")
	}
	one.facts.Store(version)
	return nil
}

// checkFresh refuses while the feed was never read, or has been silent for too long.
func (v *Verifier) checkFresh(ctx context.Context, now time.Time) *Error {
	age, ever := v.follower.staleness(now)
	if !ever {
		select {
		case <-v.follower.settled:
		case <-v.hurry:
		case <-v.life.Done():
		case <-ctx.Done():
			return caused(CodeFeedStale, "The revocation feed was not read before the request ended.", ctx.Err())
		}
		if age, ever = v.follower.staleness(v.clock.Now()); !ever {
			failure := v.follower.lastFailure()
			if errors.Is(failure, errNoFeed) {
				return caused(CodeNoFeed, "The issuer has no revocation feed; a verifier without one must be asked for.", failure)
			}
			return caused(CodeFeedStale, "The revocation feed has not been read yet.", failure)
		}
	}
	if age > v.options.MaxStaleness && v.options.OnFeedLoss != AcceptTokens {
		return caused(CodeFeedStale, "The revocation feed has been silent for too long.", v.follower.lastFailure())
	}
	return nil
}

// checkConfirmation asks for the proof that a token is bound to (RFC 9449 §7.1, RFC 8705 §3).
func (v *Verifier) checkConfirmation(one *verified, wants *demands) *Error {
	if e := v.checkProof(one, wants); e != nil {
		return e
	}
	bound := one.confirmation.Certificate
	if bound != "" && subtle.ConstantTimeCompare([]byte(bound), []byte(wants.certificate)) != 1 {
		return refuse(CodeMissingCertificate, "The token is bound to a client certificate, which did not come with it.")
	}
	return nil
}

// checkAccess asks for the scopes and permissions that a request needs.
func checkAccess(c *Claims, wants *demands) *Error {
	for _, need := range []struct {
		name       string
		want, have []string
	}{{"scope", wants.scopes, c.Scopes}, {"permission", wants.permissions, c.Permissions}} {
		var missing []string
		for _, one := range need.want {
			if !slices.Contains(need.have, one) {
				missing = append(missing, one)
			}
		}
		if len(missing) > 0 {
			e := refuse(CodeInsufficientScope, "The token lacks the "+need.name+" "+printable(strings.Join(missing, " "))+".")
			e.Missing, e.scopes = missing, wants.scopes
			return e
		}
	}
	return nil
}

// tidy forgets what is over and renews the keys, once a minute.
func (v *Verifier) tidy(ctx context.Context) {
	for wait(ctx, v.clock, forgetInterval) == nil {
		v.facts.forget(v.follower.forgettable())
		if err := v.keys.refreshWhenOld(ctx); err != nil && ctx.Err() == nil {
			v.options.Logger.Warn("warifu: the issuer's keys could not be read again; the known ones stay", "error", err)
		}
	}
}

func caused(code Code, message string, cause error) *Error {
	e := refuse(code, message)
	e.cause = cause
	return e
}

// tasks are goroutines that end together.
type tasks struct {
	mu    sync.Mutex
	ended bool
	group sync.WaitGroup
}

// start runs a task, unless the end has come; it tells whether it did.
func (t *tasks) start(task func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return false
	}
	t.group.Add(1)
	go func() {
		defer t.group.Done()
		task()
	}()
	return true
}

// end lets no further task begin, and waits for those that run.
func (t *tasks) end() {
	t.mu.Lock()
	t.ended = true
	t.mu.Unlock()
	t.group.Wait()
}
