// Tests of how the feed is followed, through all that can happen to it.

package verify

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestATokenIsRefusedOnceTheStreamTellsThatItWasRevoked(t *testing.T) {
	kinds := map[string]string{
		"authorization": "authorization:auth-1", "session": "session:session-1", "user": "user:ada-1",
		"client": "client:shop", "audience": "audience:" + testAudience, "user-client": "user-client:ada-1 shop",
		"user-audience": "user-audience:ada-1 " + testAudience, "client-audience": "client-audience:shop " + testAudience,
		"key": "key:first",
	}
	for kind, text := range kinds {
		t.Run(kind, func(t *testing.T) {
			i := newTestIssuer(t)
			v := i.following(nil)
			token := i.token(nil)
			expect(t, v, token, "")
			i.revoke(text)
			until(t, "the refusal", func() bool { return codeOf(v, token) == CodeRevoked })
			later := i.token(map[string]any{"scope": "later"})
			if kind == "key" {
				expect(t, v, later, CodeRevoked)
			} else {
				expect(t, v, later, "")
			}
		})
	}
}

func TestAVerifierThatStartsLateKnowsWhatWasRevokedBefore(t *testing.T) {
	i := newTestIssuer(t)
	token := i.token(nil)
	for range 5 {
		i.revoke("user:somebody-else")
	}
	i.revoke("session:session-1")
	i.set(func() { i.pageSize = 2 })
	v := i.following(nil)
	expect(t, v, token, CodeRevoked)
	i.set(func() {
		if i.pageRequests < 3 {
			t.Errorf("%d pages were read of three", i.pageRequests)
		}
	})
}

func TestAStreamThatIsCutIsTakenUpWhereItEnded(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	token := i.token(nil)
	expect(t, v, token, "")
	i.revoke("user:somebody-else")
	until(t, "the fact", func() bool { return v.Status().Facts == 1 })
	at := i.position
	i.cut()
	i.revoke("session:session-1")
	i.clock.advanceUntil(t, "the refusal", func() bool { return codeOf(v, token) == CodeRevoked })
	i.clock.advanceUntil(t, "another stream", func() bool { return i.streaming() == 1 })
	i.set(func() {
		if last := i.lastEventIDs[len(i.lastEventIDs)-1]; last < formatPosition(at) {
			t.Errorf("the second stream began after %s; %d was known", last, at)
		}
	})
}

func TestAStreamThatFallsSilentIsCutAndBegunAnew(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.silent = true })
	v := i.following(nil)
	until(t, "the stream", func() bool { return i.streaming() == 1 })
	i.clock.advance(4 * time.Second)
	i.send(": still here\n\n")
	i.set(func() {
		if len(i.lastEventIDs) != 1 {
			t.Error("the stream was cut before its time")
		}
	})
	i.clock.advanceUntil(t, "a second stream", func() bool {
		i.mu.Lock()
		defer i.mu.Unlock()
		return len(i.lastEventIDs) >= 2
	})
	expect(t, v, i.token(nil), "")
}

func TestHalfAnEventCountsForNothing(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	token := i.token(nil)
	event := revokedEvent([3]any{fingerprintOf("session:session-1").String(), i.clock.Now().Unix() + 60, i.position + 1})
	i.send(strings.TrimSuffix(event, "\n"))
	i.cut()
	i.clock.advanceUntil(t, "a second stream", func() bool { return i.streaming() == 1 })
	expect(t, v, token, "")
	i.send(event)
	until(t, "the refusal", func() bool { return codeOf(v, token) == CodeRevoked })
}

