// Benchmarks: a known token, an unknown one, and what go-jose alone takes for the same token.

package verify

import (
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func benchmarkVerifier(b *testing.B, key signingKey, cacheSize int) (*Verifier, string) {
	b.Helper()
	const issuer = "https://login.example.com/"
	v, err := New(Options{Issuer: issuer, Audience: testAudience, Feed: FeedOff, CacheSize: cacheSize, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(v.Close)
	set, err := parseKeySet(jwksOf([]signingKey{key}))
	if err != nil {
		b.Fatal(err)
	}
	v.keys.current.Store(set)
	// The feed counts in what is measured: it is on, fresh, and holds a million facts.
	v.options.Feed, v.options.MaxStaleness = FeedStream, time.Hour
	v.follower.fresh(time.Now())
	for n := range 1_000_000 {
		v.facts.put([]fact{{fingerprint{uint64(n) * 0x9E3779B97F4A7C15, uint32(n)}, time.Now().Unix() + 3600, 1}}, 0)
	}
	now := time.Now().Unix()
	return v, signWith(b, key, map[string]any{"typ": "at+jwt"}, map[string]any{
		"iss": issuer, "aud": []string{testAudience, issuer + "userinfo"}, "sub": "auth0|0123456789abcdef01234567",
		"client_id": "k3r0nB2n5rH5m3v1k3r0nB2n5rH5m3v1", "iat": now, "exp": now + 3600, "sid": "s3ss10n",
		"jti": "auth-1." + strconv.FormatInt(now*1000, 36) + ".ada-1.r4nd0m", "scope": "openid profile email read:orders",
		"permissions": []string{"read:orders", "write:orders"},
	})
}

func benchmarkKeys(b *testing.B) map[string]signingKey {
	b.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	return map[string]signingKey{
		"RS256": {"first", jose.RS256, private, private.Public()}, "ES256": newSigningKey(b, "first"),
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, key := range benchmarkKeys(b) {
		b.Run(name+"/known", func(b *testing.B) {
			v, token := benchmarkVerifier(b, key, 0)
			for b.Loop() {
				if _, err := v.Verify(b.Context(), token, WithScopes("read:orders")); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/known in parallel", func(b *testing.B) {
			v, token := benchmarkVerifier(b, key, 0)
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, err := v.Verify(b.Context(), token, WithScopes("read:orders")); err != nil {
						b.Error(err)
					}
				}
			})
		})
		b.Run(name+"/unknown", func(b *testing.B) {
			v, token := benchmarkVerifier(b, key, NoCache)
			for b.Loop() {
				if _, err := v.Verify(b.Context(), token, WithScopes("read:orders")); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/go-jose alone", func(b *testing.B) {
			_, token := benchmarkVerifier(b, key, NoCache)
			for b.Loop() {
				parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{key.algorithm})
				if err != nil {
					b.Fatal(err)
				}
				var claims jwt.Claims
				var own struct {
					Scope       string   `json:"scope"`
					Permissions []string `json:"permissions"`
				}
				if err := parsed.Claims(key.public, &claims, &own); err != nil {
					b.Fatal(err)
				}
				if err := claims.Validate(jwt.Expected{
					Issuer: "https://login.example.com/", AnyAudience: jwt.Audience{testAudience}, Time: time.Now(),
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFactsReadInParallel(b *testing.B) {
	table := newFacts()
	for n := range 1_000_000 {
		table.put([]fact{{fingerprint{uint64(n) * 0x9E3779B97F4A7C15, uint32(n)}, 2_000_000_000, 1}}, 0)
	}
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for n := uint64(0); p.Next(); n++ {
			table.position(fingerprint{n * 0x9E3779B97F4A7C15, uint32(n)})
		}
	})
}
