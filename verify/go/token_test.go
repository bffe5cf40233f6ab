// Tests of what is told of a token, and of the parser against everything.

package verify

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestATokenIsRefusedWithTheReasonForIt(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	now := i.clock.Now().Unix()
	with := func(name string, value any) string { return i.token(map[string]any{name: value}) }
	typed := func(kind string) string {
		return signWith(t, i.keys[0], map[string]any{"typ": kind}, map[string]any{"iss": i.issuer()})
	}
	auth0 := map[string]any{
		"iss": i.issuer(), "aud": testAudience, "sub": "ada", "azp": "shop", "iat": now, "exp": now + 60,
	}
	idToken := map[string]any{"iss": i.issuer(), "aud": "shop", "sub": "ada", "iat": now, "exp": now + 60, "nonce": "n"}
	good := i.token(nil)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"first"}`)) + good[strings.Index(good, "."):]
	stranger := newSigningKey(t, "first")
	cases := map[string]struct {
		token string
		want  Code
	}{
		"good":                   {good, ""},
		"Auth0's form":           {signWith(t, i.keys[0], map[string]any{"typ": "JWT"}, auth0), ""},
		"several audiences":      {with("aud", []string{"other", testAudience}), ""},
		"a jti of another form":  {with("jti", "1234"), ""},
		"nothing":                {"", CodeMalformed},
		"opaque":                 {"k3r0nB2n5rH5m3v1", CodeMalformed},
		"no JSON":                {"a.b.c", CodeMalformed},
		"line breaks":            {good[:20] + "\n" + good[20:], CodeMalformed},
		"too long":               {strings.Repeat("a", 17<<10), CodeMalformed},
		"encrypted":              {"a.b.c.d.e", CodeEncrypted},
		"a refresh token":        {"v1.abcdef", CodeWrongKind},
		"an ID token":            {signWith(t, i.keys[0], map[string]any{"typ": "JWT"}, idToken), CodeWrongKind},
		"a logout token":         {typed("logout+jwt"), CodeWrongKind},
		"a page of the feed":     {typed("revocations+jwt"), CodeWrongKind},
		"alg none":               {none, CodeWrongAlgorithm},
		"another's signature":    {signWith(t, stranger, nil, auth0), CodeBadSignature},
		"another issuer":         {with("iss", strings.TrimSuffix(i.issuer(), "/")), CodeWrongIssuer},
		"another audience":       {with("aud", "https://other.example/"), CodeWrongAudience},
		"no audience":            {with("aud", nil), CodeWrongAudience},
		"no expiry":              {with("exp", nil), CodeMalformed},
		"no jti":                 {with("jti", nil), CodeMalformed},
		"a numeric sub":          {with("sub", 5), CodeMalformed},
		"within the tolerance":   {with("exp", now-4), ""},
		"expired":                {with("exp", now-5), CodeExpired},
		"soon valid":             {with("nbf", now+5), ""},
		"not yet valid":          {with("nbf", now+6), CodeNotYetValid},
		"made in the future":     {with("iat", now+6), CodeNotYetValid},
		"bound to a key":         {with("cnf", map[string]any{"jkt": "x"}), CodeMissingProof},
		"bound to a certificate": {with("cnf", map[string]any{"x5t#S256": "x"}), CodeMissingCertificate},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expect(t, v, c.token, c.want)
			expect(t, v, c.token, c.want)
		})
	}
	expect(t, v, with("cnf", map[string]any{"x5t#S256": "x"}), "", WithCertificateThumbprint("x"))
	expect(t, v, good, CodeInsufficientScope, WithScopes("read:orders", "delete:orders"))
	expect(t, v, good, CodeInsufficientScope, WithPermissions("write:orders"))
	expect(t, v, good, "", WithScopes("read:orders"), WithPermissions("read:orders"))
}

func TestAnUnknownCriticalHeaderIsRefused(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	good := i.token(nil)
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","kid":"first","crit":["exp"],"exp":1}`))
	expect(t, v, header+good[strings.Index(good, "."):], CodeMalformed)
}

func TestAKnownTokenExpires(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	token := i.token(map[string]any{"exp": i.clock.Now().Unix() + 2})
	expect(t, v, token, "")
	i.clock.advance(6 * time.Second)
	expect(t, v, token, "")
	i.clock.advance(time.Second)
	expect(t, v, token, CodeExpired)
}

func TestAlgorithmsCanBeNarrowed(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(func(o *Options) { o.Algorithms = []string{"RS256"} })
	if _, err := v.Verify(t.Context(), i.token(nil)); !errors.Is(err, CodeWrongAlgorithm) {
		t.Errorf("the answer is %v", err)
	}
}