func TestAnEventThatIsMalformedEndsTheStreamAndNothingOfItIsKept(t *testing.T) {
	for name, data := range map[string]string{
		"no JSON": "{", "no position": `{"revoked":[]}`, "no facts": `{"position":1}`, "a short entry": `{"position":1,"revoked":[["k3r0nB2n5rH5m3v1",1]]}`,
		"a wrong fingerprint": `{"position":9999999999999,"revoked":[["k3r0nB2n5rH5m3v1",9999999999,9999999999999],["?",1,1]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			i := newTestIssuer(t)
			v := i.following(nil)
			i.send("event: revoked\ndata: " + data + "\n\n")
			until(t, "the loss", func() bool { return v.Status().Failure != nil })
			if status := v.Status(); status.Facts != 0 || status.Position > i.position {
				t.Errorf("something of it was kept: %+v", status)
			}
			i.clock.advanceUntil(t, "a second stream", func() bool { return i.streaming() == 1 && v.Status().Connected })
		})
	}
}

func TestWithoutAStreamThePagesArePolledAndTheStreamIsTriedAgain(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.streamStatus = http.StatusServiceUnavailable })
	v := i.following(nil)
	token := i.token(nil)
	expect(t, v, token, "")
	i.revoke("session:session-1")
	i.clock.advanceUntil(t, "the refusal", func() bool { return codeOf(v, token) == CodeRevoked })
	i.set(func() { i.streamStatus = 0 })
	i.clock.advanceUntil(t, "the stream", func() bool { return i.streaming() == 1 })
}

func TestPollingReadsPagesAndNeverAStream(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(func(o *Options) { o.Feed = FeedPoll })
	token := i.token(nil)
	expect(t, v, token, "")
	i.revoke("user:ada-1")
	i.clock.advanceUntil(t, "the refusal", func() bool { return codeOf(v, token) == CodeRevoked })
	if len(i.lastEventIDs) != 0 {
		t.Error("a stream was asked for")
	}
}

func TestAPageThatCannotBeTrustedIsIgnored(t *testing.T) {
	changes := map[string]func(claims, header map[string]any){
		"another issuer's":        func(c, _ map[string]any) { c["iss"] = "https://elsewhere.example/" },
		"the answer to another":   func(c, _ map[string]any) { c["after"] = 12 },
		"over":                    func(c, _ map[string]any) { c["exp"] = c["iat"].(int64) - 60 },
		"without an expiry":       func(c, _ map[string]any) { delete(c, "exp") },
		"of another kind":         func(_, h map[string]any) { h["typ"] = "at+jwt" },
		"leading nowhere":         func(c, _ map[string]any) { c["complete"], c["position"] = false, c["after"] },
		"with a wrong entry":      func(c, _ map[string]any) { c["revoked"] = []any{[]any{"short", 1, 1}} },
		"without a list of facts": func(c, _ map[string]any) { delete(c, "revoked") },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			i := newTestIssuer(t)
			i.revoke("session:session-2")
			i.set(func() { i.changePage = change })
			v := i.verifier(nil)
			until(t, "the loss", func() bool { return v.Status().Failure != nil })
			if status := v.Status(); status.Ready || status.Facts != 0 {
				t.Errorf("it was believed: %+v", status)
			}
			i.set(func() { i.changePage = nil })
			i.clock.advanceUntil(t, "the feed", func() bool { return v.Status().Ready && v.Status().Facts == 1 })
		})
	}
}

func TestAPageWithAWrongSignatureIsIgnored(t *testing.T) {
	i := newTestIssuer(t)
	good := i.keys[0]
	i.set(func() { i.keys[0] = good })
	v := i.following(func(o *Options) { o.Feed = FeedPoll })
	forged := newSigningKey(t, "first")
	i.set(func() { i.keys = []signingKey{{good.id, good.algorithm, forged.private, good.public}} })
	i.revoke("user:ada-1")
	i.clock.advanceUntil(t, "the loss", func() bool { return v.Status().Failure != nil })
	if !errors.Is(v.Status().Failure, CodeBadSignature) || v.Status().Facts != 0 {
		t.Errorf("the failure is %v", v.Status().Failure)
	}
}

func TestAKeyThatTheIssuerHasAddedIsFetchedOnce(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	before := i.token(nil)
	expect(t, v, before, "")
	i.set(func() { i.keys = append([]signingKey{newSigningKey(t, "second")}, i.keys...) })
	expect(t, v, i.token(nil), "")
	expect(t, v, before, "")
	asked := i.keyRequests
	stranger := newSigningKey(t, "nobody's")
	for range 20 {
		expect(t, v, signWith(t, stranger, nil, map[string]any{"iss": i.issuer()}), CodeUnknownKey)
	}
	if i.keyRequests != asked {
		t.Errorf("the keys were fetched %d times more within ten seconds", i.keyRequests-asked)
	}
	i.clock.advance(11 * time.Second)
	expect(t, v, signWith(t, stranger, nil, map[string]any{"iss": i.issuer()}), CodeUnknownKey)
	if i.keyRequests != asked+1 {
		t.Errorf("the keys were fetched %d times after ten seconds", i.keyRequests-asked)
	}
}

func TestAKeyThatTheIssuerTookAwayIsForgottenCacheAndAll(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(func(o *Options) { o.Feed = FeedPoll })
	token := i.token(nil)
	expect(t, v, token, "")
	i.set(func() { i.keys = []signingKey{newSigningKey(t, "second")} })
	i.clock.advanceUntil(t, "the refusal", func() bool { return codeOf(v, token) == CodeUnknownKey })
}

func TestTheFeedGoesStaleWhenTheIssuerStaysAway(t *testing.T) {
	i := newTestIssuer(t)
	patient := i.following(func(o *Options) { o.OnFeedLoss = AcceptTokens })
	strict := i.following(nil)
	token := i.token(nil)
	i.set(func() { i.away = true })
	i.cut()
	expect(t, strict, token, "")
	i.clock.advance(29 * time.Second)
	expect(t, strict, token, "")
	i.clock.advance(2 * time.Second)
	expect(t, strict, token, CodeFeedStale)
	expect(t, patient, token, "")
	i.set(func() { i.away = false })
	i.clock.advanceUntil(t, "freshness", func() bool { return codeOf(strict, token) == "" })
}

func TestAStreamOfOldNewsCannotHideThatHeartbeatsAreMissing(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.silent = true })
	v := i.following(nil)
	token := i.token(nil)
	i.clock.advanceUntil(t, "feed_stale, or another stream", func() bool {
		i.send(": not a heartbeat\n\n")
		i.mu.Lock()
		defer i.mu.Unlock()
		return len(i.lastEventIDs) >= 2
	})
	expect(t, v, token, "")
}

func TestNoTokenIsAcceptedBeforeTheFeedWasRead(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.needs = &Credentials{"reader", "secret"} })
	v := i.verifier(func(o *Options) { o.OnFeedLoss = AcceptTokens })
	until(t, "the loss", func() bool { return v.Status().Failure != nil })
	if !strings.Contains(v.Status().Failure.Error(), "Credentials") {
		t.Errorf("the failure doesn't tell what to do: %v", v.Status().Failure)
	}
	answers := make(chan Code)
	go func() { answers <- codeOf(v, i.token(nil)) }()
	select {
	case code := <-answers:
		t.Fatalf("the first verification didn't wait: %q", code)
	default:
	}
	i.clock.advance(firstReadTime)
	if code := <-answers; code != CodeFeedStale {
		t.Errorf("the answer is %q", code)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Verify(gone, i.token(nil)); !errors.Is(err, CodeFeedStale) {
		t.Errorf("the answer is %v", err)
	}
}

func TestAFeedForKnownReadersIsReadWithCredentials(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.needs = &Credentials{"reader", "s%3Acret"} })
	v := i.following(func(o *Options) { o.Credentials = &Credentials{"reader", "s:cret"} })
	expect(t, v, i.token(nil), "")
}

func TestAnIssuerWithoutAFeedIsNoSilentDefault(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.hideFeed = true })
	expect(t, i.verifier(nil), i.token(nil), CodeNoFeed)
	expect(t, i.verifier(func(o *Options) { o.Feed = FeedOff }), i.token(nil), "")
}

func TestAnIssuerThatIsAwayFromTheBeginningIsNamed(t *testing.T) {
	i := newTestIssuer(t)
	i.set(func() { i.away = true })
	v := i.verifier(nil)
	expect(t, v, i.token(nil), CodeIssuerUnreachable)
	i.set(func() { i.away = false })
	i.clock.advanceUntil(t, "the feed", func() bool { return v.Status().Ready })
	expect(t, v, i.token(nil), "")
}

func TestAHundredThousandVerificationsAskNobody(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(func(o *Options) { o.CacheSize = 8 })
	tokens := make([]string, 64)
	for n := range tokens {
		tokens[n] = i.token(map[string]any{"n": n})
	}
	expect(t, v, tokens[0], "")
	before := i.requests.Load()
	for n := range 100_000 {
		// Three in four are known, so that this test is over soon.
		token := tokens[n%4]
		if n%64 == 0 {
			token = tokens[n/64%64]
		}
		if code := codeOf(v, token); code != "" {
			t.Fatalf("token %d: %q", n, code)
		}
	}
	if asked := i.requests.Load() - before; asked != 0 {
		t.Errorf("%d requests were made", asked)
	}
}

func TestNothingRunsOnAfterClose(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	v.Close()
	until(t, "the end of the stream", func() bool { return i.streaming() == 0 })
	expect(t, v, i.token(nil), CodeFeedStale)
	trace := make([]byte, 1<<20)
	until(t, "the end of all goroutines", func() bool {
		all := string(trace[:runtime.Stack(trace, true)])
		return !strings.Contains(all, "(*follower)") && !strings.Contains(all, "(*keys)") &&
			!strings.Contains(all, "(*Verifier)") && !strings.Contains(all, "(*persistConn)")
	})
	v.Close()
}