func TestCallersCannotChangeWhatOthersGet(t *testing.T) {
	i := newTestIssuer(t)
	v := i.following(nil)
	token := i.token(nil)
	first, err := v.Verify(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	first.Scopes[0], first.Permissions[0], first.Audience[0] = "admin", "admin", "admin"
	second, err := v.Verify(t.Context(), token)
	if err != nil || second.Scopes[0] != "read:orders" || second.Permissions[0] != "read:orders" || second.Audience[0] != testAudience {
		t.Errorf("the second caller got %+v, %v", second, err)
	}
	var own struct {
		Subject string `json:"sub"`
	}
	if err := second.Decode(&own); err != nil || own.Subject != "auth0|ada" {
		t.Errorf("Decode gave %+v, %v", own, err)
	}
}

func TestOptionsThatWouldBeUnsafeAreRefused(t *testing.T) {
	good := Options{Issuer: "https://login.example.com", Audience: "api"}
	for name, change := range map[string]func(*Options){
		"no issuer":           func(o *Options) { o.Issuer = "" },
		"no address":          func(o *Options) { o.Issuer = "login.example.com" },
		"no audience":         func(o *Options) { o.Audience = "" },
		"an empty audience":   func(o *Options) { o.Audiences = []string{""} },
		"a symmetric alg":     func(o *Options) { o.Algorithms = []string{"HS256"} },
		"an unknown mode":     func(o *Options) { o.Feed = "sometimes" },
		"an unknown loss":     func(o *Options) { o.OnFeedLoss = "ignore" },
		"a negative time":     func(o *Options) { o.MaxStaleness = -1 },
		"a base with a path":  func(o *Options) { o.BaseURL = "https://api.example.com/v1" },
		"an issuer and query": func(o *Options) { o.Issuer += "?a=b" },
	} {
		t.Run(name, func(t *testing.T) {
			options := good
			change(&options)
			if v, err := New(options); err == nil {
				v.Close()
				t.Error("it was accepted")
			}
		})
	}
}

func TestAJtiIsReadOnlyInItsOwnForm(t *testing.T) {
	for jti, want := range map[string]tokenID{
		"a-1.1a.s_2.r":             {"a-1", 46, "s_2"},
		"a.zz..r":                  {"a", 1295, ""},
		"a.ZZ.s.r":                 {},
		"a..s.r":                   {},
		".1.s.r":                   {},
		"a.1.s":                    {},
		"a.1.s.r.t":                {},
		"a.+1.s.r":                 {},
		"a.1.ü.r":                  {},
		"a.zzzzzzzzzzzzzzzzzz.s.r": {},
		"":                         {},
	} {
		if got := parseTokenID(jti); got != want {
			t.Errorf("%q is read as %+v, wanted %+v", jti, got, want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	key := newSigningKey(f, "first")
	clock := newFakeClock()
	v, err := New(Options{
		Issuer: "http://127.0.0.1:1/", Audience: testAudience, Feed: FeedOff, Logger: slog.New(slog.DiscardHandler), clock: clock,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(v.Close)
	set, err := parseKeySet(jwksOf([]signingKey{key}))
	if err != nil {
		f.Fatal(err)
	}
	v.keys.current.Store(set)
	v.keys.missed = clock.Now()
	now := clock.Now().Unix()
	good := signWith(f, key, map[string]any{"typ": "JWT"}, map[string]any{
		"iss": "http://127.0.0.1:1/", "aud": testAudience, "azp": "shop", "sub": "ada", "exp": now + 60,
	})
	if _, err := v.Verify(context.Background(), good); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		_, err := v.Verify(context.Background(), token)
		if err == nil {
			// Whatever is accepted has the one good signature over the one good text.
			if signed, _, _ := strings.Cut(good[strings.Index(good, ".")+1:], "."); !strings.Contains(token, signed) {
				t.Errorf("%q was accepted", token)
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || e.Challenge() == "" && e.HTTPStatus() != 503 {
			t.Errorf("%q: %v", token, err)
		}
	})
}

// FuzzClaims signs whatever text: the claims of a signed token must not bring the verifier down either.
func FuzzClaims(f *testing.F) {
	f.Add(`{"iss":"https://login.example.com/","aud":["a"],"azp":"shop","exp":1e300,"jti":"a.1.b.c"}`)
	f.Add(`{"exp":-1,"aud":null,"cnf":{"jkt":1}}`)
	v := &Verifier{issuer: "https://login.example.com/", options: Options{Audiences: []string{"a"}}}
	f.Fuzz(func(t *testing.T, text string) {
		p, e := parsePayload([]byte(text))
		if e != nil {
			return
		}
		if e := v.check(p, false, time.Unix(0, 0)); e == nil {
			marksOf(p.claims([]byte(text)), "kid")
		}
	})
}

func TestKeysThatAreTooShortOrSymmetricAreNotUsed(t *testing.T) {
	for name, text := range map[string]string{
		"symmetric": `{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}`,
		"for encryption": strings.Replace(string(jwksOf([]signingKey{newSigningKey(t, "a")})),
			`"use":"sig"`, `"use":"enc"`, 1),
		"unknown": `{"keys":[{"kty":"XYZ","kid":"a"}]}`,
	} {
		if set, err := parseKeySet([]byte(text)); err == nil {
			t.Errorf("%s: %v", name, set.keys)
		}
	}
	mixed := strings.Replace(string(jwksOf([]signingKey{newSigningKey(t, "a")})), `"keys":[`, `"keys":[{"kty":"XYZ"},`, 1)
	set, err := parseKeySet([]byte(mixed))
	if err != nil || len(set.keys) != 1 || set.keys["a"].algorithms[0] != jose.ES256 {
		t.Errorf("a key of an unknown kind hides the others: %v, %v", set, err)
	}
}
